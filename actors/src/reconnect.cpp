#include "actornet/reconnect.hpp"

#include <algorithm>

namespace actornet::detail {

void reconnector::enter(reconnect_phase next) {
  status_.phase = next;
  if (options_.on_change)
    options_.on_change(status_);
}

net::time_point reconnector::dial() {
  ++status_.dials;
  const bool probes = status_.phase == reconnect_phase::circuit_open;
  enter(probes ? reconnect_phase::probing : reconnect_phase::dialing);
  return options_.dial_timeout > net::duration::zero()
             ? net::deadline_after(home_.now(), options_.dial_timeout)
             : net::never;
}

void reconnector::connected() {
  ++status_.connections;
  connected_at_ = home_.now();
  enter(reconnect_phase::connected);
}

bool reconnector::steady() const noexcept {
  return status_.phase == reconnect_phase::connected &&
         home_.now() - connected_at_ >= options_.steady_after;
}

bool reconnector::ended(std::error_code why, const task_context& context) {
  const bool was_steady = steady();
  status_.last_error = why;
  if (why)
    status_.failures_row = was_steady ? 0 : status_.failures_row + 1;
  if (const auto end = verdict(why, context)) {
    outcome_ = *end;
    over();
    return true;
  }
  const bool opens = options_.failures_max > 0 && status_.failures_row >= options_.failures_max;
  status_.circuit_opened += opens;
  status_.next_dial_at = net::deadline_after(home_.now(), opens ? options_.open_for : backoff());
  enter(opens ? reconnect_phase::circuit_open : reconnect_phase::waiting);
  return false;
}

bool reconnector::cancelled(const task_context& context) {
  if (!context.cancelled())
    return false;
  outcome_ = context.cancel_reason();
  over();
  return true;
}

// How all is over, or nothing if it goes on.
std::optional<result<void>> reconnector::verdict(std::error_code why,
                                                 const task_context& context) const {
  if (!why)
    return result<void>();
  if (context.cancelled())
    return context.cancel_reason();
  if (connection_table::of(home_).draining())
    return errc::shutting_down;
  const bool gives_up = options_.attempts_max > 0 && status_.failures_row >= options_.attempts_max;
  if (gives_up || why == errc::address_invalid || why == errc::filter_missing ||
      (options_.gives_up && options_.gives_up(status_)))
    return why;
  return std::nullopt;
}

net::duration reconnector::backoff() {
  double longest = static_cast<double>(options_.backoff_min.count());
  const auto most = static_cast<double>(options_.backoff_max.count());
  for (std::uint32_t i = 1; i < status_.failures_row && longest < most; ++i)
    longest *= options_.backoff_factor;
  const auto range = static_cast<std::uint64_t>(std::max(0.0, std::min(longest, most)));
  return net::duration(static_cast<net::duration::rep>(home_.random() % (range + 1)));
}

// -- whether a connection was lost ----------------------------------------------------------------

namespace {

struct close_note final : connection_observer {
  explicit close_note(std::shared_ptr<errc> into) : reason(std::move(into)) {}
  void on_closed(errc why) override { *reason = why; }
  std::shared_ptr<errc> reason;
};

}  // namespace

connection_fate::connection_fate(const control_ref& of) : of_(of) {
  if (of_->open())
    of_->observe(std::make_unique<close_note>(closed_because_));
  else
    *closed_because_ = errc::connection_reset;  // before the session began
}

std::error_code connection_fate::loss() const {
  errc why = *closed_because_;
  if (const connection_core* const core = of_->target()) {
    const net::stream& bytes = core->bytes();
    const bool closed = bytes.current_state() == net::stream::state::closed;
    why = closed ? bytes.close_reason() : bytes.input_end();
  }
  return why == errc{} || why == errc::closed_locally ? std::error_code() : why;
}

}  // namespace actornet::detail
