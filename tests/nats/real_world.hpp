#pragma once

// Two loops with real sockets, turned by the test, and a connection to a real server.

#include <chrono>

#include "actornet/nats/connection.hpp"
#include "cluster/contract_world.hpp"
#include "nats/server.hpp"

namespace actornet::nats_test {

using namespace std::chrono_literals;

/// For tests that leave it as it is.
inline server& shared_server() {
  static server one;
  return one;
}

class real_world : public cluster_test::contract_world {
 public:
  ~real_world() override { turn_until_idle(); }

  net::loop& loop(std::size_t index) override { return loops_.at(index); }

  void run_on(std::size_t index, const std::function<void()>& work) override {
    call one{work};
    loop(index).post(net::entry_of<&call::run>(one));
    ASSERT_TRUE(wait_for([&one] { return one.ran; }));
  }

  void settle() override { turn_until_idle(); }

  void pass(net::duration length) override {
    const auto end = std::chrono::steady_clock::now() + length;
    while (std::chrono::steady_clock::now() < end)
      turn();
  }

  bool wait_for(const std::function<bool()>& done) override {
    const auto end = std::chrono::steady_clock::now() + 60s;
    while (!done()) {
      if (std::chrono::steady_clock::now() >= end)
        return false;
      turn();
    }
    return true;
  }

  void turn_until_idle() { loops_.turn_until_idle(); }

  /// For what waits in another world.
  void turn_once() { turn(); }

  net::blocking_pool& pool() noexcept { return pool_; }

 private:
  struct call {
    const std::function<void()>& work;
    bool ran = false;
    void run() {
      work();
      ran = true;
    }
  };

  // Loop 1 has no sockets, and its timers are looked at often enough.
  void turn() {
    turn_until_idle();
    loop(0).timers().arm(look_, loop(0).fresh_now() + 2ms);
    loop(0).turn(true);
  }
  void nothing() {}

  net::multiplexer loops_{2};
  net::blocking_pool pool_;  // its threads post to the loops
  net::timer look_{net::entry_of<&real_world::nothing>(*this)};
};

/// With a connection that is up, at home on loop 0.
class connected_world : public real_world {
 public:
  explicit connected_world(const std::string& url = shared_server().url())
      : over(loop(0), pool(), options_for(url)) {
    EXPECT_TRUE(wait_for([this] { return over.up(); }));
  }

  static nats::connection_options options_for(const std::string& url) {
    nats::connection_options how;
    how.servers = {url};
    how.reconnect_wait = 20ms;
    how.ping_interval = 60s;  // a slow machine is not a server that is gone
    return how;
  }

  /// What a question waits for may pass the server twice.
  void settle() override {
    for (int i = 0; i < 3; ++i) {
      bool passed = false;
      run_on(0,
             [&] { over.drain(60s, [&passed](const result<void>&) { passed = true; }).detach(); });
      EXPECT_TRUE(wait_for([&passed] { return passed; }));
      turn_until_idle();
    }
  }

  nats::connection over;
};

}  // namespace actornet::nats_test
