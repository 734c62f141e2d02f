#pragma once

// A node of a simulated cluster with membership, shards and a service, and what must be true of it
// whatever happens.

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <set>
#include <string>

#include "actornet/cluster/embedded_engine.hpp"
#include "actornet/cluster/nodes.hpp"
#include "actornet/cluster/shards.hpp"
#include "node_log.hpp"
#include "skewed_backend.hpp"

namespace actornet::cluster_test {

using namespace std::chrono_literals;

/// What really happened, and who acknowledged.
struct ledger {
  enum class end { none, left, crashed };

  std::map<std::uint64_t, end> lives;  // by boot
  std::map<std::string, std::uint64_t> newest;
  std::map<std::size_t, std::uint64_t> tokens;  // the newest that acknowledged, by shard
  std::size_t acknowledged = 0;
};

/// What one life of a node is told of others, checked against the ledger.
class life_watch final : public cluster::node_sink {
 public:
  explicit life_watch(ledger& book) : book_(book) {}

  void on_up(const node_info& node) override {
    EXPECT_TRUE(book_.lives.contains(node.boot)) << node.name << ": a life that never was";
    EXPECT_FALSE(ended_.contains(node.boot)) << node.name << " is up after its end";
    EXPECT_TRUE(up.emplace(node.name, node.boot).second) << node.name << " is up twice";
  }
  void on_down(const node_info& node, down_reason why) override {
    const auto known = up.find(node.name);
    ASSERT_TRUE(known != up.end()) << node.name << " is down twice";
    EXPECT_EQ(known->second, node.boot) << node.name;
    up.erase(known);
    ++downs;
    if (why == down_reason::silent)
      return;
    ended_.insert(node.boot);
    if (why == down_reason::left)
      EXPECT_EQ(book_.lives.at(node.boot), ledger::end::left);
    else
      EXPECT_NE(book_.newest.at(node.name), node.boot) << "replaced by nobody";
  }

  std::map<std::string, std::uint64_t> up;
  std::size_t downs = 0;

 private:
  ledger& book_;
  std::set<std::uint64_t> ended_;
};

/// One life.
class simulated_node final : public cluster::shard_sink, public cluster::bus_server {
 public:
  static constexpr std::size_t shard_count = 6;

  /// In a turn of @p loop.
  simulated_node(ledger& book, cluster::embedded_engine& engine, net::loop& loop,
                 const std::string& name, std::uint64_t its_boot)
      : boot(its_boot), link(engine.network(), name), others(book), book_(book), loop_(loop) {
    book.lives.emplace(boot, ledger::end::none);
    book.newest[name] = boot;
    in = std::make_unique<cluster::nodes>(loop, link.bus(), info_of(name, its_boot),
                                          cluster::nodes_options{.size = 3});
    watching_ = in->watch(others);
    has = std::make_unique<cluster::shards>(loop, link.directory(), *in, "s", *this,
                                            cluster::shards_options{.count = shard_count});
    serves_ = link.bus().serve("echo", *this);
    loop.timers().arm(work_, loop.now() + 100ms);
  }

  void on_owned(std::size_t shard, std::uint64_t token) override {
    EXPECT_TRUE(owned.emplace(shard, token).second) << "owned twice";
  }
  void on_lost(std::size_t shard) override { EXPECT_EQ(owned.erase(shard), 1u) << "lost twice"; }

  void on_request(const net::shared_bytes& payload, cluster::bus_reply reply) override {
    if (loop_.random() % 8 != 0)  // of some it forgets the answer
      reply.answer(payload);
  }

  const std::uint64_t boot;
  cluster::embedded_node link;
  life_watch others;
  std::unique_ptr<cluster::nodes> in;
  std::unique_ptr<cluster::shards> has;
  std::map<std::size_t, std::uint64_t> owned;
  bool asks = true;
  std::size_t requests_open = 0;
  std::size_t requests_ended = 0;

 private:
  void work() {
    loop_.timers().arm(work_, loop_.now() + 200ms);
    for (const auto& [shard, token] : owned)
      if (has->acknowledges(shard))
        acknowledge(shard, token);
    if (asks && loop_.random() % 2 == 0)
      ask();
  }

  void acknowledge(std::size_t shard, std::uint64_t token) {
    ++book_.acknowledged;
    std::uint64_t& newest = book_.tokens[shard];
    EXPECT_GE(token, newest) << "shard " << shard << " has another owner already";
    newest = token;
  }

  void ask() {
    ++requests_open;
    auto over = [this, told = false](const result<net::shared_bytes>& outcome) mutable {
      EXPECT_FALSE(std::exchange(told, true)) << "answered twice";
      EXPECT_TRUE(outcome || outcome.error() == errc::timed_out ||
                  outcome.error() == errc::unavailable || outcome.error() == errc::disconnected)
          << outcome.error().message();
      --requests_open;
      ++requests_ended;
    };
    link.bus()
        .request("echo", bytes_of("x"), 1s + net::duration(loop_.random() % 2'000'000'000), over)
        .detach();
  }

  ledger& book_;
  net::loop& loop_;
  cluster::subscription watching_;
  cluster::subscription serves_;
  net::timer work_{net::entry_of<&simulated_node::work>(*this)};
};

}  // namespace actornet::cluster_test
