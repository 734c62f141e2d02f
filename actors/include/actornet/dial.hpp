#pragma once

#include <coroutine>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "actornet/detail/dial_attempt.hpp"
#include "actornet/dial_options.hpp"
#include "actornet/flow/task_context.hpp"
#include "actornet/outgoing.hpp"
#include "actornet/result.hpp"

namespace actornet {

namespace detail {

/// A task waiting for a connection to be made.
class dial_wait : public wait_point, private dial_attempt {
 public:
  dial_wait(std::string_view uri, net::time_point deadline,
            std::shared_ptr<const dial_options> options)
      : uri_(uri), deadline_(deadline), options_(std::move(options)) {}

  bool await_ready();
  void await_suspend(std::coroutine_handle<> task);

 protected:
  ~dial_wait() = default;
  result<connection_core*> take() noexcept { return *outcome_; }

 private:
  void on_dialed(result<connection_core*> outcome) override;
  void abandon(errc reason) override;

  std::string uri_;
  net::time_point deadline_;
  std::shared_ptr<const dial_options> options_;
  std::optional<result<connection_core*>> outcome_;
};

}  // namespace detail

/// A dial that a task awaits; see `dial`.
template <detail::connection_view Peer>
class [[nodiscard("co_await it")]] dial_operation final : public detail::dial_wait {
 public:
  using dial_wait::dial_wait;
  result<outgoing<Peer>> await_resume() {
    const auto dialed = take();
    if (!dialed)
      return dialed.error();
    return outgoing<Peer>(**dialed);
  }
};

/// Go's `net.Dial`: `co_await dial<byte_stream>("tcp://example.org:80", deadline)` gives
/// `result<outgoing<Peer>>`, a connection to @p uri. A name is resolved off the loop; its addresses
/// are tried in turn until one answers, all of it until the earlier of @p deadline and the task's
/// own (`task_context::deadline`). With `dial_options::filter` the dial is over when the filter's
/// handshake is, within the same time. @p Peer is `byte_stream` or `connection<In, Out>`.
///
/// Errors: `address_invalid` (not a URI), `filter_missing` (`tls://`, `http://`, `ws://` or
/// `wss://` without a filter), `name_not_found`, `timed_out`, `mailbox_full` (too many names being
/// resolved), else what the first address said: `connection_refused`, `network_failure`,
/// `descriptors_exhausted`, …; of a filter's handshake: what the filter says, `end_of_stream` (the
/// peer ended it), `handshake_timeout` (`filter_timeout`); `shutting_down` (the runtime drains);
/// `cancelled` or why else the task is to stop. Throws `std::logic_error` when the task does not
/// run on a loop of a runtime.
template <detail::connection_view Peer>
dial_operation<Peer> dial(std::string_view uri, net::time_point deadline = net::never,
                          dial_options options = dial_options::of<Peer>()) {
  return {uri, deadline, std::make_shared<const dial_options>(std::move(options))};
}

}  // namespace actornet
