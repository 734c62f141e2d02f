// Arming and cancelling timers.

#include <benchmark/benchmark.h>

#include <cstdint>
#include <deque>

#include "actornet/net/timer_wheel.hpp"

namespace actornet::bench {
namespace {

using net::duration;
using namespace std::chrono_literals;

constexpr net::time_point start{1h};

/// A linear congruential generator (Knuth's MMIX): a nanosecond a number.
struct quick_random {
  std::uint64_t state = 1;
  std::uint64_t below(std::uint64_t bound) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (state >> 32) * bound >> 32;
  }
};

net::entry nothing() {
  return {[](void*) {}, nullptr};
}

// As a connection's idle limit: armed for 30 s after now, cancelled; time goes on by a microsecond.
void same(benchmark::State& state) {
  net::timer_wheel wheel(start);
  net::timer timer(nothing());
  net::time_point now = start;
  for (auto _ : state) {
    now += 1us;
    wheel.arm(timer, now + 30s);
    benchmark::ClobberMemory();
    wheel.cancel(timer);
    benchmark::ClobberMemory();
  }
}

// All timers are armed all the time, 1 s to 60 s ahead. An iteration cancels a random one and arms
// it anew; each time goes on by a microsecond (a million such operations a second), and every
// millisecond the wheel is advanced: moving timers between its levels is part of the cost.
void random_of_1000000(benchmark::State& state) {
  constexpr std::size_t count = 1'000'000;
  net::timer_wheel wheel(start);
  std::deque<net::timer> timers;
  quick_random random;
  const auto ahead = [&random] { return 1s + duration(random.below(duration(1s).count()) * 59); };
  for (std::size_t i = 0; i < count; ++i)
    wheel.arm(timers.emplace_back(nothing()), start + ahead());
  net::time_point now = start;
  std::uint64_t operations = 0;
  for (auto _ : state) {
    now += 1us;
    if (++operations % 1000 == 0)
      wheel.advance(now);
    net::timer& timer = timers[random.below(count)];
    wheel.cancel(timer);
    benchmark::ClobberMemory();
    wheel.arm(timer, now + ahead());
  }
}

BENCHMARK(same)->Name("timer_rearm/same");
BENCHMARK(random_of_1000000)->Name("timer_rearm/random_of_1000000");

}  // namespace
}  // namespace actornet::bench
