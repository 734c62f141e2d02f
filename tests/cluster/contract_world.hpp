#pragma once

// Where a contract is tested: two loops, simulated or with real sockets, which the test itself
// turns, so that nothing of the test needs a lock.

#include <gtest/gtest.h>

#include <functional>
#include <memory>

#include "actornet/net/multiplexer.hpp"
#include "cluster_support.hpp"

namespace actornet::cluster_test {

class contract_world {
 public:
  virtual ~contract_world() = default;

  virtual net::loop& loop(std::size_t index) = 0;

  /// Runs @p work in a turn of that loop.
  virtual void run_on(std::size_t index, const std::function<void()>& work) = 0;

  /// Until all that is under way has arrived.
  virtual void settle() = 0;

  /// Lets this much time pass.
  virtual void pass(net::duration length) = 0;

  /// Until @p done, in real time at most for a minute.
  [[nodiscard]] virtual bool wait_for(const std::function<bool()>& done) = 0;

  void on(std::size_t index, const std::function<void()>& work) {
    run_on(index, work);
    settle();
  }
};

class simulated_world : public contract_world {
 public:
  ~simulated_world() override { EXPECT_TRUE(world_.run_until_idle()); }

  net::loop& loop(std::size_t index) override { return loops_.at(index); }

  void run_on(std::size_t index, const std::function<void()>& work) override {
    ASSERT_TRUE(world_.run_on(loops_.at(index), work)) << world_;
  }

  void settle() override { ASSERT_TRUE(world_.run_until_idle()) << world_; }

  void pass(net::duration length) override { ASSERT_TRUE(world_.run_for(length)) << world_; }

  bool wait_for(const std::function<bool()>& done) override { return world_.run_until(done); }

 private:
  sim::world world_{1, calm()};
  net::multiplexer loops_{2, world_.backends()};
};

inline std::unique_ptr<contract_world> simulated() {
  return std::make_unique<simulated_world>();
}

}  // namespace actornet::cluster_test
