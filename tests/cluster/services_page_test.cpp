// The code of docs/services.md.

#include <gtest/gtest.h>

#include "actornet/cluster/memory_bus.hpp"
#include "actornet/cluster/service_host.hpp"
#include "actornet/flow/scope.hpp"
#include "actornet/flow/time.hpp"
#include "actornet/net/multiplexer.hpp"
#include "cluster_support.hpp"
#include "shop/v1/inventory.actornet.hpp"

namespace actornet::cluster_test {
namespace {

using namespace std::chrono_literals;

// [server]
using namespace shop::v1;

class inventory final : public inventory_service {
 public:
  task<result<ReserveReply>> reserve(const ReserveRequest& request,
                                     cluster::call& context) override {
    std::uint32_t& left = left_.try_emplace(request.sku(), 10u).first->second;
    if (request.count() > left) {
      context.explain(std::to_string(left) + " are left");
      co_return SOLD_OUT;
    }
    left -= request.count();
    ReserveReply reply;
    reply.set_left(left);
    co_return reply;
  }

  task<result<void>> watch(const WatchRequest& request, cluster::reply_sink<WatchReply>& items,
                           cluster::call&) override {
    for (std::uint32_t i = 0; i < request.count(); ++i) {
      WatchReply now;
      now.set_left(left_[request.sku()]);
      const auto sent = co_await items.send(now);  // waits until the asker wants it
      if (!sent)
        co_return sent.error();
    }
    co_return {};
  }
  // [/server]

  task<result<LookReply>> look(const LookRequest&, cluster::call&) override {
    co_return LookReply();
  }
  task<result<LookReply>> delete_(const LookRequest&, cluster::call&) override {
    co_return errc::not_allowed;
  }

 private:
  std::map<std::string, std::uint32_t> left_;
};

// [client]
task<std::string> order(inventory_client& stock, std::string sku) {
  const net::time_point deadline = (co_await this_task()).home().now() + 2s;
  ReserveRequest request;
  request.set_sku(sku);
  request.set_count(8);
  const auto reply = co_await stock.reserve(request, deadline);
  if (reply)
    co_return std::to_string(reply->left()) + " are left";
  if (reply.error() == SOLD_OUT)
    co_return "sold out: " + reply.text();
  co_return "later: " + reply.error().message();  // timed_out, unavailable, overloaded, …
}
// [/client]

// [watch]
task<std::uint32_t> follow(inventory_client& stock, std::string sku) {
  std::uint32_t seen = 0;
  WatchRequest request;
  request.set_sku(sku);
  request.set_count(100);
  auto items = co_await stock.watch(request);
  if (!items)
    co_return seen;
  for (;;) {
    const auto item = co_await items->receive();
    if (!item)
      co_return seen;  // end_of_stream, or why it broke
    ++seen;
  }
}
// [/watch]

class services_page : public ::testing::Test {
 protected:
  void on(const std::function<void()>& work) {
    ASSERT_TRUE(world_.run_on(loops_.at(0), work));
    ASSERT_TRUE(world_.run_until_idle());
  }

  sim::world world_{1, calm()};
  net::multiplexer loops_{1, world_.backends()};
  cluster::memory_bus bus_;
};

TEST_F(services_page, its_code_does_what_it_says) {
  std::optional<cluster::service_host> served;
  std::optional<inventory_client> stock;
  cluster::bus& bus = bus_;
  on([&] {
    // [host]
    cluster::service_host host(bus, std::make_shared<inventory>());
    for (std::uint32_t shard = 0; shard < inventory_methods::shape().shards; ++shard)
      host.shards().own(shard);  // one node owns all
    // [/host]
    served.emplace(std::move(host));
    stock.emplace(bus);
  });
  task_context context(loops_.at(0));
  scope tasks(context);
  lines said;
  std::uint32_t seen = 0;
  const auto customer = [&]() -> task<> {
    said.push_back(co_await order(*stock, "apple"));
    said.push_back(co_await order(*stock, "apple"));
    seen = co_await follow(*stock, "apple");
  };
  on([&] { tasks.spawn(customer()); });
  EXPECT_EQ(said, (lines{"2 are left", "sold out: 2 are left"}));
  EXPECT_EQ(seen, 100u);
  on([&] {
    stock.reset();
    served.reset();
  });
}

}  // namespace
}  // namespace actornet::cluster_test
