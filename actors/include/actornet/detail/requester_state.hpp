#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <system_error>
#include <unordered_map>

#include "actornet/flow/task.hpp"
#include "actornet/flow/task_context.hpp"
#include "actornet/net/timer_wheel.hpp"
#include "actornet/result.hpp"

namespace actornet {

/// Figures of a requester, from its beginning on.
struct requester_statistics {
  std::size_t in_flight = 0;    ///< requests that wait for their answers now
  std::uint64_t answered = 0;   ///< requests that got their answers
  std::uint64_t timed_out = 0;  ///< requests whose deadline passed
  std::uint64_t late = 0;       ///< answers that came when nobody waited any more; dropped
  std::uint64_t others = 0;     ///< messages that answered no request
};

namespace detail {

class request_pending;

/// A requester behind its handle: the requests that wait, by number, and the task that receives the
/// answers. It goes when both the handle and that task are gone. Loop-bound.
class requester_state {
 public:
  requester_state(net::loop& home, std::size_t requests_max) noexcept
      : home_(home), requests_max_(requests_max), context_(home) {}
  requester_state(const requester_state&) = delete;
  requester_state& operator=(const requester_state&) = delete;

  /// Begins to receive. Called once, by the handle.
  void start();

  /// The handle goes: requests fail with `closed_locally`, the connection ends in order.
  void abandon();

  const requester_statistics& statistics() const noexcept { return statistics_; }

  /// Why no request can be made now; `errc{}` if one can.
  std::error_code refusal() const noexcept;

  /// A number for one more request, which waits from here on.
  std::uint64_t begin_request(request_pending& request);
  void end_request(const request_pending& request);
  void count_timeout() noexcept { ++statistics_.timed_out; }

 protected:
  virtual ~requester_state() = default;

  /// Receives until the connection ends, and tells why it did.
  virtual task<std::error_code> receive_answers() = 0;

  /// No more answers come: ends the connection.
  virtual void hang_up() = 0;

  /// The request that the answer with this number is for; it does not wait any more. Null, and
  /// counted, when there is none; @p known then says whether there ever was.
  request_pending* answered(std::uint64_t id, bool& known);

 private:
  static task<> pump(requester_state& self);
  void on_pump_end();
  void pump_over();
  void fail_all(std::error_code why);

  net::loop& home_;
  const std::size_t requests_max_;
  std::unordered_map<std::uint64_t, request_pending*> pending_;
  std::uint64_t last_id_ = 0;
  std::error_code ended_;  // why no more answers come
  requester_statistics statistics_;
  task_context context_;
  task<> pump_;
  bool pump_ended_ = false;
  bool abandoned_ = false;
};

/// A task that waits for the answer to its request.
class request_pending : public wait_point {
 public:
  bool await_ready();
  bool await_suspend(std::coroutine_handle<> task);

 protected:
  request_pending(requester_state& to, net::time_point deadline) noexcept
      : to_(to), deadline_(deadline) {}
  ~request_pending() = default;

  /// The answer is there.
  void complete();

  std::error_code error_;

 private:
  friend class requester_state;

  /// Sends the request with this number.
  virtual std::error_code send(std::uint64_t id) = 0;

  void on_deadline();
  void abandon(errc reason) override;
  void fail(std::error_code why);
  void leave(std::error_code why);

  requester_state& to_;
  net::time_point deadline_;
  std::uint64_t id_ = 0;
  net::timer timer_{net::entry_of<&request_pending::on_deadline>(*this)};
};

}  // namespace detail

}  // namespace actornet
