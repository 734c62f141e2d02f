// Who owns which shard: the plan, hand-over, crashes, leases that run out.

#include "actornet/cluster/shards.hpp"

#include <gmock/gmock.h>

#include <numeric>

#include "actornet/cluster/embedded_engine.hpp"
#include "cluster/shard_plan.hpp"
#include "node_log.hpp"

namespace actornet::cluster {
namespace {

using namespace std::chrono_literals;
using cluster_test::info_of;

std::vector<std::size_t> loads_of(const std::vector<std::string>& nodes, std::size_t count) {
  std::vector<std::size_t> loads(nodes.size());
  for (const std::size_t owner : detail::plan_shards(nodes, count))
    ++loads[owner];
  return loads;
}

TEST(shard_plan, nobody_has_more_than_its_share) {
  for (const std::size_t load : loads_of({"a", "b", "c"}, 64))
    EXPECT_LE(load, 22u);
  EXPECT_EQ(loads_of({"a"}, 64).at(0), 64u);
  const auto few = loads_of({"a", "b", "c", "d"}, 2);
  EXPECT_EQ(std::accumulate(few.begin(), few.end(), std::size_t{0}), 2u);
}

TEST(shard_plan, of_the_others_shards_few_move_when_a_node_goes) {
  const auto before = detail::plan_shards({"a", "b", "c", "d"}, 100);
  const auto after = detail::plan_shards({"a", "b", "c"}, 100);
  std::size_t moved = 0;
  for (std::size_t i = 0; i < 100; ++i)
    moved += before[i] != 3 && before[i] != after[i];
  EXPECT_LT(moved, 30u);
}

/// A node with its shards on a loop of its own.
class owner final : public shard_sink {
 public:
  owner(sim::world& world, embedded_engine& engine, const std::string& name, std::uint64_t boot)
      : world_(world), link(engine.network(), name), loop(world.make_backend()) {
    EXPECT_TRUE(world.run_on(loop, [&] {
      in = std::make_unique<nodes>(loop, link.bus(), info_of(name, boot));
      has = std::make_unique<shards>(loop, link.directory(), *in, "s", *this,
                                     shards_options{.count = 6});
    }));
  }
  ~owner() { end(); }

  void end() {
    EXPECT_TRUE(world_.run_on(loop, [&] {
      has.reset();
      in.reset();
    }));
  }

  void on_owned(std::size_t shard, std::uint64_t token) override {
    EXPECT_TRUE(owned.emplace(shard, token).second);
    EXPECT_TRUE(has->acknowledges(shard));
    EXPECT_EQ(has->token(shard), token);
  }
  void on_lost(std::size_t shard) override {
    EXPECT_EQ(owned.erase(shard), 1u);
    EXPECT_FALSE(has->acknowledges(shard));
  }

 private:
  sim::world& world_;

 public:
  embedded_node link;
  net::loop loop;
  std::unique_ptr<nodes> in;
  std::unique_ptr<shards> has;
  std::map<std::size_t, std::uint64_t> owned;
};

class shards_test : public ::testing::Test {
 protected:
  ~shards_test() override {
    owners_.clear();
    EXPECT_TRUE(world_.run_until_idle());
  }

  owner& start(const std::string& name, std::uint64_t boot = 1) {
    return *owners_.emplace_back(std::make_unique<owner>(world_, engine_, name, boot));
  }
  void pass(net::duration length) { EXPECT_TRUE(world_.run_for(length)) << world_; }

