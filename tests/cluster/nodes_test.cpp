// Membership: who is up, how lives end, what a node knows of its own place.

#include <gmock/gmock.h>

#include "actornet/cluster/memory_bus.hpp"
#include "actornet/cluster/v1/nodes.pb.h"
#include "actornet/log.hpp"
#include "node_log.hpp"

namespace actornet::cluster {
namespace {

using namespace std::chrono_literals;
using cluster_test::bytes_of;
using cluster_test::info_of;
using cluster_test::node_log;
using cluster_test::standing_log;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// A node on a loop of its own.
struct seat {
  seat(sim::world& world, bus& between, node_info self, const nodes_options& how)
      : loop(world.make_backend()) {
    EXPECT_TRUE(world.run_on(loop, [&] {
      in = std::make_unique<nodes>(loop, between, std::move(self), how);
      watching = in->watch(others);
      watching_standing = in->watch_standing(own);
    }));
  }

  net::loop loop;
  std::unique_ptr<nodes> in;
  node_log others;
  standing_log own;
  subscription watching;
  subscription watching_standing;
};

class nodes_test : public ::testing::Test {
 protected:
  nodes_test() {
    set_log_sink([](log_level, std::string_view line) { log_lines().emplace_back(line); });
    log_lines().clear();
  }
  ~nodes_test() override {
    for (auto& each : seats_)
      crash(*each);
    EXPECT_TRUE(world_.run_until_idle());
    set_log_sink(nullptr);
  }

  static cluster_test::lines& log_lines() {
    static cluster_test::lines all;
    return all;
  }

  seat& start(node_info self) {
    return *seats_.emplace_back(std::make_unique<seat>(world_, between_, std::move(self), how_));
  }
  seat& start(std::string name, std::uint64_t boot) {
    return start(info_of(std::move(name), boot));
  }

  template <class Work>
  void on(seat& at, Work work) {
    ASSERT_TRUE(world_.run_on(at.loop, work));
  }
  void pass(net::duration length) { EXPECT_TRUE(world_.run_for(length)) << world_; }

  /// Without a word.
  void crash(seat& gone) {
    on(gone, [&] {
      gone.watching.end();
      gone.watching_standing.end();
      gone.in.reset();
    });
  }

  /// Somebody says this on the subject.
  void say(seat& at, const v1::NodesMessage& what) { say(at, what.SerializeAsString()); }
  void say(seat& at, const std::string& text) {
    on(at, [&] { EXPECT_TRUE(between_.publish(how_.subject, bytes_of(text))); });
    pass(10ms);
  }

  static v1::NodesMessage beat_of(const std::string& name, std::uint64_t boot, std::uint64_t number,
                                  std::uint64_t age_ms = 0) {
    v1::NodesMessage out;
    out.set_version(1);
    v1::Heartbeat& beat = *out.mutable_heartbeat();
    beat.mutable_node()->set_name(name);
    beat.mutable_node()->set_boot(boot);
    beat.mutable_node()->mutable_schema()->set_major(1);
    beat.set_number(number);
    beat.set_age_ms(age_ms);
    return out;
  }

