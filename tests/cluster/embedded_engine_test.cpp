// What an embedded engine does to nodes: each fault by itself.

#include "actornet/cluster/embedded_engine.hpp"

#include <gmock/gmock.h>

#include <deque>

#include "actornet/net/multiplexer.hpp"
#include "cluster_support.hpp"

namespace actornet::cluster {
namespace {

using namespace std::chrono_literals;
using cluster_test::bytes_of;
using cluster_test::lines;
using cluster_test::text_of;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Gt;
using ::testing::IsEmpty;
using ::testing::Lt;
using ::testing::SizeIs;

class ear final : public bus_sink, public bus_server, public bus_state_sink {
 public:
  void on_published(const net::shared_bytes& payload) override {
    heard.push_back(text_of(payload.payload));
  }
  void on_lagged(std::uint64_t lost) override { lagged += lost; }
  void on_request(const net::shared_bytes& payload, bus_reply reply) override {
    served.push_back(text_of(payload.payload));
    reply.answer(payload);
  }
  void on_state(bus_state now) override { states.push_back(now == bus_state::up ? "up" : "down"); }

  lines heard;
  lines served;
  lines states;
  std::uint64_t lagged = 0;
  std::vector<subscription> standing;
};

class key_log final : public directory_sink {
 public:
  void on_put(std::string_view key, const directory_entry& now) override {
    told.push_back(std::string(key) + '=' + now.value);
    if (told.size() == enough)
      watching.end();
  }
  void on_removed(std::string_view key) override { told.push_back(std::string(key) + " gone"); }

  lines told;
  std::size_t enough = 0;  // 0: never
  subscription watching;
};

class embedded_engine_test : public ::testing::Test {
 protected:
  embedded_engine_test() {
    for (std::size_t i = 0; i < 2; ++i)
      on(i, [&] {
        ears_[i].standing.push_back(nodes_[i].bus().subscribe("s", ears_[i]));
        ears_[i].standing.push_back(nodes_[i].bus().watch_state(ears_[i]));
      });
    pass(10ms);
  }
  ~embedded_engine_test() override {
    for (std::size_t i = 0; i < 2; ++i)
      on(i, [&] { ears_[i].standing.clear(); });
    EXPECT_TRUE(world_.run_until_idle());
  }

  template <class Work>
  void on(std::size_t node, Work work) {
    ASSERT_TRUE(world_.run_on(loops_.at(node), work));
  }
  void pass(net::duration length) { EXPECT_TRUE(world_.run_for(length)) << world_; }

  std::error_code publish(std::size_t node, std::string_view text) {
    std::error_code error;
    on(node, [&] { error = nodes_[node].bus().publish("s", bytes_of(text)).error(); });
    return error;
  }

  void serve(std::size_t node) {
    on(node, [&] { ears_[node].standing.push_back(nodes_[node].bus().serve("q", ears_[node])); });
  }

  /// What comes of a request of node 0.
  const std::string& ask(net::duration deadline = 1s) {
    std::string& outcome = outcomes_.emplace_back();
    on(0, [&] {
      auto told = [&outcome](const result<net::shared_bytes>& got) {
        outcome += got ? text_of(got->payload) : got.error().message();
      };
      nodes_[0].bus().request("q", bytes_of("x"), deadline, told).detach();
      EXPECT_THAT(outcome, IsEmpty()) << "told inside the call";
    });
    return outcome;
  }

  const std::string& put(std::size_t node, std::string_view key, std::string value) {
    std::string& outcome = outcomes_.emplace_back();
    on(node, [&] {
      auto told = [&outcome](const result<std::uint64_t>& got) {
        outcome += got ? "done" : got.error().message();
      };
      nodes_[node]
          .directory()
          .put(key, std::move(value), directory::any_revision, {}, told)
          .detach();
    });
    return outcome;
  }

  static std::string text_of_error(errc what) { return make_error_code(what).message(); }

