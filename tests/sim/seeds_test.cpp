// The runner of simulations itself.

#include "seeds.hpp"

namespace actornet::sim {
namespace {

/// Changes the settings for one test.
class seeds : public ::testing::Test {
 protected:
  seeds() : before_(settings()) { settings() = {}; }
  ~seeds() override { settings() = before_; }

  static std::vector<std::uint64_t> run_all() {
    std::vector<std::uint64_t> ran;
    for_each_seed([&ran](const world& world) { ran.push_back(world.seed()); });
    return ran;
  }

 private:
  seed_settings before_;
};

TEST_F(seeds, begin_at_the_base_and_run_the_first_twice) {
  settings().base = 70;
  settings().count = 3;
  EXPECT_EQ(run_all(), (std::vector<std::uint64_t>{70, 70, 71, 72}));
}

TEST_F(seeds, one_that_was_asked_for_runs_twice_and_alone) {
  settings().only = 9;
  EXPECT_EQ(run_all(), (std::vector<std::uint64_t>{9, 9}));
}

TEST_F(seeds, go_on_until_the_seconds_are_over) {
  settings().count = 1;
  settings().seconds = 0.01;
  EXPECT_GT(run_all().size(), 2u);
}

TEST_F(seeds, that_fail_end_the_run_and_tell_how_to_replay) {
  settings().program = "./test-x";
  EXPECT_EXIT(
      {
        for_each_seed([](const world& world) { EXPECT_LT(world.seed(), 3u); });
        std::exit(HasFailure() ? 1 : 0);
      },
      ::testing::ExitedWithCode(1),
      "simulation failed with seed 3\n"
      "  replay: ./test-x --gtest_filter=seeds.that_fail_end_the_run_and_tell_how_to_replay "
      "--seed 3\n");
}

TEST_F(seeds, that_kill_the_program_tell_how_to_replay) {
  EXPECT_DEATH(for_each_seed([](const world&) { std::abort(); }), "died; replay: .* --seed 1");
}

TEST_F(seeds, that_do_not_replay_fail) {
  EXPECT_EXIT(
      {
        int runs = 0;
        for_each_seed([&runs](world& world) { (void)world.run_for(std::chrono::seconds(++runs)); });
        std::exit(HasFailure() ? 1 : 0);
      },
      ::testing::ExitedWithCode(1), "simulation failed with seed 1");
}

TEST_F(seeds, come_from_flags_and_commit_hashes) {
  char program[] = "p", flag[] = "--seed=0x1f", other[] = "--seeds", value[] = "7", kept[] = "x";
  char* arguments[] = {program, flag, other, value, kept, nullptr};
  int count = 5;
  settings().take_flags(count, arguments);
  EXPECT_EQ(settings().only, 31u);
  EXPECT_EQ(settings().count, 7u);
  EXPECT_EQ(count, 2);
  EXPECT_STREQ(arguments[1], "x");
  EXPECT_EQ(seed_base_from("0123456789abcdef0123456789abcdef01234567"), 0x0123456789abcdeu);
  EXPECT_EQ(seed_base_from("17"), 17u);
  EXPECT_THROW(seed_from("12x"), std::invalid_argument);
}

TEST_F(seeds, are_read_from_the_file_of_past_failures) {
  std::istringstream file("# comment\na.b 5\n\nc.d 6  # why\na.b 0x10\n");
  EXPECT_EQ(sim::seeds::past_failures(file, "a.b"), (std::vector<std::uint64_t>{5, 16}));
}

}  // namespace
}  // namespace actornet::sim
