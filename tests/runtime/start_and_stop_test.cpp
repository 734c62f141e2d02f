// How a runtime on threads begins and ends, also when that does not go as planned.

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <mutex>
#include <system_error>
#include <vector>

#include "actornet/runtime.hpp"
#include "event.hpp"
#include "real_client.hpp"

namespace actornet {
namespace {

using namespace std::chrono_literals;

runtime_options two_loops() {
  runtime_options options;
  options.loops = 2;
  return options;
}

TEST(start_and_stop, a_stop_during_a_drain_waits_for_its_end_with_its_patience) {
  runtime rt(two_loops());
  std::mutex mutex;
  std::vector<in_flight<stream_ref>> held;  // keeps the connection from ending
  event asked;
  const auto where = rt.listen("tcp://127.0.0.1:0", [&](byte_stream peer) -> task<> {
    auto request = co_await peer.begin_request();
    {
      const std::lock_guard guard(mutex);
      held.push_back(std::move(*request));
    }
    asked.set();
    while (co_await peer.read()) {
    }
  });
  rt.start();
  real_client client(where);
  ASSERT_TRUE(asked.wait());
  std::atomic<int> over{0};
  std::atomic<std::size_t> cut{0};
  rt.drain(200ms, [&](std::size_t count) {
    cut = count;
    ++over;
  });
  EXPECT_EQ(rt.stop(), 1u);
  EXPECT_EQ(over, 1);
  EXPECT_EQ(cut, 1u);
  EXPECT_EQ(rt.connections(), 0u);
  held.clear();
}

TEST(start_and_stop, a_listener_that_comes_after_the_start_is_refused) {
  runtime rt(two_loops());
  rt.start();
  EXPECT_TRUE(rt.started());
  EXPECT_THROW(rt.listen("tcp://127.0.0.1:0", [](byte_stream) -> task<> { co_return; }),
               std::logic_error);
  rt.stop();
}

// Loops of which the system gives no more threads than the first few.
[[noreturn]] void start_with_too_few_threads() {
  constexpr rlimit threads_max{3, 3};
  constexpr uid_t nobody_else = 54'321;  // the limit is the user's, and root has none
  if (::setrlimit(RLIMIT_NPROC, &threads_max) != 0 ||
      (::geteuid() == 0 && ::setuid(nobody_else) != 0))
    std::_Exit(3);
  ::alarm(60);
  runtime_options options;
  options.loops = 8;
  runtime rt(options);
  (void)rt.listen("tcp://127.0.0.1:0", [](byte_stream) -> task<> { co_return; });
  try {
    rt.start();
  } catch (const std::system_error&) {
    std::_Exit(rt.stop() == 0 ? 0 : 2);
  }
  std::_Exit(1);
}

TEST(start_and_stop, a_start_that_fails_half_way_says_so_and_the_rest_can_be_stopped) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(start_with_too_few_threads(), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace actornet