  sim::world world_{1, cluster_test::calm()};
  net::multiplexer loops_{2, world_.backends()};
  embedded_engine engine_{loops_.at(0), 7};
  std::array<embedded_node, 2> nodes_{embedded_node(engine_.network(), "a"),
                                      embedded_node(engine_.network(), "b")};
  std::array<ear, 2> ears_;
  std::deque<std::string> outcomes_;
};

TEST_F(embedded_engine_test, without_faults_all_gets_to_all) {
  EXPECT_FALSE(publish(0, "1"));
  EXPECT_FALSE(publish(0, "2"));
  pass(1ms);
  EXPECT_THAT(ears_[0].heard, ElementsAre("1", "2"));
  EXPECT_THAT(ears_[1].heard, ElementsAre("1", "2"));
  EXPECT_THAT(ears_[0].states, ElementsAre("up"));
}

TEST_F(embedded_engine_test, the_way_takes_time_and_keeps_the_order) {
  engine_.set_faults({.delay_min = 10ms, .delay_max = 200ms});
  lines said;
  for (int i = 0; i < 50; ++i)
    EXPECT_FALSE(publish(0, said.emplace_back(std::to_string(i))));
  pass(5ms);
  EXPECT_THAT(ears_[1].heard, IsEmpty());
  pass(300ms);
  EXPECT_EQ(ears_[0].heard, said);
  EXPECT_EQ(ears_[1].heard, said);
}

TEST_F(embedded_engine_test, publishes_are_lost_lag_and_are_refused_by_chance) {
  engine_.set_faults({.publish_refused = 0.2, .publish_lost = 0.2, .publish_lagged = 0.2});
  std::size_t refused = 0;
  for (int i = 0; i < 1'000; ++i)
    refused += publish(0, "x") == errc::mailbox_full;
  pass(1s);
  EXPECT_THAT(refused, AllOf(Gt(120u), Lt(280u)));
  EXPECT_THAT(ears_[1].heard.size(), AllOf(Gt(400u), Lt(620u)));
  EXPECT_THAT(ears_[1].lagged, AllOf(Gt(60u), Lt(200u)));
  EXPECT_NE(ears_[1].heard.size(), ears_[0].heard.size());
}

TEST_F(embedded_engine_test, groups_do_not_hear_each_other_until_they_are_healed) {
  engine_.partition({{"a"}, {"b"}});
  EXPECT_FALSE(publish(0, "lost"));
  pass(1ms);
  EXPECT_THAT(ears_[0].heard, ElementsAre("lost"));
  EXPECT_THAT(ears_[1].heard, IsEmpty());
  EXPECT_THAT(ears_[1].states, ElementsAre("up"));
  engine_.heal();
  EXPECT_FALSE(publish(0, "heard"));
  pass(1ms);
  EXPECT_THAT(ears_[1].heard, ElementsAre("heard"));
}

TEST_F(embedded_engine_test, who_is_disconnected_knows_and_fails) {
  serve(1);
  engine_.set_faults({.delay_min = 100ms, .delay_max = 100ms});
  const auto& under_way = ask();
  nodes_[0].disconnect();
  pass(10ms);
  EXPECT_EQ(under_way, text_of_error(errc::disconnected));
  EXPECT_EQ(publish(0, "x"), errc::disconnected);
  const auto& later = ask();
  const auto& stored = put(0, "k", "v");
  pass(1ms);
  EXPECT_EQ(later, text_of_error(errc::disconnected));
  EXPECT_EQ(stored, text_of_error(errc::disconnected));
  nodes_[0].reconnect();
  const auto& again = ask();
  pass(1s);
  EXPECT_EQ(again, "x");
  EXPECT_THAT(ears_[0].states, ElementsAre("up", "down", "up"));
}

TEST_F(embedded_engine_test, a_request_is_served_by_who_can_be_reached) {
  const auto& nobody = ask();
  pass(1ms);
  EXPECT_EQ(nobody, text_of_error(errc::unavailable));
  serve(1);
  const auto& served = ask();
  pass(1ms);
  EXPECT_EQ(served, "x");
  engine_.partition({{"a"}, {"b"}});
  const auto& cut = ask();
  pass(1ms);
  EXPECT_EQ(cut, text_of_error(errc::unavailable));
}

TEST_F(embedded_engine_test, a_request_or_its_answer_may_be_lost) {
  serve(1);
  engine_.set_faults({.request_lost = 1});
  const auto& one = ask();
  pass(2s);
  EXPECT_EQ(one, text_of_error(errc::timed_out));
  EXPECT_THAT(ears_[1].served, IsEmpty());
  engine_.set_faults({.answer_lost = 1});
  const auto& other = ask();
  pass(2s);
  EXPECT_EQ(other, text_of_error(errc::timed_out));
  EXPECT_THAT(ears_[1].served, SizeIs(1));
}

TEST_F(embedded_engine_test, of_a_node_that_crashed_nothing_is_heard_and_it_hears_nothing) {
  serve(1);
  nodes_[1].crash();
  EXPECT_FALSE(publish(0, "x"));
  const auto& asked = ask();
  pass(2s);
  EXPECT_THAT(ears_[1].heard, IsEmpty());
  EXPECT_THAT(ears_[1].served, IsEmpty());
  EXPECT_EQ(asked, text_of_error(errc::unavailable));
  EXPECT_EQ(publish(1, "y"), errc::disconnected);
  EXPECT_THAT(ears_[0].heard, ElementsAre("x"));
}

TEST_F(embedded_engine_test, a_directory_out_of_reach_is_not_written_and_not_heard) {
  key_log seen;
  on(1, [&] { seen.watching = nodes_[1].directory().watch("", seen); });
  EXPECT_EQ(put(0, "k", "1"), "done");
  pass(1ms);
  EXPECT_THAT(seen.told, ElementsAre("k=1"));
  engine_.partition({{"a"}, {"b"}});
  const auto& cut = put(1, "k", "2");
  pass(5s);
  EXPECT_EQ(cut, text_of_error(errc::timed_out));
  put(0, "k", "3");
  put(0, "j", "4");
  put(0, "k", "5");
  pass(1s);
  EXPECT_THAT(seen.told, ElementsAre("k=1"));
  engine_.heal();
  pass(1ms);
  EXPECT_THAT(seen.told, ElementsAre("k=1", "k=5", "j=4"));
  on(1, [&] { seen.watching.end(); });
}

TEST_F(embedded_engine_test, who_is_told_what_waited_may_end_its_watch) {
  key_log seen;
  on(1, [&] { seen.watching = nodes_[1].directory().watch("", seen); });
  engine_.partition({{"a"}, {"b"}});
  for (const char* key : {"j", "k", "l"})
    put(0, key, "1");
  pass(1s);
  seen.enough = 1;
  engine_.heal();
  pass(1ms);
  EXPECT_THAT(seen.told, ElementsAre("j=1"));
}

TEST_F(embedded_engine_test, a_directory_may_refuse_or_not_answer) {
  engine_.set_faults({.unavailable = 1});
  const auto& refused = put(0, "k", "1");
  pass(1ms);
  EXPECT_EQ(refused, text_of_error(errc::unavailable));
  engine_.set_faults({.answer_lost = 1});
  const auto& lost = put(0, "k", "2");
  pass(5s);
  EXPECT_EQ(lost, text_of_error(errc::timed_out));
  engine_.set_faults({});
  key_log seen;
  on(1, [&] { seen.watching = nodes_[1].directory().watch("", seen); });
  pass(1ms);
  EXPECT_THAT(seen.told, ElementsAre("k=2"));
  on(1, [&] { seen.watching.end(); });
}

}  // namespace
}  // namespace actornet::cluster
