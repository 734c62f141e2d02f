// Requests while shards move, hosts come and go and the bus loses things: each ends exactly once,
// what is not idempotent is begun at most once, streams have no hole.

#include <map>
#include <set>

#include "services_support.hpp"
#include "sim/seeds.hpp"

namespace actornet::cluster_test {
namespace {

constexpr int requests = 30;

/// Answers slowly, sometimes, and remembers whose shard each request was.
class clerk final : public inventory_service {
 public:
  clerk(std::multiset<std::string>& begun, sim::generator& chance)
      : begun_(begun), chance_(chance) {}

  task<result<ReserveReply>> reserve(const ReserveRequest& request, call&) override {
    begun_.insert(request.sku());
    const auto worked = co_await sleep(std::chrono::milliseconds(chance_.below(50)));
    if (!worked)
      co_return worked.error();
    co_return ReserveReply();
  }
  task<result<void>> watch(const WatchRequest& request, reply_sink<WatchReply>& items,
                           call&) override {
    for (std::uint32_t left = request.count(); left > 0; --left) {
      WatchReply item;
      item.set_left(left);
      const auto sent = co_await items.send(item);
      if (!sent)
        co_return sent.error();
    }
    co_return {};
  }
  task<result<LookReply>> look(const LookRequest&, call&) override { co_return LookReply(); }
  task<result<LookReply>> delete_(const LookRequest&, call&) override { co_return LookReply(); }

 private:
  std::multiset<std::string>& begun_;
  sim::generator& chance_;
};

/// Two hosts that pass shards to each other, and one who asks.
class market {
 public:
  explicit market(sim::world& world) : world_(world), loops_(3, world.backends()) {
    bus_.loses = [this](const net::shared_bytes&) { return chance().below(100) == 0; };
    on(2, [this] { client_.emplace(bus_); });
    for (std::size_t i = 0; i < 2; ++i)
      open(i);
    for (std::uint32_t shard = 0; shard < 16; ++shard)
      give(shard, chance().below(2));
  }

  ~market() {
    on(2, [this] { client_.reset(); });
    for (std::size_t i = 0; i < 2; ++i)
      on(i, [this, i] { hosts_[i].reset(); });
  }

  void trade() {
    on(2, [this] {
      for (int i = 0; i < requests; ++i)
        tasks_.spawn(ask(i));
      for (int i = 0; i < 3; ++i)
        tasks_.spawn(follow());
    });
    for (int i = 0; i < 20; ++i) {
      ASSERT_TRUE(world_.run_for(std::chrono::milliseconds(chance().below(200)))) << world_;
      disturb();
    }
    ASSERT_TRUE(world_.run_until([this] { return tasks_.running() == 0; })) << world_;
  }

  void check() {
    for (int i = 0; i < requests; ++i) {
      const std::string sku = "sku-" + std::to_string(i);
      EXPECT_EQ(ended_.count(sku), 1u) << sku;
      EXPECT_LE(begun_.count(sku), 1u) << sku << " was begun again";
      EXPECT_TRUE(!answered_.contains(sku) || begun_.count(sku) == 1) << sku;
    }
    const auto& figures = client_->statistics();
    EXPECT_EQ(figures.requests, figures.replies + figures.own_errors + figures.timed_out +
                                    figures.unavailable + figures.disconnected +
                                    figures.overloaded + figures.other_errors);
    EXPECT_EQ(figures.in_work, 0u);
    EXPECT_EQ(figures.streams, 0u);
  }

 private:
  sim::generator& chance() { return world_.random(); }

  template <class Work>
  void on(std::size_t loop, Work work) {
    ASSERT_TRUE(world_.run_on(loops_.at(loop), work)) << world_;
    ASSERT_TRUE(world_.run_until_idle()) << world_;
  }

  void open(std::size_t i) {
    on(i, [this, i] { hosts_[i].emplace(bus_, std::make_shared<clerk>(begun_, chance())); });
  }

  void give(std::uint32_t shard, std::size_t to) {
    on(1 - to, [&] { hosts_[1 - to]->shards().release(shard); });
    on(to, [&] { hosts_[to]->shards().own(shard); });
    owner_[shard] = to;
  }

  void disturb() {
    const auto shard = static_cast<std::uint32_t>(chance().below(16));
    give(shard, 1 - owner_[shard]);
    if (chance().below(5) == 0)
      bus_.disconnects += 1;
    if (chance().below(8) == 0) {  // a node falls and comes back
      const auto i = static_cast<std::size_t>(chance().below(2));
      on(i, [&] { hosts_[i].reset(); });
      open(i);
      for (const auto& each : owner_)
        if (each.second == i)
          give(each.first, i);
    }
  }

  task<> ask(int number) {
    const std::string sku = "sku-" + std::to_string(number);
    const auto waited = co_await sleep(std::chrono::milliseconds(number * 60));
    ReserveRequest request;
    request.set_sku(sku);
    const net::time_point deadline = world_.now() + 3s;
    const auto got = co_await client_->reserve(request, deadline);
    EXPECT_TRUE(waited);
    EXPECT_LE(world_.now(), deadline + 1s);
    ended_.insert(sku);
    if (got)
      answered_.insert(sku);
  }

  task<> follow() {
    WatchRequest request;
    request.set_count(200);
    auto items = co_await client_->watch(request, world_.now() + 20s);
    if (!items)
      co_return;
    for (std::uint32_t expected = 200;; --expected) {
      const auto item = co_await items->receive();
      if (!item) {
        EXPECT_TRUE(expected == 0 || item.error() != errc::end_of_stream) << "items are missing";
        co_return;
      }
      EXPECT_EQ(item->left(), expected);
    }
  }

  sim::world& world_;
  net::multiplexer loops_;
  lossy_bus bus_;
  std::multiset<std::string> begun_, ended_, answered_;
  std::optional<cluster::service_host> hosts_[2];
  std::map<std::uint32_t, std::size_t> owner_;
  task_context context_{loops_.at(2)};
  scope tasks_{context_};
  std::optional<inventory_client> client_;
};

TEST(services_property, each_request_ends_once_while_shards_move) {
  sim::for_each_seed([](sim::world& world) {
    market all(world);
    all.trade();
    all.check();
  });
}

}  // namespace
}  // namespace actornet::cluster_test
