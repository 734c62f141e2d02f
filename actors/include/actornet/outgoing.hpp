#pragma once

#include <concepts>
#include <utility>

#include "actornet/detail/connection_core.hpp"

namespace actornet {

namespace detail {

/// Owns a dialed connection: it ends in order when this goes. Move-only, loop-bound.
class dialed_handle {
 public:
  explicit dialed_handle(connection_core& owned) noexcept : owned_(&owned) {}
  dialed_handle(dialed_handle&& other) noexcept : owned_(std::exchange(other.owned_, nullptr)) {}
  dialed_handle& operator=(dialed_handle&& other) noexcept {
    dialed_handle old(std::exchange(owned_, std::exchange(other.owned_, nullptr)));
    return *this;
  }
  ~dialed_handle() {
    if (owned_)
      owned_->release();
  }

  bool holds() const noexcept { return owned_ != nullptr; }

 private:
  explicit dialed_handle(connection_core* owned) noexcept : owned_(owned) {}

  connection_core* owned_;
};

/// What a connection's user sees of it: `byte_stream`, `connection<In, Out>`.
template <class Peer>
concept connection_view = std::constructible_from<Peer, connection_core&>;

}  // namespace detail

/// A connection that this side has made (see `dial`), as a `Peer`: `byte_stream` or
/// `connection<In, Out>`. It owns the connection: when it goes, what was written is flushed, our
/// direction ends, input is discarded until the peer's end or `linger_timeout`, and it closes, as
/// when a session returns. `close` ends it at once.
///
/// Move-only; bound to the loop that dialed, but not to a task: any task of that loop may use it,
/// and is told when the task itself is to stop (by its own context). At most one read and one write
/// at a time. It must outlive its chunks and the operations begun through it; who still waits at it
/// when it goes is told `closed_locally`. After the close every operation fails with its reason.
/// While the runtime drains, reads give `shutting_down`, as those of sessions do.
///
/// To a function that takes a `Peer` it may be given with `std::move`: the connection still ends
/// with this object, which must outlive that use.
template <detail::connection_view Peer>
class outgoing : public Peer {
 public:
  explicit outgoing(detail::connection_core& core) noexcept : Peer(core), owned_(core) {}

  /// False when it was moved from.
  explicit operator bool() const noexcept { return owned_.holds(); }

 private:
  detail::dialed_handle owned_;
};

}  // namespace actornet
