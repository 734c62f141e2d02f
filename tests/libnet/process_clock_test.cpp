#include "actornet/net/process_clock.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

namespace actornet::net {
namespace {

TEST(process_clock, it_advances_while_a_process_works) {
  const auto own_id = static_cast<std::uint32_t>(::getpid());
  const auto before = process_cpu_time(own_id);
  if (!before)
    GTEST_SKIP() << "this system does not tell";
  // Read until it moves: nothing depends on how fast this machine is.
  auto after = before;
  while (after && *after < *before + std::chrono::milliseconds(1))
    after = process_cpu_time(own_id);
  EXPECT_TRUE(after);
}

TEST(process_clock, a_process_that_does_not_exist_has_none) {
  EXPECT_FALSE(process_cpu_time(0x7fffffff));  // over the largest process id of Linux
}

TEST(process_clock, the_date_is_one_after_this_was_written) {
  using namespace std::chrono;
  EXPECT_GT(system_wall_time(), sys_days(year(2026) / 1 / 1));
}

}  // namespace
}  // namespace actornet::net
