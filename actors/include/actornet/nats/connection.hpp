#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>

#include "actornet/cluster/bus.hpp"
#include "actornet/cluster/operation.hpp"
#include "actornet/cluster/subscription.hpp"
#include "actornet/nats/connection_options.hpp"
#include "actornet/nats/message.hpp"
#include "actornet/net/blocking_pool.hpp"
#include "actornet/net/loop.hpp"
#include "actornet/result.hpp"

extern "C" {
typedef struct __natsConnection natsConnection;  // of <nats.h>
}

namespace actornet::nats {

/// Hears the messages of a subscription, on the connection's loop, never inside a call of it.
class message_sink {
 public:
  virtual void on_message(const message& what) = 0;

  /// So many messages were left out: they came faster than the loop took them.
  virtual void on_lagged(std::uint64_t lost) = 0;

 protected:
  ~message_sink() = default;
};

/// A connection to NATS whose socket one loop drives. It connects again for ever, and makes its
/// subscriptions again; what was published, asked or missed meanwhile is lost (`disconnected`).
///
/// Every call on the home loop's turn, except those marked. It may be made on any thread, and is
/// destroyed on its loop's turn (but in none of its callbacks) or while that is in no turn; what
/// was got from it is destroyed before.
class connection {
 public:
  using request_done = std::function<void(result<message>)>;
  using drain_done = std::function<void(result<void>)>;

  static constexpr std::size_t requests_max = 64 * 1024;  ///< not answered yet: `mailbox_full`

  /// Begins to connect when @p home runs. Throws `std::system_error` when @p how cannot be right:
  /// no server, a URL that is none, TLS files that cannot be read. @p home and @p pool outlive it.
  connection(net::loop& home, net::blocking_pool& pool, const connection_options& how);
  ~connection();

  net::loop& home() const noexcept;

  /// From any thread. As of now.
  bool up() const noexcept;

  /// From any thread. Whether the buffer is full: publishing is refused with `mailbox_full`.
  bool full() const noexcept;

  /// Errors: `disconnected`, `mailbox_full`, `message_too_large`, `name_invalid` (no subject).
  /// Success says that it will be sent in order unless the connection is lost.
  result<void> publish(const message& what);

  /// The same for what was accepted before the buffer was full.
  result<void> publish_accepted(const message& what);

  /// Sends @p what with a reply subject of ours. Its first answer comes as it is, with headers and
  /// status (404, …), or an error: `unavailable` (at once: nobody serves the subject), `timed_out`,
  /// `disconnected` (it may have been served), or those of `publish`. JetStream's acknowledgements
  /// and API answers come this way, too: JSON, also when they are refusals.
  cluster::operation request(message what, net::duration deadline, request_done done);

  /// Has @p sink hear @p subject (with `*` and `>`) until the subscription is destroyed. With a
  /// @p queue_group each message goes to one of its members.
  cluster::subscription subscribe(std::string_view subject, std::string_view queue_group,
                                  message_sink& sink);

  /// First the state there is, then each change. When `up` is told the subscriptions stand again,
  /// and what is published from there on comes after them.
  cluster::subscription watch_state(cluster::bus_state_sink& sink);

  /// Told when the server has all that was published before. Errors as of `request`.
  cluster::operation drain(net::duration deadline, drain_done done);

  /// Runs `work(natsConnection*)`, which may call what blocks (`js_AddStream`, …) and returns some
  /// `result<T>`, on a thread of the pool; then `done(result<T>)` here. The connection is not
  /// destroyed meanwhile, though it may be lost. Destroying what this returns abandons the work.
  /// Errors: `disconnected`, and those of `blocking_pool::run`.
  template <class Work, class Done>
  result<net::blocking_work> run_blocking(Work work, Done done) {
    using outcome = std::invoke_result_t<Work&, natsConnection*>;
    if (!up())
      return errc::disconnected;
    auto on_thread = [weak = hold(), work = std::move(work)]() mutable -> outcome {
      const auto held = weak.lock();
      if (!held)
        return errc::disconnected;
      return work(held.get());
    };
    return pool().run(home(), std::move(on_thread), std::move(done));
  }

  class core;

 private:
  std::weak_ptr<natsConnection> hold() const;
  net::blocking_pool& pool() const noexcept;

  std::unique_ptr<core> core_;
};

}  // namespace actornet::nats
