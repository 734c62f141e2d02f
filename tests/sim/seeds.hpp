#pragma once

// The runner of all simulations:
//
//     TEST(echo, every_byte_comes_back) {
//       actornet::sim::for_each_seed([](actornet::sim::world& world) { ... });
//     }
//
// runs the body for the seeds of `settings()`, past failures in tests/seeds.txt first, until one
// fails, and then says how to replay that one: `test-sim --gtest_filter=echo.… --seed 42`.

#include <gtest/gtest.h>

#include <cinttypes>
#include <ctime>
#include <fstream>
#include <functional>
#include <iostream>
#include <sstream>
#include <vector>

#include "actornet/sim/world.hpp"
#include "sim/seed_settings.hpp"

namespace actornet::sim {

using simulation = std::function<void(world&)>;

/// The options of a world by its seed, for simulations that vary them.
using options_by_seed = std::function<options(std::uint64_t seed)>;

namespace seeds {

inline std::string test_name() {
  const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
  return std::string(test->test_suite_name()) + "." + test->name();
}

inline std::string replay_command(std::uint64_t seed) {
  return settings().program + " --gtest_filter=" + test_name() + " --seed " + std::to_string(seed);
}

/// Seeds of @p test in the file; a line is `suite.test seed`, "#" begins a comment.
inline std::vector<std::uint64_t> past_failures(std::istream& file, const std::string& test) {
  std::vector<std::uint64_t> found;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line.substr(0, line.find('#')));
    std::string name, seed;
    if (words >> name >> seed && name == test)
      found.push_back(seed_from(seed));
  }
  return found;
}

inline std::vector<std::uint64_t> past_failures() {
  std::ifstream file(ACTORNET_SOURCE_DIR "/tests/seeds.txt");
  EXPECT_TRUE(file) << "tests/seeds.txt cannot be read";
  return past_failures(file, test_name());
}

/// One run. Returns its trace hash.
inline std::uint64_t run(std::uint64_t seed, const simulation& body, const options& how) {
  last_words::set("simulation died; replay: " + replay_command(seed));
  world simulated(seed, how);
  body(simulated);
  last_words::clear();
  return simulated.trace_hash();
}

/// False when the test has failed, now or before.
inline bool passes(std::uint64_t seed, const simulation& body, const options& how, bool twice) {
  const std::uint64_t hash = run(seed, body, how);
  const bool failed = ::testing::Test::HasFailure();
  if (twice) {
    const std::uint64_t again = run(seed, body, how);
    EXPECT_EQ(hash, again) << "seed " << seed << " does not replay to the same trace hash";
    if (settings().only)
      std::printf("seed %" PRIu64 ": trace hash %016" PRIx64 ", again %016" PRIx64 ": %s\n", seed,
                  hash, again, hash == again ? "equal" : "DIFFERENT");
  }
  if (!failed && !::testing::Test::HasFailure())
    return true;
  std::cerr << "simulation failed with seed " << seed << "\n  replay: " << replay_command(seed)
            << "\n  keep:   echo '" << test_name() << ' ' << seed << "' >> tests/seeds.txt\n";
  return false;
}

inline double cpu_seconds() {  // not the wall clock: what a loaded machine takes is not counted
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

}  // namespace seeds

/// Runs @p body in a world for each seed; the first one twice, comparing the trace hashes.
inline void for_each_seed(const simulation& body, const options_by_seed& how) {
  const seed_settings& chosen = settings();
  if (chosen.only) {
    seeds::passes(*chosen.only, body, how(*chosen.only), true);
    return;
  }
  for (const std::uint64_t seed : seeds::past_failures())
    if (!seeds::passes(seed, body, how(seed), false))
      return;
  const double end = seeds::cpu_seconds() + chosen.seconds;
  std::uint64_t ran = 0;
  for (; ran < chosen.count || seeds::cpu_seconds() < end; ++ran)
    if (!seeds::passes(chosen.base + ran, body, how(chosen.base + ran), ran == 0))
      return;
  ::testing::Test::RecordProperty("seeds", static_cast<int>(ran));
}

inline void for_each_seed(const simulation& body, const options& how = {}) {
  for_each_seed(body, [&how](std::uint64_t) { return how; });
}

/// The `main` of a test program with simulations.
inline int run_tests(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  try {
    settings().take_flags(argc, argv);
  } catch (const std::exception& wrong) {
    std::cerr << argv[0] << ": " << wrong.what() << '\n';
    return 2;
  }
  return RUN_ALL_TESTS();
}

}  // namespace actornet::sim
