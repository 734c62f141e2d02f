#include "actornet/net/filter.hpp"

#include <gtest/gtest.h>

namespace actornet::net {
namespace {

using bytes = std::vector<std::byte>;

constexpr std::byte a{'a'};
constexpr std::byte b{'b'};
constexpr std::byte c{'c'};

TEST(identity_filter, appends_received_bytes_unchanged_and_answers_nothing) {
  identity_filter identity;
  bytes plain{a};
  bytes wire;
  EXPECT_EQ(identity.received(bytes{b, c}, plain, wire).state, filter::status::ok);
  EXPECT_EQ(plain, (bytes{a, b, c}));
  EXPECT_TRUE(wire.empty());
}

TEST(identity_filter, appends_sent_bytes_unchanged) {
  identity_filter identity;
  bytes wire{a};
  EXPECT_EQ(identity.sending(bytes{b, c}, wire).state, filter::status::ok);
  EXPECT_EQ(wire, (bytes{a, b, c}));
}

TEST(identity_filter, passes_zero_bytes) {
  identity_filter identity;
  bytes plain;
  bytes wire;
  EXPECT_EQ(identity.received({}, plain, wire).state, filter::status::ok);
  EXPECT_EQ(identity.sending({}, wire).state, filter::status::ok);
  EXPECT_TRUE(plain.empty());
  EXPECT_TRUE(wire.empty());
}

TEST(identity_filter, has_no_handshake_and_no_farewell_and_says_that_it_does_nothing) {
  identity_filter identity;
  bytes wire;
  identity.ending(errc::closed_locally, wire);
  EXPECT_TRUE(wire.empty());
  EXPECT_FALSE(identity.handshaking());
  EXPECT_TRUE(identity.identity());
}

}  // namespace
}  // namespace actornet::net
