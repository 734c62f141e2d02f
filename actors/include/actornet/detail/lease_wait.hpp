#pragma once

#include <coroutine>
#include <cstdint>
#include <optional>
#include <system_error>

#include "actornet/detail/dial_attempt.hpp"
#include "actornet/detail/pool_state.hpp"
#include "actornet/flow/task_context.hpp"
#include "actornet/net/timer_wheel.hpp"

namespace actornet::detail {

/// A task that wants a connection of a pool.
///
///     idle one? ──yes──────────────────────────────────────────────> over
///       └─no──> place? ──yes──> dialing ──connected, or not─────────> over
///                 └─no──> waiting ──given a connection, or deadline──> over
///                            └───given a place──> dialing
class lease_wait : public wait_point, private dial_attempt {
 public:
  lease_wait(pool_state& of, net::time_point deadline) noexcept : state_(of), deadline_(deadline) {}

  bool await_ready();
  bool await_suspend(std::coroutine_handle<> task);

 protected:
  ~lease_wait() = default;

  pool_item* item_ = nullptr;
  std::error_code error_;

 private:
  friend class pool_part;

  bool look();
  void try_again();
  void on_deadline();
  void on_dialed(result<connection_core*> outcome) override;
  void abandon(errc reason) override;
  bool refuse(std::error_code why) noexcept;
  void dial();                       // with a place
  void wait_in_line();               // for a place, or a connection that is given back
  void served(pool_item& item);      // a connection was given back
  void failed(std::error_code why);  // wakes the task

  enum class step : std::uint8_t { looking, yielding, waiting, dialing };

  pool_state& state_;
  net::time_point deadline_;
  pool_part* part_ = nullptr;
  lease_wait* previous_ = nullptr;  // in its part's line
  lease_wait* next_ = nullptr;
  net::time_point since_{};
  step step_ = step::looking;
  std::optional<net::timer> timer_;
};

}  // namespace actornet::detail