  sim::world world_{1, cluster_test::calm()};
  memory_bus between_;
  nodes_options how_;
  std::deque<std::unique_ptr<seat>> seats_;
};

TEST_F(nodes_test, nodes_hear_of_each_other_at_once) {
  seat& a = start("a", 1);
  pass(3s);
  seat& b = start("b", 2);
  pass(200ms);
  EXPECT_THAT(a.others.told, ElementsAre("b up"));
  EXPECT_THAT(b.others.told, ElementsAre("a up"));
  EXPECT_EQ(b.in->up().at(0).version, "1.0");
  EXPECT_EQ(a.in->counts().up, 1u);
}

TEST_F(nodes_test, who_watches_later_is_told_who_is_up) {
  seat& a = start("a", 1);
  start("b", 2);
  pass(1s);
  node_log late;
  subscription watching;
  on(a, [&] { watching = a.in->watch(late); });
  pass(1ms);
  EXPECT_THAT(late.told, ElementsAre("b up"));
  on(a, [&] { watching.end(); });
}

TEST_F(nodes_test, a_goodbye_is_told_at_once) {
  seat& a = start("a", 1);
  seat& b = start("b", 2);
  pass(1s);
  b.in->leave();
  pass(10ms);
  EXPECT_THAT(a.others.told, ElementsAre("b up", "b down left"));
  EXPECT_THAT(b.own.told, Contains("left"));
  pass(10s);
  EXPECT_THAT(a.others.told, ElementsAre("b up", "b down left"));
  EXPECT_EQ(a.in->now(), standing::joined);
}

TEST_F(nodes_test, a_crash_is_told_within_three_seconds) {
  seat& a = start("a", 1);
  seat& b = start("b", 2);
  pass(1s);
  crash(b);
  pass(1900ms);
  EXPECT_THAT(a.others.told, ElementsAre("b up"));
  pass(1100ms);
  EXPECT_THAT(a.others.told, ElementsAre("b up", "b down silent"));
}

TEST_F(nodes_test, a_name_that_starts_anew_is_down_before_it_is_up) {
  seat& a = start("a", 1);
  seat& b = start("b", 2);
  pass(1s);
  crash(b);
  start("b", 3);
  pass(200ms);
  EXPECT_THAT(a.others.told, ElementsAre("b up", "b down replaced", "b up"));
}

TEST_F(nodes_test, the_boot_of_a_life_that_ended_is_refused) {
  seat& a = start("a", 1);
  seat& b = start("b", 2);
  pass(1s);
  start("b", 3);
  pass(3s);
  EXPECT_THAT(a.others.told, ElementsAre("b up", "b down replaced", "b up"));
  EXPECT_THAT(b.own.told, Contains("refused"));
  EXPECT_GT(a.in->counts().replayed, 0u);
  const auto sent = b.in->counts().heartbeats_sent;
  pass(5s);
  EXPECT_EQ(b.in->counts().heartbeats_sent, sent) << "it goes on although its name is another's";
  EXPECT_THAT(a.others.told, ElementsAre("b up", "b down replaced", "b up"));
}

TEST_F(nodes_test, a_heartbeat_that_comes_again_counts_for_nothing) {
  seat& a = start("a", 1);
  say(a, beat_of("x", 9, 5));
  EXPECT_THAT(a.others.take(), ElementsAre("x up"));
  for (int i = 0; i < 40; ++i) {
    pass(100ms);
    say(a, beat_of("x", 9, 5));
  }
  EXPECT_THAT(a.others.take(), ElementsAre("x down silent"));
  EXPECT_EQ(a.in->counts().replayed, 40u);
  say(a, beat_of("x", 9, 6));
  EXPECT_THAT(a.others.take(), ElementsAre("x up"));
}

TEST_F(nodes_test, a_life_never_heard_of_is_not_believed_if_it_is_older_than_the_one_that_is_up) {
  seat& a = start("a", 1);
  say(a, beat_of("x", 9, 5, 1'000));
  say(a, beat_of("x", 8, 900, 60'000));
  EXPECT_THAT(a.others.told, ElementsAre("x up"));
  say(a, beat_of("x", 9, 6, 1'020));
  EXPECT_THAT(a.others.told, ElementsAre("x up"));
}

TEST_F(nodes_test, a_drain_and_other_attributes_are_told) {
  seat& a = start("a", 1);
  seat& b = start("b", 2);
  pass(1s);
  EXPECT_TRUE(b.in->set_attributes({{"port", "1"}}));
  pass(200ms);
  b.in->drain();
  pass(200ms);
  EXPECT_THAT(a.others.told, ElementsAre("b up", "b port=1", "b drains port=1"));
  EXPECT_EQ(b.in->set_attributes({{"k", std::string(nodes::info_bytes_max, 'v')}}).error(),
            errc::message_too_large);
}

TEST_F(nodes_test, an_incompatible_node_is_refused_by_both_and_told_why) {
  how_.size = 3;
  seat& a = start("a", 1);
  seat& b = start("b", 2);
  node_info strange = info_of("c", 3);
  strange.schema = {.fingerprint = 77, .major = 2};
  seat& c = start(strange);
  pass(5s);
  EXPECT_THAT(a.others.told, ElementsAre("b up"));
  EXPECT_THAT(b.others.told, ElementsAre("a up"));
  EXPECT_THAT(c.others.told, IsEmpty());
  EXPECT_EQ(c.in->now(), standing::refused);
  EXPECT_THAT(c.own.why, HasSubstr("schema 77 of major 2, which is not compatible with schema 1"));
  EXPECT_GT(a.in->counts().incompatible, 0u);
  EXPECT_EQ(a.in->now(), standing::joined);
  EXPECT_THAT(log_lines(), Contains(HasSubstr("refuses node c (test 1.0)")));
}

TEST_F(nodes_test, old_and_new_work_together_as_declared) {
  seat& a = start("a", 1);
  node_info newer = info_of("b", 2);
  newer.schema = {.fingerprint = 2, .major = 1};
  start(newer);
  node_info next = info_of("c", 3);
  next.schema = {.fingerprint = 3, .major = 2, .accepts = {1}};
  seat& c = start(next);
  pass(2s);
  EXPECT_THAT(a.others.told, ElementsAre("b up", "c up"));
  EXPECT_THAT(c.others.told, ::testing::UnorderedElementsAre("a up", "b up"));
}

TEST_F(nodes_test, bad_messages_cost_only_themselves) {
  seat& a = start("a", 1);
  start("b", 2);
  pass(1s);
  for (int i = 0; i < 100; ++i)
    say(a, "garbage");
  say(a, std::string(60'000, 'x'));
  say(a, "");
  v1::NodesMessage other = beat_of("x", 9, 5);
  other.set_version(2);
  say(a, other);
  say(a, beat_of("", 9, 5));
  say(a, beat_of("x", 0, 5));
  say(a, beat_of(std::string(nodes::name_bytes_max + 1, 'x'), 9, 5));
  v1::NodesMessage large = beat_of("x", 9, 5);
  large.mutable_heartbeat()->mutable_node()->set_kind(std::string(nodes::info_bytes_max, 'k'));
  say(a, large);
  EXPECT_EQ(a.in->counts().malformed, 107u);
  say(a, beat_of("x", 9, 5));
  v1::NodesMessage changed = beat_of("x", 9, 6);
  changed.mutable_heartbeat()->mutable_node()->set_kind("other");
  say(a, changed);
  EXPECT_EQ(a.in->counts().malformed, 108u);
  EXPECT_THAT(a.others.told, ElementsAre("b up", "x up"));
  EXPECT_LE(log_lines().size(), 24u) << "of two nodes";
}

TEST_F(nodes_test, a_loop_that_was_stopped_judges_nobody) {
  seat& a = start("a", 1);
  seat& b = start("b", 2);
  pass(1s);
  world_.jump(20s);
  pass(2s);
  EXPECT_THAT(a.others.told, ElementsAre("b up"));
  EXPECT_THAT(a.own.told, ElementsAre("joining", "joined"));
  EXPECT_GT(a.in->counts().stalls, 0u);
  crash(b);
  pass(3s);
  EXPECT_THAT(a.others.told, ElementsAre("b up", "b down silent"));
}

TEST_F(nodes_test, names_that_are_not_up_make_room_others_do_not) {
  seat& a = start("a", 1);
  for (std::size_t i = 0; i < nodes::nodes_max + 3; ++i)
    on(a, [&] {
      const auto beat = beat_of("x" + std::to_string(i), 9, 5);
      EXPECT_TRUE(between_.publish(how_.subject, bytes_of(beat.SerializeAsString())));
    });
  pass(100ms);
  EXPECT_EQ(a.in->counts().up, nodes::nodes_max);
  EXPECT_EQ(a.in->counts().over_limit, 3u);
  pass(3s);
  say(a, beat_of("y", 9, 5));
  EXPECT_EQ(a.in->counts().up, 1u);
}

TEST_F(nodes_test, a_majority_of_the_size_is_needed) {
  how_.size = 3;
  seat& a = start("a", 1);
  pass(2s);
  EXPECT_EQ(a.in->now(), standing::joining);
  pass(2s);
  EXPECT_EQ(a.in->now(), standing::isolated);
  EXPECT_EQ(a.own.why, "hears of 0 others, needs 1 of 2");
  start("b", 2);
  pass(200ms);
  EXPECT_EQ(a.in->now(), standing::joined);
}

TEST_F(nodes_test, of_two_one_is_enough) {
  seat& a = start("a", 1);
  seat& b = start("b", 2);
  pass(1s);
  crash(b);
  pass(10s);
  EXPECT_THAT(a.own.told, ElementsAre("joining", "joined"));
}

TEST_F(nodes_test, an_engine_that_does_not_answer_isolates) {
  bool answers = true;
  std::vector<std::function<void(result<void>)>> kept;
  how_.probe = [&](std::function<void(result<void>)> done) {
    if (answers)
      done({});
    else
      kept.push_back(std::move(done));
    return operation();
  };
  seat& a = start("a", 1);
  pass(10s);
  EXPECT_EQ(a.in->now(), standing::joined);
  answers = false;
  pass(5s);
  EXPECT_EQ(a.in->now(), standing::isolated);
  EXPECT_EQ(a.own.why, "the probe fails: no answer");
  answers = true;
  pass(4s);
  EXPECT_EQ(a.in->now(), standing::joined);
  crash(a);  // before what it asks
}

TEST_F(nodes_test, an_engine_that_fails_isolates) {
  how_.probe = [](const std::function<void(result<void>)>& done) {
    done(errc::unavailable);
    return operation();
  };
  seat& a = start("a", 1);
  pass(5s);
  EXPECT_EQ(a.in->now(), standing::isolated);
  EXPECT_THAT(a.own.why, HasSubstr("the probe fails: "));
  EXPECT_GT(a.in->counts().probes_failed, 3u);
}

TEST_F(nodes_test, a_node_needs_a_name_and_a_boot) {
  net::loop loop(world_.make_backend());
  EXPECT_THROW(nodes(loop, between_, info_of("", 1)), std::invalid_argument);
  EXPECT_THROW(nodes(loop, between_, info_of("a", 0)), std::invalid_argument);
}

}  // namespace
}  // namespace actornet::cluster
