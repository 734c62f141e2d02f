// What a program does again at SIGHUP.

#include <gtest/gtest.h>
#include <sys/types.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <string>

#include "actornet/flow/task.hpp"
#include "simulated_runtime.hpp"

namespace actornet {
namespace {

TEST(reload, runs_what_was_added_in_order_though_one_throws) {
  sim::world world(1);
  simulated_runtime here(world);
  std::string ran;
  here.rt.on_reload([&ran] { ran += 'a'; });
  here.rt.on_reload([&ran] {
    ran += 'b';
    throw std::runtime_error("no such file");
  });
  here.rt.on_reload([&ran] { ran += 'c'; });
  here.rt.start();
  here.rt.reload();
  ASSERT_TRUE(here.world.run_until([&] { return ran.size() >= 3; }));
  EXPECT_EQ(ran, "abc");
  here.rt.reload();
  ASSERT_TRUE(here.world.run_until([&] { return ran.size() >= 6; }));
  EXPECT_EQ(ran, "abcabc");
}

TEST(reload, requests_during_a_round_are_one_more) {
  sim::world world(1);
  simulated_runtime here(world);
  int rounds = 0;
  here.rt.on_reload([&] {
    if (++rounds == 1)
      for (int i = 0; i < 3; ++i)
        here.rt.reload();
  });
  here.rt.start();
  here.rt.reload();
  here.rt.reload();
  ASSERT_TRUE(here.world.run_until_idle());
  EXPECT_EQ(rounds, 2);
}

TEST(reload, without_anything_to_do_it_does_nothing) {
  sim::world world(1);
  simulated_runtime here(world);
  EXPECT_FALSE(here.rt.reloads());
  here.rt.reload();
  here.rt.start();
  here.rt.reload();
  EXPECT_TRUE(here.world.run_until_idle());
}

TEST(reload, is_arranged_before_the_start) {
  sim::world world(1);
  simulated_runtime here(world);
  here.rt.start();
  EXPECT_THROW(here.rt.on_reload([] {}), std::logic_error);
}

task<> send_to_self(int signal) {
  ::kill(::getpid(), signal);
  co_return;
}

// Each SIGHUP is answered with the next signal.
[[noreturn]] void hang_up_twice_then_terminate() {
  ::alarm(60);
  int rounds = 0;
  const int code = run_main([&rounds](runtime& rt) {
    rt.on_reload([&rounds] { ::kill(::getpid(), ++rounds < 2 ? SIGHUP : SIGTERM); });
    rt.spawn([] { return send_to_self(SIGHUP); });
  });
  std::_Exit(code == 0 && rounds == 2 ? 0 : 1);
}

[[noreturn]] void hang_up_without_reload() {
  ::alarm(60);
  std::_Exit(run_main([](runtime& rt) { rt.spawn([] { return send_to_self(SIGHUP); }); }));
}

TEST(reload, a_program_reloads_at_sighup_and_goes_on) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(hang_up_twice_then_terminate(), testing::ExitedWithCode(0), "");
}

TEST(reload, a_program_that_has_nothing_to_reload_ends_at_sighup) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(hang_up_without_reload(), testing::KilledBySignal(SIGHUP), "");
}

}  // namespace
}  // namespace actornet
