// Unpinned CAF actors on one and on two loops, each a thread of its own. All work arises on loop 0;
// what the other loop does, it has found there. Handlers compute a fixed number of steps instead of
// looking at a clock: two threads on one core need twice as long, as they would with real work.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <atomic>
#include <caf/typed_event_based_actor.hpp>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <vector>

#include "actornet/caf.hpp"

namespace actornet::bench {
namespace {

using namespace std::chrono_literals;
using working = interface<void(std::uint64_t)>;

// -- work -----------------------------------------------------------------------------------------

void take_steps(std::uint64_t steps) {
  std::uint64_t value = steps;
  for (std::uint64_t i = 0; i < steps; ++i)
    benchmark::DoNotOptimize(value = value * 6364136223846793005u + 1442695040888963407u);
}

// The best of many tries: the others were disturbed.
double measured_steps_per_ns() {
  constexpr std::uint64_t steps = 50'000;
  const auto clock = net::make_asio_backend();
  net::duration best = 1h;
  for (int i = 0; i < 100; ++i) {
    const net::time_point begin = clock->now();
    take_steps(steps);
    best = std::min(best, clock->now() - begin);
  }
  return static_cast<double>(steps) / static_cast<double>(best.count());
}

std::uint64_t steps_of(net::duration length) {
  static const double steps_per_ns = measured_steps_per_ns();
  return static_cast<std::uint64_t>(steps_per_ns * static_cast<double>(length.count()));
}

/// Counts down to a moment that the benchmark's thread waits for.
class countdown {
 public:
  void start(std::uint64_t count) { left_.store(count); }
  void count() {
    if (left_.fetch_sub(1) != 1)
      return;
    const std::lock_guard guard(mutex_);
    over_ = true;
    changed_.notify_one();
  }
  void wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return over_; });
    over_ = false;
  }

 private:
  std::atomic<std::uint64_t> left_{0};
  std::mutex mutex_;
  std::condition_variable changed_;
  bool over_ = false;
};

/// What a group of actors works at: a message makes its receiver take some steps and pass the
/// message on to the next of its ring, as often as the message says. A ring is so many neighbours:
/// on a common one messages would catch up with each other, and then go on together, from one
/// actor to one actor.
struct job {
  std::uint64_t steps;
  std::size_t ring_size;
  std::vector<working> workers;
  countdown messages_left;
};

class worker final : public working::base {
 public:
  worker(caf::actor_config& config, job* shared, std::size_t position)
      : working::base(config), job_(*shared), position_(position) {}

  behavior_type make_behavior() override {
    return {[this](std::uint64_t times) {
      take_steps(job_.steps);
      if (times > 1)
        send(job_.workers[next()], times - 1);
      else
        job_.messages_left.count();
    }};
  }

 private:
  std::size_t next() const noexcept {
    const std::size_t in_ring = position_ % job_.ring_size;
    return position_ - in_ring + (in_ring + 1) % job_.ring_size;
  }

  job& job_;
  const std::size_t position_;
};

// -- the loops ------------------------------------------------------------------------------------

class workshop {
  static runtime_options unwatched(std::size_t loops) {
    runtime_options options;
    options.loops = loops;
    options.stall_budget = {};
    return options;
  }

 public:
  workshop(std::size_t loops, std::size_t rings, std::size_t ring_size, net::duration handler)
      : rt_(unwatched(loops)), system_(actors(rt_)) {
    job_.steps = steps_of(handler);
    job_.ring_size = ring_size;
    for (std::size_t i = 0; i < rings * ring_size; ++i)
      job_.workers.push_back(system_.spawn<worker>(&job_, i));
    rt_.start();
  }
  ~workshop() {
    for (const working& each : job_.workers)
      caf::anon_send_exit(each, caf::exit_reason::user_shutdown);
    job_.workers.clear();
  }

  /// On loop 0, sends a message to one of each ring; returns when all have been passed on @p times
  /// and handled.
  void run(std::uint64_t times) {
    times_ = times;
    job_.messages_left.start(job_.workers.size() / job_.ring_size);
    rt_.loops().at(0).post(net::entry_of<&workshop::send>(*this));
    job_.messages_left.wait();
  }

 private:
  void send() {
    for (std::size_t i = 0; i < job_.workers.size(); i += job_.ring_size)
      caf::anon_send(job_.workers[i], times_);
  }

  job job_;
  runtime rt_;
  caf::actor_system& system_;
  std::uint64_t times_ = 0;
};

// 16 rings of 4 actors, a message under way in each; an item is one handler of 50 us.
void handler_50us(benchmark::State& state) {
  constexpr std::size_t rings = 16;
  constexpr std::uint64_t times = 256;
  workshop here(static_cast<std::size_t>(state.range(0)), rings, 4, 50us);
  here.run(1);
  for (auto _ : state)
    here.run(times);
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(rings * times));
}

// From when 1,000 actors get a message each on one loop until the last one's handler, of 20 us,
// ran.
void unpinned_actors_woken(benchmark::State& state) {
  constexpr std::size_t actors_woken = 1000;
  workshop here(static_cast<std::size_t>(state.range(0)), actors_woken, 1, 20us);
  here.run(1);
  for (auto _ : state)
    here.run(1);
}

BENCHMARK(handler_50us)
    ->ArgName("loops")
    ->Arg(1)
    ->Arg(2)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK(unpinned_actors_woken)
    ->ArgName("loops")
    ->Arg(1)
    ->Arg(2)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace actornet::bench