  sim::world world_{1, cluster_test::calm()};
  net::loop home_{world_.make_backend()};
  embedded_engine engine_{home_, 7};
  std::deque<std::unique_ptr<owner>> owners_;
};

TEST_F(shards_test, one_alone_owns_all_and_more_share) {
  owner& a = start("a");
  pass(2s);
  EXPECT_EQ(a.owned.size(), 6u);
  owner& b = start("b");
  owner& c = start("c");
  pass(2s);
  EXPECT_EQ(a.owned.size(), 2u);
  EXPECT_EQ(b.owned.size(), 2u);
  EXPECT_EQ(c.owned.size(), 2u);
  EXPECT_EQ(a.has->owner(b.owned.begin()->first), "b");
  EXPECT_GE(a.has->counts().released, 4u);
}

TEST_F(shards_test, what_is_owned_stays_as_long_as_it_is_renewed) {
  owner& a = start("a");
  pass(2s);
  const auto before = a.owned;
  pass(60s);
  EXPECT_EQ(a.owned, before);
  EXPECT_EQ(a.has->counts().ran_out, 0u);
}

TEST_F(shards_test, a_drain_hands_all_over_with_a_greater_token) {
  owner& a = start("a");
  owner& b = start("b");
  pass(3s);
  const auto before = a.owned;
  ASSERT_EQ(before.size(), 3u);
  a.has->drain();
  a.in->drain();
  pass(1s);
  EXPECT_EQ(a.owned.size(), 0u);
  EXPECT_EQ(a.has->counts().owned, 0u);
  EXPECT_EQ(b.owned.size(), 6u);
  for (const auto& [shard, token] : before)
    EXPECT_GT(b.owned.at(shard), token);
}

TEST_F(shards_test, after_a_crash_they_are_taken_once_the_leases_ran_out) {
  owner& a = start("a");
  owner& b = start("b");
  pass(3s);
  b.link.crash();
  b.end();
  pass(2s);
  EXPECT_EQ(a.owned.size(), 3u);
  pass(5s);
  EXPECT_EQ(a.owned.size(), 6u);
}

TEST_F(shards_test, who_is_cut_off_stops_before_its_leases_run_out) {
  owner& a = start("a");
  owner& b = start("b");
  pass(3s);
  engine_.partition({{"a"}, {"b"}});
  pass(4s);
  EXPECT_EQ(b.owned.size(), 0u);
  EXPECT_EQ(b.has->counts().ran_out, 3u);
  pass(3s);
  EXPECT_EQ(a.owned.size(), 6u);
  engine_.heal();
  pass(6s);
  EXPECT_EQ(a.owned.size(), 3u);
  EXPECT_EQ(b.owned.size(), 3u);
}

TEST_F(shards_test, a_loop_that_was_stopped_does_not_acknowledge_when_it_goes_on) {
  owner& a = start("a");
  pass(2s);
  ASSERT_EQ(a.owned.size(), 6u);
  world_.jump(4s);
  EXPECT_TRUE(a.owned.contains(0));
  EXPECT_FALSE(a.has->acknowledges(0));
  pass(6s);
  EXPECT_EQ(a.owned.size(), 6u);
}

TEST_F(shards_test, a_node_of_another_kind_owns_none) {
  owner& a = start("a");
  net::loop loop(world_.make_backend());
  embedded_node link(engine_.network(), "b");
  std::unique_ptr<nodes> other;
  node_info gateway = info_of("b", 1);
  gateway.kind = "gateway";
  EXPECT_TRUE(world_.run_on(
      loop, [&] { other = std::make_unique<nodes>(loop, link.bus(), std::move(gateway)); }));
  pass(3s);
  EXPECT_EQ(a.in->counts().up, 1u);
  EXPECT_EQ(a.owned.size(), 6u);
  EXPECT_TRUE(world_.run_on(loop, [&] { other.reset(); }));
}

TEST_F(shards_test, a_directory_that_often_fails_costs_time_only) {
  engine_.set_faults({.delay_max = 50ms, .answer_lost = 0.2, .unavailable = 0.3});
  owner& a = start("a");
  owner& b = start("b");
  pass(60s);
  EXPECT_GT(a.has->counts().failed + b.has->counts().failed, 0u);
  engine_.set_faults({});
  pass(10s);
  EXPECT_EQ(a.owned.size(), 3u);
  EXPECT_EQ(b.owned.size(), 3u);
}

TEST_F(shards_test, counts_and_margins_have_limits) {
  owner& a = start("a");
  const auto make = [&](const std::string& service, const shards_options& how) {
    shards(a.loop, a.link.directory(), *a.in, service, a, how);
  };
  EXPECT_THROW(make("", {}), std::invalid_argument);
  EXPECT_THROW(make("x", {.count = 0}), std::invalid_argument);
  EXPECT_THROW(make("x", {.count = shards::count_max + 1}), std::invalid_argument);
  EXPECT_THROW(make("x", {.lease = 2s, .margin = 1s}), std::invalid_argument);
}

}  // namespace
}  // namespace actornet::cluster
