#pragma once

// A shop on several loops of a simulated world: who serves, who asks, and a bus that loses things.

#include <gmock/gmock.h>

#include <functional>
#include <optional>
#include <utility>

#include "actornet/cluster/memory_bus.hpp"
#include "actornet/cluster/service_host.hpp"
#include "actornet/flow/cancel.hpp"
#include "actornet/flow/scope.hpp"
#include "actornet/flow/time.hpp"
#include "actornet/net/multiplexer.hpp"
#include "cluster_support.hpp"
#include "shop/v1/inventory.actornet.hpp"

namespace actornet::cluster_test {

using namespace std::chrono_literals;
using namespace shop::v1;
using cluster::answer;
using cluster::call;
using cluster::reply_sink;
using cluster::reply_stream;

/// Passes on to a bus in memory what it is not told to lose.
class lossy_bus final : public cluster::bus {
 public:
  result<void> publish(std::string_view subject, const net::shared_bytes& payload) override {
    if (full > 0) {
      --full;
      return errc::mailbox_full;
    }
    if (loses && loses(payload))
      return {};
    return inner_.publish(subject, payload);
  }
  cluster::subscription subscribe(std::string_view subject, cluster::bus_sink& sink) override {
    heard.emplace_back(subject);
    return inner_.subscribe(subject, sink);
  }
  cluster::subscription serve(std::string_view subject, cluster::bus_server& server) override {
    return inner_.serve(subject, server);
  }
  cluster::operation request(std::string_view subject, const net::shared_bytes& payload,
                             net::duration deadline, request_done done) override {
    ++requests;
    if (disconnects == 0)
      return inner_.request(subject, payload, deadline, std::move(done));
    --disconnects;
    return inner_.request(
        "nobody", payload, deadline,
        [done = std::move(done)](const result<net::shared_bytes>&) { done(errc::disconnected); });
  }
  cluster::subscription watch_state(cluster::bus_state_sink& sink) override {
    return inner_.watch_state(sink);
  }

  int full = 0;         ///< publishes that are refused
  int disconnects = 0;  ///< requests that are not passed on
  int requests = 0;
  lines heard;  ///< subjects
  std::function<bool(const net::shared_bytes&)> loses;

 private:
  cluster::memory_bus inner_;
};

class keeper final : public inventory_service {
 public:
  task<result<ReserveReply>> reserve(const ReserveRequest& request, call& context) override {
    begun.push_back(request.sku());
    shards.push_back(context.shard().value());
    const auto worked = co_await sleep(pause);
    if (!worked) {
      stopped = worked.error();
      co_return worked.error();
    }
    if (request.count() > 3) {
      context.explain("3 are left");
      co_return SOLD_OUT;
    }
    ReserveReply reply;
    reply.set_left(3 - request.count());
    co_return reply;
  }

  task<result<void>> watch(const WatchRequest& request, reply_sink<WatchReply>& items,
                           call& context) override {
    begun.push_back(request.sku());
    for (std::uint32_t left = request.count(); left > 0; --left) {
      WatchReply item;
      item.set_left(left);
      const auto sent = co_await items.send(item);
      if (!sent) {
        stopped = sent.error();
        co_return sent.error();
      }
      ++sent_items;
    }
    const auto waited = co_await sleep(pause);
    if (!waited)
      stopped = waited.error();
    if (request.sku() == "none") {
      context.explain("no such thing");
      co_return SOLD_OUT;
    }
    co_return {};
  }

  task<result<LookReply>> look(const LookRequest& request, call& context) override {
    begun.push_back("look");
    const auto worked = co_await sleep(pause);
    if (!worked) {
      stopped = worked.error();
      co_return worked.error();
    }
    if (throws)
      throw std::runtime_error("the shelf fell");
    LookReply reply;
    reply.set_text(std::string(request.count(), 'x'));
    reply.set_trace_id(context.trace_id());
    co_return reply;
  }

  task<result<LookReply>> delete_(const LookRequest& request, call& context) override {
    return look(request, context);
  }

  net::duration pause{};
  bool throws = false;
  lines begun;
  std::vector<std::uint32_t> shards;
  int sent_items = 0;
  std::error_code stopped;
};

/// Loops 0 and 1 may serve, loop 2 asks.
class services : public ::testing::Test {
 protected:
  explicit services(std::uint64_t seed = 1) : world_(seed, calm()) {
    on(asks, [&] { client_.emplace(bus_); });
  }

