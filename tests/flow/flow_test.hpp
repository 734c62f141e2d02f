#pragma once

// What the tests of tasks share: loops without chance, in a world whose time the test moves.

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <utility>

#include "actornet/flow/task.hpp"
#include "actornet/sim/world.hpp"

namespace actornet {

using namespace std::chrono_literals;

/// A task that nobody awaits, with a context of its own. Its owner keeps it until it ended.
template <class T>
class started_task {
 public:
  started_task(net::loop& on, std::function<task<T>()> make)
      : make_(std::move(make)), context_(on), work_(make_()) {}

  /// On its loop.
  void begin() { ended_ = !work_.start(context_, net::entry_of<&started_task::on_end>(*this)); }

  bool ended() const noexcept { return ended_; }
  T take() { return work_.take(); }
  task_context& context() noexcept { return context_; }

 private:
  void on_end() { ended_ = true; }

  std::function<task<T>()> make_;  // what a lambda holds must live as long as its task
  task_context context_;
  task<T> work_;
  bool ended_ = false;
};

/// Entries run in the order in which they became ready; turns take no time.
inline sim::options without_chance() {
  sim::options how;
  how.faults.shuffle = false;
  how.faults.turn_max = 0ns;
  return how;
}

class flow_test : public ::testing::Test {
 protected:
  template <class Make>
  using value_made = typename std::invoke_result_t<Make&>::value_type;

  /// Runs the task that @p make makes until it ended or waits for a time or for good.
  template <class Make>
  auto start(Make make) {
    auto made = std::make_unique<started_task<value_made<Make>>>(loop_, std::move(make));
    on_loop([&made] { made->begin(); });
    return made;
  }

  /// The same, but lets time pass until it ended; gives its value.
  template <class Make>
  auto run(Make make) -> value_made<Make> {
    auto made = start(std::move(make));
    EXPECT_TRUE(world_.run_until([&made] { return made->ended(); })) << world_;
    return made->take();
  }

  /// Calls @p work on the loop, then runs what can run without time passing.
  void on_loop(const std::function<void()>& work) {
    EXPECT_TRUE(world_.run_on(loop_, work));
    settle();
  }

  template <class T>
  void cancel(started_task<T>& one, errc reason = errc::cancelled) {
    on_loop([&] { one.context().cancel(reason); });
  }

  void settle() { EXPECT_TRUE(world_.run_until_idle()); }

  /// Lets time pass.
  void pass(net::duration length) { EXPECT_TRUE(world_.run_for(length)); }

  sim::world world_{1, without_chance()};
  net::loop loop_{world_.make_backend()};
};

}  // namespace actornet
