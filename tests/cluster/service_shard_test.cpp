// Keyed requests, and who owns which shard.

#include <stdexcept>

#include "services_support.hpp"

namespace actornet::cluster_test {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(shard_key, is_fnv_1a) {
  EXPECT_EQ(cluster::key_hash(""), 0xcbf29ce484222325u);
  EXPECT_EQ(cluster::key_hash("a"), 0xaf63dc4c8601ec8cu);
  EXPECT_EQ(cluster::key_hash("foobar"), 0x85944171f73967e8u);
}

TEST(shard_key, of_a_number_does_not_depend_on_its_type) {
  EXPECT_EQ(cluster::key_hash(std::int32_t{-1}), cluster::key_hash(std::int64_t{-1}));
  EXPECT_EQ(cluster::key_hash(std::uint32_t{7}), cluster::key_hash(std::int64_t{7}));
  EXPECT_EQ(cluster::key_hash(258), cluster::key_hash(std::string_view("\2\1\0\0\0\0\0\0", 8)));
}

TEST(shard_key, keys_spread_over_the_shards) {
  std::vector<int> met(16);
  for (int i = 0; i < 16'000; ++i)
    ++met[cluster::shard_of(cluster::key_hash("key-" + std::to_string(i)), 16)];
  EXPECT_THAT(met, Each(::testing::AllOf(::testing::Gt(800), ::testing::Lt(1200))));
}

TEST_F(services, a_keyed_request_goes_to_the_owner_of_its_shard) {
  serve(0);
  serve(1);
  for (std::uint32_t each = 0; each < 16; ++each)
    on(each % 2, [&] { hosts_[each % 2]->shards().own(each); });
  for (int i = 0; i < 20; ++i) {
    const std::string sku = "sku-" + std::to_string(i);
    ASSERT_TRUE(reserve(sku)) << sku;
    EXPECT_EQ(keepers_[shard(sku) % 2]->begun.back(), sku);
    EXPECT_EQ(keepers_[shard(sku) % 2]->shards.back(), shard(sku));
  }
  EXPECT_EQ(client_->statistics().moved, 0u);
}

TEST_F(services, a_request_that_meets_an_old_owner_finds_the_new_one) {
  serve(0);
  serve(1);
  own_all(0);
  on(0, [&] { hosts_[0]->shards().release(shard("a")); });
  on(1, [&] { hosts_[1]->shards().own(shard("a")); });
  for (int i = 0; i < 8; ++i)
    EXPECT_TRUE(reserve("a"));
  EXPECT_THAT(keepers_[0]->begun, IsEmpty());
  EXPECT_EQ(keepers_[1]->begun.size(), 8u) << "each is begun once";
  EXPECT_GT(client_->statistics().moved, 0u);
  EXPECT_EQ(client_->statistics().moved, hosts_[0]->statistics().moved);
  EXPECT_EQ(client_->statistics().retried, 0u);
}

TEST_F(services, a_request_waits_for_an_owner_while_its_shard_moves) {
  serve(0);
  serve(1);
  own_all(0);
  on(0, [&] { hosts_[0]->shards().release(shard("a")); });
  answer<ReserveReply> got = errc::would_block;
  start(keep(client_->reserve(of("a"), in(1h)), got));
  ASSERT_TRUE(world_.run_for(3s));  // the old owner does not even answer any more
  EXPECT_EQ(got.error(), errc::would_block);
  on(1, [&] { hosts_[1]->shards().own(shard("a")); });
  ASSERT_TRUE(world_.run_for(3s));
  EXPECT_TRUE(got) << got.error().message();
}

TEST_F(services, a_shard_that_finds_no_owner_is_unavailable) {
  serve(0);
  own_all(0);
  on(0, [&] { hosts_[0]->shards().release(shard("a")); });
  EXPECT_EQ(reserve("a", 1, 5s).error(), errc::unavailable);
  EXPECT_EQ(reserve("a").error(), errc::unavailable);
}

TEST_F(services, an_owner_may_get_its_shard_back) {
  serve(0);
  own_all(0);
  on(0, [&] {
    hosts_[0]->shards().release(shard("a"));
    hosts_[0]->shards().own(shard("a"));
  });
  ASSERT_TRUE(world_.run_for(5s));
  EXPECT_TRUE(reserve("a"));
  EXPECT_EQ(client_->statistics().moved, 0u);
}

TEST_F(services, a_released_shard_stops_its_calls_and_no_others) {
  serve(0, {.calls_max = 2}).pause = 1s;
  own_all(0);
  ASSERT_NE(shard("a"), shard("b"));
  std::deque<answer<ReserveReply>> got(3, errc::would_block);
  start(keep(client_->reserve(of("a"), in(1h)), got[0]));
  start(keep(client_->reserve(of("b"), in(1h)), got[1]));
  start(keep(client_->reserve(of("a"), in(5s)), got[2]));  // waits
  on(0, [&] { hosts_[0]->shards().release(shard("a")); });
  ASSERT_TRUE(world_.run_for(10s));
  EXPECT_EQ(got[0].error(), errc::shutting_down);
  EXPECT_TRUE(got[1]);
  EXPECT_EQ(got[2].error(), errc::unavailable) << "it was not begun";
  EXPECT_THAT(keepers_[0]->begun, ElementsAre("a", "b"));
}

TEST_F(services, shards_that_there_are_not_are_a_mistake) {
  serve(0);
  on(0, [&] {
    EXPECT_THROW(hosts_[0]->shards().own(16), std::out_of_range);
    hosts_[0]->shards().release(16);
    hosts_[0]->shards().own(3);
    hosts_[0]->shards().own(3);
  });
}

class keyed_without_shards final : public cluster::service {
 public:
  cluster::service_shape shape() const noexcept override { return {"odd"}; }
  std::span<const cluster::served_method> methods() const noexcept override {
    static constexpr cluster::served_method all[] = {{"X", false, true, nullptr}};
    return all;
  }
};

TEST_F(services, keyed_methods_need_shards) {
  on(0, [&] {
    EXPECT_THROW(cluster::service_host(bus_, std::make_shared<keyed_without_shards>()),
                 std::invalid_argument);
  });
}

}  // namespace
}  // namespace actornet::cluster_test
