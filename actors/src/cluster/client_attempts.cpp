// A request, attempt by attempt, until it is over.

#include <algorithm>
#include <chrono>
#include <utility>

#include "actornet/cluster/detail/client_state.hpp"
#include "actornet/flow/time.hpp"

namespace actornet::cluster::detail {

namespace {

/// A request of the bus that a task awaits; forgotten when the task is to stop.
class [[nodiscard("co_await it")]] bus_wait final : public wait_point {
 public:
  bus_wait(bus & over, const std::string& subject, const net::shared_bytes& payload,
           net::duration length)
      : over_(over), subject_(subject), payload_(payload), length_(length) {}

  bool await_ready() {
    if (context().cancelled())
      outcome_ = context().cancel_reason();
    return context().cancelled();
  }
  void await_suspend(std::coroutine_handle<> task) {
    park(task);
    asked_ = over_.request(subject_, payload_, length_, [this](result<net::shared_bytes> got) {
      outcome_ = std::move(got);
      wake();
    });
  }
  result<net::shared_bytes> await_resume() {
    return std::move(outcome_);
  }

 private:
  void abandon(errc reason) override {
    asked_ = {};
    outcome_ = reason;
    wake();
  }

  bus& over_;
  const std::string& subject_;
  const net::shared_bytes& payload_;
  const net::duration length_;
  operation asked_;
  result<net::shared_bytes> outcome_ = errc::timed_out;
};

/// How often a request is tried, and for how long.
class attempts {
 public:
  attempts(net::loop& home, const client_options& options, bool idempotent,
           net::time_point deadline)
      : home_(home), options_(options), idempotent_(idempotent), deadline_(deadline) {}

  /// Of the next attempt; zero or less: the time is up.
  net::duration length() const {
    const net::duration left = deadline_ - home_.now();
    return idempotent_ && tries_ + 1 < options_.attempts_max
               ? std::min(left, options_.attempt_timeout)
               : left;
  }

  /// Whether to try again after an attempt that ended so. One that met another owner of the shard
  /// was not begun; while a shard moves, nobody may serve it for a moment.
  bool again(std::error_code error, bool moved) {
    if (moved || (moves_ > 0 && error == errc::unavailable))
      return ++moves_ <= options_.moves_max && deadline_ > home_.now();
    if (!idempotent_ || (error != errc::timed_out && error != errc::disconnected))
      return false;
    return ++tries_ < options_.attempts_max && deadline_ > home_.now();
  }

  /// "Full jitter", as of `reconnect_options`; not beyond the deadline.
  net::duration pause() {
    backoff_ = backoff_ == net::duration::zero() ? options_.backoff_min
                                                 : std::min(backoff_ * 2, options_.backoff_max);
    const auto chance = static_cast<double>(home_.random() >> 11) * 0x1p-53;
    const auto drawn =
        static_cast<net::duration::rep>(static_cast<double>(backoff_.count()) * chance);
    return std::min(net::duration(drawn), deadline_ - home_.now());
  }

 private:
  net::loop& home_;
  const client_options& options_;
  const bool idempotent_;
  const net::time_point deadline_;
  std::uint32_t tries_ = 0;
  std::uint32_t moves_ = 0;
  net::duration backoff_{};
};

std::uint32_t milliseconds_of(net::duration left) {
  const auto rounded = std::chrono::ceil<std::chrono::milliseconds>(left).count();
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(rounded, 1, 0xffff'ffff));
}

}  // namespace

answer<v1::ServiceReply> client_state::understood(const result<net::shared_bytes>& got,
                                                  bool& moved) {
  if (!got)
    return got.error();
  v1::ServiceReply reply;
  if (!read_payload(*got, reply)) {
    ++statistics_.malformed;
    return errc::message_malformed;
  }
  if (!reply.has_failure())
    return reply;
  moved = reply.failure().kind() == v1::ServiceFailure::KIND_MOVED;
  if (moved) {
    ++statistics_.moved;
    return errc::unavailable;
  }
  return {read_failure(reply.failure(), shape_), reply.failure().text()};
}

task<answer<v1::ServiceReply>> client_state::try_until_over(client_state& self,
                                                            const question& what,
                                                            const v1::ServiceRequest& request) {
  const task_context& context = co_await this_task();
  const auto latest = net::deadline_after(self.home_.now(), self.options_.deadline_max);
  const net::time_point whole = what.how.deadline;
  const std::string subject = subject_of(self.shape_.name, what.shard);
  attempts plan(self.home_, self.options_, what.idempotent,
                std::min({whole, latest, context.deadline()}));
  std::error_code last = errc::timed_out;
  for (;;) {
    const net::duration length = plan.length();
    if (length <= net::duration::zero())
      co_return last;
    v1::ServiceRequest attempt = request;
    if (request.has_stream())
      attempt.set_remaining_ms(whole == net::never ? 0 : milliseconds_of(whole - self.home_.now()));
    else
      attempt.set_remaining_ms(milliseconds_of(length));
    const net::shared_bytes payload = payload_of(attempt);
    const auto got = co_await bus_wait(*self.bus_, subject, payload, length);
    bool moved = false;
    auto reply = self.understood(got, moved);
    const bool answered = got && !moved;
    if (answered || context.cancelled() || !plan.again(reply.error(), moved))
      co_return reply;
    last = reply.error();
    if (!moved && reply.error() != errc::unavailable)
      ++self.statistics_.retried;
    const auto slept = co_await sleep(plan.pause());
    if (!slept)
      co_return slept.error();
  }
}

}  // namespace actornet::cluster::detail
