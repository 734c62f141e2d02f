// Loops on threads of their own, and all of it at once: what ThreadSanitizer should see.

#include <gtest/gtest.h>

#include <atomic>
#include <deque>
#include <future>
#include <memory>
#include <thread>

#include "actornet/nats/nats_bus.hpp"
#include "actornet/nats/nats_directory.hpp"
#include "nats/real_world.hpp"

namespace actornet::nats {
namespace {

using namespace std::chrono_literals;
using cluster_test::bytes_of;
using nats_test::connected_world;

constexpr std::size_t loop_count = 3;

class answering final : public cluster::bus_server {
 public:
  void on_request(const net::shared_bytes& payload, cluster::bus_reply reply) override {
    reply.answer(payload);
  }
  cluster::subscription serves;
};

class hearing final : public cluster::bus_sink {
 public:
  void on_published(const net::shared_bytes&) override { ++heard; }
  void on_lagged(std::uint64_t) override {}
  std::atomic<std::size_t> heard{0};
  cluster::subscription hears;
};

class watching final : public cluster::directory_sink {
 public:
  void on_put(std::string_view, const cluster::directory_entry&) override { ++told; }
  void on_removed(std::string_view) override { ++told; }
  std::atomic<std::size_t> told{0};
  cluster::subscription watches;
};

/// Asks, publishes and puts again and again, each time when the last is over.
class busy {
 public:
  busy(net::loop& home, cluster::bus& over, cluster::directory& into)
      : home_(home), over_(over), into_(into) {}

  void begin() {
    if (stop)
      return;
    (void)over_.publish("heard", bytes_of("x"));
    auto asked = [this](const result<net::shared_bytes>& came) {
      answers += bool(came);
      put();
    };
    over_.request("served", bytes_of("x"), 5s, asked).detach();
  }

  std::atomic<bool> stop{false};
  std::atomic<std::size_t> answers{0};
  std::atomic<std::size_t> puts{0};

 private:
  void put() {
    auto done = [this](const result<std::uint64_t>& came) {
      puts += bool(came);
      home_.timers().arm(again_, home_.now() + 1ms);
    };
    into_
        .put("key" + std::to_string(home_.index()), "x", cluster::directory::any_revision, 60s,
             done)
        .detach();
  }

  net::loop& home_;
  cluster::bus& over_;
  cluster::directory& into_;
  net::timer again_{net::entry_of<&busy::begin>(*this)};
};

void run_on(net::loop& target, const std::function<void()>& work) {
  struct call {
    const std::function<void()>& work;
    std::promise<void> ran;
    void run() {
      work();
      ran.set_value();
    }
  } one{work, {}};
  target.post(net::entry_of<&call::run>(one));
  one.ran.get_future().wait();
}

void wait_for(const std::function<bool()>& done) {
  const auto end = std::chrono::steady_clock::now() + 60s;
  while (!done() && std::chrono::steady_clock::now() < end)
    std::this_thread::yield();
  ASSERT_TRUE(done());
}

TEST(nats_threads, every_loop_asks_while_the_server_goes_and_comes_back) {
  nats_test::server there;
  net::multiplexer loops(loop_count);
  net::blocking_pool pool;
  auto over =
      std::make_unique<connection>(loops.at(0), pool, connected_world::options_for(there.url()));
  auto bus = std::make_unique<nats_bus>(*over);
  auto directory = std::make_unique<nats_directory>(*over);
  answering served[loop_count];
  hearing heard[loop_count];
  watching watched[loop_count];
  std::deque<busy> all;
  for (std::size_t i = 0; i < loop_count; ++i)
    all.emplace_back(loops.at(i), *bus, *directory);
  loops.start();
  for (std::size_t i = 0; i < loop_count; ++i)
    run_on(loops.at(i), [&] {
      served[i].serves = bus->serve("served", served[i]);
      heard[i].hears = bus->subscribe("heard", heard[i]);
      watched[i].watches = directory->watch("", watched[i]);
      all[i].begin();
    });
  const auto some_more = [&] {
    for (std::size_t i = 0; i < loop_count; ++i) {
      const std::size_t answers = all[i].answers + 20;
      const std::size_t changes = all[i].puts + 20;
      const std::size_t heard_then = heard[i].heard + 20;
      const std::size_t told = watched[i].told + 20;
      wait_for([&] {
        return all[i].answers >= answers && all[i].puts >= changes &&
               heard[i].heard >= heard_then && watched[i].told >= told;
      });
    }
  };
  some_more();
  there.kill();
  wait_for([&] { return !over->up(); });
  there.start();
  wait_for([&] { return over->up(); });
  some_more();
  for (std::size_t i = 0; i < loop_count; ++i)
    run_on(loops.at(i), [&] {
      all[i].stop = true;
      served[i].serves.end();
      heard[i].hears.end();
      watched[i].watches.end();
    });
  loops.stop();
  bus.reset();
  directory.reset();
  over.reset();
  loops.turn_until_idle();
}

}  // namespace
}  // namespace actornet::nats
