// Three nodes in one simulated world under partitions, delays, losses, crashes, restarts, stops and
// wrong calendars: each life is told once, one owner acknowledges for a shard at a time, each
// request ends once; and when all is well again they agree.

#include "actornet/log.hpp"
#include "sim/seeds.hpp"
#include "simulated_node.hpp"

namespace actornet::cluster {
namespace {

using namespace std::chrono_literals;
using cluster_test::ledger;
using cluster_test::simulated_node;
using cluster_test::skewed_backend;

class trouble {
 public:
  explicit trouble(sim::world& in) : world_(in) {
    for (std::size_t i = 0; i < places_.size(); ++i) {
      const net::duration skew = (static_cast<int>(chance().below(3)) - 1) * 1h;
      places_[i].name = std::string(1, static_cast<char>('a' + i));
      places_[i].loop =
          std::make_unique<net::loop>(std::make_unique<skewed_backend>(in.make_backend(), skew));
      start(places_[i]);
    }
  }
  ~trouble() {
    for (place& each : places_)
      stop(each);
    EXPECT_TRUE(world_.run_until_idle());
  }

  void happen() {
    const std::uint64_t what = chance().below(10);
    place& one = places_[chance().below(places_.size())];
    if (what < 2)
      split();
    else if (what < 3)
      engine_.heal();
    else if (what < 4)
      lose_connection(one);
    else if (what < 6)
      end_or_start(one);
    else if (what < 8)
      change_faults();
    else if (what < 9 && chance().chance(0.3))
      world_.jump(chance().between(net::duration(1s), net::duration(6s)));
    EXPECT_TRUE(world_.run_for(chance().between(net::duration(100ms), net::duration(2500ms))));
    expect_one_owner();
  }

  void settle() {
    engine_.set_faults({.delay_max = 20ms});
    engine_.heal();
    for (place& each : places_) {
      if (!each.node || each.left)
        restart(each);
      each.node->link.reconnect();
    }
    EXPECT_TRUE(world_.run_for(15s)) << world_;
  }

  void expect_agreement() {
    std::size_t owned = 0;
    for (place& each : places_) {
      EXPECT_EQ(each.node->in->now(), standing::joined) << each.name;
      EXPECT_EQ(each.node->owned.size(), 2u) << each.name;
      owned += each.node->owned.size();
      for (const place& other : places_)
        if (other.name != each.name) {
          EXPECT_EQ(each.node->others.up[other.name], other.node->boot) << each.name;
        }
    }
    EXPECT_EQ(owned, simulated_node::shard_count);
    EXPECT_EQ(book_.tokens.size(), simulated_node::shard_count);
    expect_one_owner();
  }

  /// With all well nobody is reported.
  void expect_quiet() {
    std::size_t before = 0;
    std::size_t after = 0;
    for (const place& each : places_)
      before += each.node->others.downs;
    EXPECT_TRUE(world_.run_for(5s));
    for (const place& each : places_)
      after += each.node->others.downs;
    EXPECT_EQ(before, after);
  }

  void expect_all_answered() {
    for (place& each : places_)
      on(each, [&each] { each.node->asks = false; });
    EXPECT_TRUE(world_.run_for(4s));
    for (const place& each : places_) {
      EXPECT_EQ(each.node->requests_open, 0u) << each.name;
      EXPECT_GT(each.node->requests_ended, 0u) << each.name;
    }
  }

  /// Its shards go to the others, which are told that it left.
  void drain_one() {
    place& one = places_[chance().below(places_.size())];
    one.node->has->drain();
    one.node->in->drain();
    EXPECT_TRUE(
        world_.run_until([&] { return one.node->has->counts().owned == 0; }, world_.now() + 2s));
    EXPECT_TRUE(world_.run_for(2s));
    leave(one);
    EXPECT_TRUE(world_.run_for(1s));
    for (place& each : places_)
      if (&each != &one) {
        EXPECT_EQ(each.node->owned.size(), 3u) << each.name;
        EXPECT_FALSE(each.node->others.up.contains(one.name)) << each.name;
      }
  }

 private:
  struct place {
    std::string name;
    std::unique_ptr<net::loop> loop;
    std::unique_ptr<simulated_node> node;
    bool left = false;
    bool cut = false;
  };

  sim::generator& chance() { return world_.random(); }

  template <class Work>
  void on(place& at, Work work) {
    ASSERT_TRUE(world_.run_on(*at.loop, work)) << world_;
  }

  void start(place& at) {
    at.left = at.cut = false;
    on(at, [&] {
      at.node = std::make_unique<simulated_node>(book_, engine_, *at.loop, at.name, ++boot_);
    });
  }

  // What it asked for and was not told of dies with it.
  void stop(place& at) {
    if (at.node)
      on(at, [&at] { at.node.reset(); });
  }

  void restart(place& at) {
    stop(at);
    start(at);
  }

  void leave(place& at) {
    book_.lives[at.node->boot] = ledger::end::left;
    at.node->in->leave();
    at.left = true;
  }

  void end_or_start(place& at) {
    if (!at.node || at.left)
      return restart(at);
    if (chance().chance(0.3))
      return leave(at);
    at.node->link.crash();
    book_.lives[at.node->boot] = ledger::end::crashed;
    stop(at);
    if (chance().chance(0.3))
      start(at);
  }

  void split() {
    std::vector<std::vector<std::string>> groups(2);
    for (const place& each : places_)
      groups[chance().below(2)].push_back(each.name);
    engine_.partition(groups);
  }

  void lose_connection(place& at) {
    if (!at.node)
      return;
    at.cut = !at.cut;
    if (at.cut)
      at.node->link.disconnect();
    else
      at.node->link.reconnect();
  }

  void change_faults() {
    const auto some = [this](double most) {
      return chance().chance(0.5) ? 0 : most * static_cast<double>(chance().below(1000)) / 1000;
    };
    engine_.set_faults({.delay_max = chance().between(net::duration{}, net::duration(800ms)),
                        .publish_refused = some(0.1),
                        .publish_lost = some(0.3),
                        .publish_lagged = some(0.1),
                        .request_lost = some(0.1),
                        .answer_lost = some(0.3),
                        .unavailable = some(0.3)});
  }

  void expect_one_owner() {
    for (std::size_t shard = 0; shard < simulated_node::shard_count; ++shard) {
      std::size_t owners = 0;
      for (const place& each : places_)
        owners += each.node && each.node->has->acknowledges(shard);
      EXPECT_LE(owners, 1u) << "of shard " << shard;
    }
  }

  sim::world& world_;
  ledger book_;
  net::loop home_{world_.make_backend()};
  embedded_engine engine_{home_, world_.random().next()};
  std::array<place, 3> places_;
  std::uint64_t boot_ = 0;
};

TEST(property, three_nodes_agree_when_trouble_is_over) {
  set_log_sink([](log_level, std::string_view) {});
  sim::for_each_seed([](sim::world& world) {
    trouble all(world);
    for (int left = 10; left > 0 && !::testing::Test::HasFailure(); --left)
      all.happen();
    all.settle();
    all.expect_agreement();
    all.expect_quiet();
    all.expect_all_answered();
    all.drain_one();
  });
  set_log_sink(nullptr);
}

}  // namespace
}  // namespace actornet::cluster
