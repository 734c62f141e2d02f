#include "actornet/net/descriptor_limit.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

namespace actornet::net {
namespace {

TEST(descriptor_limit, it_is_raised_to_what_the_system_allows) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  rlimit low = before;
  low.rlim_cur = 64;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &low), 0);
  const std::size_t raised = raise_descriptor_limit();
  rlimit after{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &after), 0);
  EXPECT_EQ(after.rlim_cur, before.rlim_max);
  EXPECT_EQ(raised, before.rlim_max == RLIM_INFINITY ? SIZE_MAX : before.rlim_max);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
}

}  // namespace
}  // namespace actornet::net
