#include <gtest/gtest.h>

#include "source_addresses.hpp"

namespace actornet::load {
namespace {

const net::endpoint loopback{net::endpoint::scheme::tcp, "127.0.0.1", 7411};

TEST(load_addresses, few_connections_leave_the_choice_to_the_system) {
  EXPECT_EQ(source_address(loopback, 0, connections_per_source), "");
}

TEST(load_addresses, many_connections_come_from_several_loopback_addresses) {
  EXPECT_EQ(source_address(loopback, 0, 10'000), "127.0.0.2");
  EXPECT_EQ(source_address(loopback, connections_per_source - 1, 10'000), "127.0.0.2");
  EXPECT_EQ(source_address(loopback, connections_per_source, 10'000), "127.0.0.3");
  EXPECT_EQ(source_address(loopback, 999'999, 1'000'000), "127.0.0.251");
}

TEST(load_addresses, other_targets_are_reached_from_wherever_the_system_likes) {
  const auto scheme = net::endpoint::scheme::tcp;
  EXPECT_EQ(source_address({scheme, "192.0.2.1", 7411}, 0, 10'000), "");
  EXPECT_EQ(source_address({scheme, "::1", 7411}, 0, 10'000), "");
  EXPECT_EQ(source_address({net::endpoint::scheme::local, "127.", 0}, 0, 10'000), "");
}

}  // namespace
}  // namespace actornet::load
