#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "actornet/net/endpoint.hpp"
#include "actornet/net/transport.hpp"
#include "environment.hpp"
#include "pipe.hpp"

namespace actornet::sim {

class network;

enum class side : std::uint8_t { client, server };

constexpr side other(side one) noexcept {
  return one == side::client ? side::server : side::client;
}

/// Whoever reads and writes at one end of a connection.
class end_user {
 public:
  /// Something came or left: look again at what can be done. Called between the loops' turns.
  virtual void on_network() = 0;

 protected:
  ~end_user() = default;
};

/// What one end brings into a connection.
struct end_options {
  net::endpoint address;
  std::size_t send_bytes_max = 0;
  std::size_t receive_bytes_max = 0;
};

/// A connection: two pipes between two ends, with TCP's rules for its end.
///
/// An end is open until `close`, which is in order (the bytes, then an end of stream) unless bytes
/// are unread: then it is a reset, as on Linux. Bytes that land at a closed end are answered with a
/// reset. A reset that lands at an end discards what that end still had to send.
class connection : public std::enable_shared_from_this<connection> {
 public:
  connection(network& net, std::uint64_t id, const end_options& client, const end_options& server);

  std::uint64_t id() const noexcept { return id_; }
  const net::endpoint& address(side of) const noexcept { return end(of).address; }
  void set_user(side of, end_user* user) noexcept { end(of).user = user; }

  // -- what an end sees ---------------------------------------------------------------------------

  bool was_reset(side at) const noexcept { return end(at).reset; }
  bool read_due(side at) const noexcept;   ///< bytes, the end of the stream or an error
  bool write_due(side at) const noexcept;  ///< room or an error
  std::size_t readable(side at) const noexcept { return input(at).readable(); }
  std::size_t room(side at) const noexcept { return end(at).output.room(); }

  // -- what an end does ---------------------------------------------------------------------------

  net::io_result read(side at, std::span<std::byte> into);

  /// Writes at most @p limit bytes. @pre limit > 0
  net::io_result write(side at, std::span<const std::span<const std::byte>> parts,
                       std::size_t limit);
  void shutdown_write(side at);
  void close(side at);
  void abort(side at);

  /// Closes with a reset that follows the last byte written.
  void close_with_reset(side at);

  // -- what the network does to it ----------------------------------------------------------------

  /// Nothing lands while it is held; holds add up.
  void hold();
  void release();
  void reschedule();  ///< after an address was healed

  /// Both ends see a reset. With @p offset: once so many bytes of @p from's have landed.
  void break_now();
  void break_after(side from, std::uint64_t offset);

 private:
  struct one_end {
    explicit one_end(const end_options& options, const end_options& peer)
        : address(options.address), output(options.send_bytes_max, peer.receive_bytes_max) {}

    net::endpoint address;
    pipe output;
    end_user* user = nullptr;
    std::uint64_t landed_bytes = 0;  // of the output
    std::optional<std::uint64_t> break_offset;
    bool closed = false;
    bool reset = false;            // seen by this end
    bool landing_planned = false;  // of the output
  };

  one_end& end(side of) noexcept { return ends_[static_cast<std::size_t>(of)]; }
  const one_end& end(side of) const noexcept { return ends_[static_cast<std::size_t>(of)]; }
  pipe& input(side of) noexcept { return end(other(of)).output; }
  const pipe& input(side of) const noexcept { return end(other(of)).output; }

  void pump(side from);
  std::size_t parcel_size(const one_end& from);
  void plan_landing(side from);
  void land(side from);
  void land_bytes(side from, std::size_t bytes);
  void take_reset(side at);
  void send_reset(side from);
  void mark_closed(side at);
  void tell(side at);
  void note(happening kind, side at, std::uint64_t count = 0, std::uint64_t content = 0);
  bool held() const;

  network& network_;
  environment& world_;
  std::uint64_t id_;
  std::array<one_end, 2> ends_;
  unsigned holds_ = 0;
};

}  // namespace actornet::sim
