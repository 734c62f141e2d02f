#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "actornet/net/backend.hpp"
#include "actornet/net/blocking_pool.hpp"
#include "actornet/net/loop.hpp"

namespace actornet::net {

/// Makes one connection: resolves a name off the loop, then tries its addresses in turn until one
/// answers. One deadline for all of it; an address that does not answer gets an equal share of the
/// time that is left, but at least `address_time_min` (as Go's net.Dialer does). Loop-bound.
///
///     resolving ──addresses──> connecting ──answer──> over
///         └───────────── error, deadline ─────────────┘
class connector {
 public:
  static constexpr duration address_time_min = std::chrono::seconds(2);

  /// Receives the connection or the reason why there is none: `address_invalid` (not a URI),
  /// `name_not_found`, `timed_out`, `mailbox_full` (the pool's queue), else what the first address
  /// said: `connection_refused`, `network_failure`, `descriptors_exhausted`, …. Runs once, on the
  /// loop, never inline; may destroy the connector.
  using connected = std::function<void(result<std::unique_ptr<transport>>)>;

  /// Begins at once. @p names and @p on must outlive it.
  connector(loop& on, blocking_pool& names, std::string_view uri, time_point deadline,
            connected handler, const socket_options& options = {});
  connector(loop& on, blocking_pool& names, const endpoint& where, time_point deadline,
            connected handler, const socket_options& options = {});

  /// Gives up: the handler does not run any more, unless it is running.
  ~connector();
  connector(const connector&) = delete;
  connector& operator=(const connector&) = delete;

 private:
  connector(loop& on, time_point deadline, connected handler, const socket_options& options);
  void start(blocking_pool& names, const endpoint& where);
  void on_resolved(result<std::vector<endpoint>> found);
  void try_address();
  void on_failed(std::error_code why);
  void on_timer();
  void fail_later(std::error_code why);
  void finish(result<std::unique_ptr<transport>> outcome);

  loop& loop_;
  const time_point deadline_;
  const socket_options options_;
  connected handler_;
  blocking_work resolving_;
  std::vector<endpoint> addresses_;
  std::size_t next_address_ = 0;  // the one after that being tried
  std::error_code first_error_;   // of an address; or what to report when the timer fires
  std::unique_ptr<connecting_socket> attempt_;
  timer timer_{entry_of<&connector::on_timer>(*this)};
};

}  // namespace actornet::net
