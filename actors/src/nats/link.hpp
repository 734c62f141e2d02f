#pragma once

#include <atomic>
#include <memory>

#include "actornet/cluster/detail/mailbox.hpp"
#include "actornet/net/descriptor_watch.hpp"
#include "actornet/net/loop.hpp"
#include "library.hpp"

namespace actornet::nats {

/// One connection of the library, which is never made again, and what the library asks of its event
/// loop. The library calls that with its own locks held and on any of its threads, also while the
/// connection is closed: what concerns the loop goes through the mailbox, which may be closed.
class link final : public std::enable_shared_from_this<link>,
                   private net::descriptor_listener,
                   private net::flushable {
 public:
  /// Told on the home loop; after `stop` of nothing.
  class owner {
   public:
    /// Bytes came in or went out: look at the polled subscriptions and at the buffer.
    virtual void on_progress() = 0;
    virtual void on_lost() = 0;

   protected:
    ~owner() = default;
  };

  link(net::loop& home, std::shared_ptr<cluster::detail::mailbox> box, owner& told)
      : home_(home), box_(std::move(box)), told_(&told) {}

  /// Closes. Blocks for up to half a second when bytes wait to be sent: not on a loop.
  ~link();

  /// On a thread that may block, once, before all below. @p options are this call's alone.
  result<void> connect(natsOptions& options);

  // -- on the home loop ---------------------------------------------------------------------------

  /// From here on the loop drives it. Error: `unavailable`: this loop cannot.
  result<void> start();

  /// The loop has nothing to do with it any more.
  void stop() noexcept;

  natsConnection& library() const noexcept { return *connection_; }

  /// Bytes that wait for the socket.
  std::size_t buffered() const noexcept;

 private:
  static natsStatus attach(void** mine, void* self, natsConnection* connection, natsSock socket);
  static natsStatus want_read(void* self, bool add);
  static natsStatus want_write(void* self, bool add);
  static natsStatus detach(void* self);

  void on_ready(bool readable, bool writable) override;
  void flush() override;
  void look_soon();
  void look();
  void watch_as_wanted();

  net::loop& home_;
  const std::shared_ptr<cluster::detail::mailbox> box_;
  owner* told_;
  natsConnection* connection_ = nullptr;
  net::descriptor socket_;  // from `connect` to `start`
  std::unique_ptr<net::descriptor_watch> watch_;
  std::atomic<bool> wants_read_{true};
  std::atomic<bool> wants_write_{false};
  bool watches_write_ = false;
  bool watches_read_ = false;
};

}  // namespace actornet::nats
