#pragma once

#include "actornet/flow/scope.hpp"
#include "actornet/flow/task.hpp"

namespace actornet::detail {

/// The tasks of one loop that no task waits for: what `runtime::spawn` starts. They end by
/// themselves, or are told to stop by the drain. Loop-bound.
class root_tasks {
 public:
  explicit root_tasks(net::loop& home) noexcept : context_(home), tasks_(context_) {}

  /// Runs @p work; an exception that leaves it is logged and ends only it.
  void spawn(task<> work) { tasks_.spawn(guarded(std::move(work))); }

  /// Tells all of them to stop, and those that are spawned later, and runs @p on_empty when none is
  /// left. Once.
  void drain(net::entry on_empty);

  std::size_t running() const noexcept { return tasks_.running(); }

 private:
  static task<> guarded(task<> work);
  static task<> wait_for_all(scope& tasks);

  task_context context_;
  scope tasks_;
  task_context drain_context_{context_.home()};
  task<> drained_;
};

}  // namespace actornet::detail