  ~services() override {
    for (auto& each : asked_)
      on(asks, [&] { each.cancel(errc::shutting_down); });
    on(asks, [&] {
      stream_.reset();
      client_.reset();
      asked_.clear();
    });
    for (std::size_t i = 0; i < 2; ++i)
      on(i, [&] {
        hosts_[i].reset();
        raw_[i].end();
      });
  }

  template <class Work>
  void on(std::size_t loop, Work work) {
    ASSERT_TRUE(world_.run_on(loops_.at(loop), work)) << world_;
    ASSERT_TRUE(world_.run_until_idle()) << world_;
  }

  keeper& serve(std::size_t loop, cluster::host_options options = {}) {
    on(loop, [&] { hosts_[loop].emplace(bus_, keepers_[loop], options); });
    return *keepers_[loop];
  }
  void own_all(std::size_t loop) {
    on(loop, [&] {
      for (std::uint32_t shard = 0; shard < 16; ++shard)
        hosts_[loop]->shards().own(shard);
    });
  }

  /// Begins a task of the loop that asks.
  child<void> start(task<> work) {
    std::optional<child<void>> begun;
    on(asks, [&] { begun.emplace(tasks_.spawn(std::move(work))); });
    asked_.push_back(*begun);
    return *begun;
  }
  /// The same, and waits for its end.
  void run(task<> work) {
    const auto begun = start(std::move(work));
    ASSERT_TRUE(world_.run_until([&] { return begun.ended(); })) << world_;
  }

  net::time_point in(net::duration length) { return world_.now() + length; }

  template <class Reply>
  static task<> keep(task<answer<Reply>> asked, answer<Reply>& into) {
    into = co_await std::move(asked);
  }
  template <class Reply>
  answer<Reply> get(std::function<task<answer<Reply>>()> ask) {
    answer<Reply> got = errc::would_block;
    run(keep(ask(), got));
    return got;
  }
  answer<LookReply> look(net::duration limit = 10s, std::uint32_t size = 1) {
    LookRequest request;
    request.set_count(size);
    return get<LookReply>([&] { return client_->look(request, in(limit)); });
  }
  answer<LookReply> remove(net::duration limit = 10s) {
    return get<LookReply>([&] { return client_->delete_(LookRequest(), in(limit)); });
  }
  static ReserveRequest of(const std::string& sku, std::uint32_t count = 1) {
    ReserveRequest request;
    request.set_sku(sku);
    request.set_count(count);
    return request;
  }
  answer<ReserveReply> reserve(const std::string& sku, std::uint32_t count = 1,
                               net::duration limit = 10s) {
    return get<ReserveReply>([&] { return client_->reserve(of(sku, count), in(limit)); });
  }
  static std::uint32_t shard(const std::string& sku) {
    return cluster::shard_of(cluster::key_hash(sku), inventory_methods::shape().shards);
  }

  // -- streams ------------------------------------------------------------------------------------

  std::error_code watch(std::uint32_t count, const std::string& sku = "a",
                        cluster::ask_options how = {}) {
    WatchRequest request;
    request.set_count(count);
    request.set_sku(sku);
    auto got = get<reply_stream<WatchReply>>([&] { return client_->watch(request, how); });
    if (got)
      stream_.emplace(std::move(*got));
    return got.error();
  }
  static task<> take(reply_stream<WatchReply>& from, int count, std::vector<std::uint32_t>& into,
                     std::error_code& error) {
    for (int i = 0; i < count; ++i) {
      const auto item = co_await from.receive();
      if (!item) {
        error = item.error();
        co_return;
      }
      into.push_back(item->left());
    }
  }
  /// Takes so many items at most, and gives why there are no more.
  std::error_code take(int count = 1'000'000) {
    std::error_code error;
    run(take(*stream_, count, items_, error));
    return error;
  }

  static constexpr std::size_t asks = 2;

  sim::world world_;
  net::multiplexer loops_{3, world_.backends()};
  lossy_bus bus_;
  const std::shared_ptr<keeper> keepers_[2] = {std::make_shared<keeper>(),
                                               std::make_shared<keeper>()};
  std::optional<cluster::service_host> hosts_[2];
  cluster::subscription raw_[2];  // servers of a test's own
  task_context context_{loops_.at(asks)};
  scope tasks_{context_};
  std::vector<child<void>> asked_;
  std::optional<inventory_client> client_;
  std::optional<reply_stream<WatchReply>> stream_;
  std::vector<std::uint32_t> items_;
};

}  // namespace actornet::cluster_test
