// A history behind the faults of an embedded engine, and rooms that stand on it.

#include "actornet/rooms/embedded_history.hpp"

#include <gmock/gmock.h>

#include "rooms_support.hpp"

namespace actornet::rooms {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;

/// A room's part on each of two nodes.
class two_nodes : public ::testing::Test {
 protected:
  ~two_nodes() override {
    for (std::size_t i = 0; i < 2; ++i)
      on(i, [&] { nodes_[i].in = {}; });
    for (node& each : nodes_)
      each.all.reset();
    EXPECT_TRUE(world_.run_until_idle());
  }

  struct node {
    node(sim::world& world, cluster::embedded_engine& engine, history& shared, std::string name)
        : loops(1, world.backends()), link(engine.network(), std::move(name)), kept(link, shared) {
      all = std::make_unique<registry>(loops, kept, link.bus());
    }
    net::multiplexer loops;
    cluster::embedded_node link;
    embedded_history kept;
    std::unique_ptr<registry> all;
    scribe who;
    membership in;
  };

  template <class Work>
  void on(std::size_t at, Work work) {
    ASSERT_TRUE(world_.run_on(nodes_[at].loops.at(0), work));
  }
  void pass(net::duration length) { EXPECT_TRUE(world_.run_for(length)) << world_; }

  void join(std::size_t at, scribe& who, membership& in, std::optional<position> after = {}) {
    on(at, [&] {
      auto joined = nodes_[at].all->join("tea", who, {"ann", after, 0});
      ASSERT_TRUE(joined);
      in = *std::move(joined);
    });
    pass(10ms);
  }
  void join(std::size_t at) { join(at, nodes_[at].who, nodes_[at].in); }

  std::string publish(std::size_t at, std::string_view id) {
    std::string& outcome = outcomes_.emplace_back();
    on(at, [&] {
      auto told = [&outcome](const result<appended>& got) {
        outcome = got ? text_of(got->at) + (got->again ? " again" : "") : got.error().message();
      };
      nodes_[at].all->publish("tea", {"bob", std::string(id), bytes_of(id)}, told).detach();
    });
    pass(10ms);
    return outcome;
  }

  std::deque<std::string> outcomes_;
  sim::world world_{1, cluster_test::calm()};
  net::loop home_{world_.make_backend()};
  cluster::embedded_engine engine_{home_, 7};
  memory_history shared_{7};
  std::array<node, 2> nodes_{node(world_, engine_, shared_, "x"),
                             node(world_, engine_, shared_, "y")};
};

TEST_F(two_nodes, what_one_says_the_other_hears) {
  join(1);
  EXPECT_EQ(publish(0, "hello"), "7:1");
  EXPECT_THAT(nodes_[1].who.told, Contains("1 bob hello"));
}

TEST_F(two_nodes, a_message_that_was_left_out_is_read_within_a_second) {
  join(1);
  engine_.set_faults({.live_lost = 1});
  publish(0, "hello");
  EXPECT_THAT(nodes_[1].who.take(), ElementsAre("joined 7:0 [ann]"));
  pass(1s);
  EXPECT_THAT(nodes_[1].who.take(), ElementsAre("1 bob hello"));
}

TEST_F(two_nodes, who_comes_with_more_than_the_node_knows_gets_what_is_new) {
  join(1);
  engine_.set_faults({.live_lost = 1});
  publish(0, "hello");
  scribe late;
  membership in;
  join(1, late, in, position{7, 1});
  engine_.set_faults({});
  publish(0, "again");
  pass(1s);
  EXPECT_THAT(late.told, Contains("2 bob again"));
  EXPECT_THAT(late.told, ::testing::Not(Contains(::testing::HasSubstr("gap"))));
  EXPECT_THAT(late.told, ::testing::Not(Contains("1 bob hello")));
  on(1, [&] { in = {}; });
}

TEST_F(two_nodes, an_append_that_comes_twice_counts_once) {
  join(1);
  engine_.set_faults({.append_again = 1});
  EXPECT_EQ(publish(0, "hello"), "7:1 again");
  pass(1s);
  EXPECT_THAT(nodes_[1].who.told, ElementsAre("joined 7:0 [ann]", "1 bob hello"));
}

TEST_F(two_nodes, without_the_engine_nothing_is_promised) {
  join(1);
  engine_.partition({{"x"}, {"y"}});
  EXPECT_EQ(publish(1, "lost"), "");
  pass(3s);
  EXPECT_EQ(publish(0, "kept"), "7:1");
  EXPECT_THAT(nodes_[1].who.take(), ElementsAre("joined 7:0 [ann]"));
  engine_.heal();
  pass(1s);
  EXPECT_THAT(nodes_[1].who.take(), ElementsAre("1 bob kept"));
}

}  // namespace
}  // namespace actornet::rooms
