#include "actornet/net/multiplexer.hpp"

#include <algorithm>

namespace actornet::net {

std::size_t multiplexer::cores() noexcept {
  return std::max<std::size_t>(1, std::thread::hardware_concurrency());
}

multiplexer::multiplexer(std::size_t loop_count, const backend_factory& factory) {
  const std::size_t count = std::min(loop_count == 0 ? cores() : loop_count, loops_max);
  work_sharing* const siblings = count > 1 ? this : nullptr;
  for (std::size_t i = 0; i < count; ++i)
    loops_.push_back(
        std::make_unique<loop>(factory ? factory(i) : make_asio_backend(), i, siblings));
}

multiplexer::~multiplexer() {
  stop();
}

loop& multiplexer::least_loaded() noexcept {
  const auto connections = [](const std::unique_ptr<loop>& candidate) {
    return candidate->connection_count.load(std::memory_order_relaxed);
  };
  return **std::ranges::min_element(loops_, {}, connections);
}

void multiplexer::start(std::function<void(loop&)> enter, std::function<void(loop&)> leave) {
  for (auto& owned : loops_) {
    threads_.emplace_back([&mine = *owned, enter, leave] {
      if (enter)
        enter(mine);
      mine.run();
      if (leave)
        leave(mine);
    });
  }
}

void multiplexer::stop() {
  if (threads_.empty())
    return;
  for (auto& owned : loops_)
    owned->stop();
  for (auto& thread : threads_)
    thread.join();
  threads_.clear();
}

void multiplexer::turn_until_idle() {
  const auto has_work = [](const std::unique_ptr<loop>& one) { return one->has_work(); };
  while (std::ranges::any_of(loops_, has_work))
    for (auto& owned : loops_)
      owned->turn(false);
}

void multiplexer::wake_a_sleeper(loop& from) {
  if (searching_.exchange(true, std::memory_order_acquire))
    return;
  for (auto& owned : loops_)
    if (owned.get() != &from && owned->wake_to_search())
      return;  // it resets the flag when it has searched
  searching_.store(false, std::memory_order_release);
}

bool multiplexer::find_work(loop& thief) {
  const time_point now = thief.fresh_now();
  bool found = false;
  for (auto& owned : loops_) {
    const time_point since = owned->shared_since();
    if (owned.get() == &thief || since == never || now - since < loop::share_after)
      continue;
    if ((found = owned->give_work_to(thief)))
      break;
  }
  searching_.store(false, std::memory_order_release);
  return found;
}

}  // namespace actornet::net
