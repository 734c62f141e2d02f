#include "actornet/detail/root_tasks.hpp"

#include <string>

#include "actornet/log.hpp"

namespace actornet::detail {

task<> root_tasks::guarded(task<> work) {
  try {
    co_await std::move(work);
  } catch (const std::exception& failure) {
    log(log_level::error, std::string("a task ended with an exception: ") + failure.what());
  } catch (...) {
    log(log_level::error, "a task ended with an exception that is no std::exception");
  }
}

task<> root_tasks::wait_for_all(scope& tasks) {
  co_await tasks.all_ended();
}

void root_tasks::drain(net::entry on_empty) {
  tasks_.cancel(errc::shutting_down);
  drained_ = wait_for_all(tasks_);
  if (!drained_.start(drain_context_, on_empty))
    on_empty();
}

}  // namespace actornet::detail
