// The bus on NATS: what the contract does not say.

#include <gmock/gmock.h>

#include <deque>

#include "actornet/nats/nats_bus.hpp"
#include "nats/real_world.hpp"

namespace actornet::nats {
namespace {

using namespace std::chrono_literals;
using cluster::bus;
using cluster::bus_state;
using cluster_test::bytes_of;
using cluster_test::lines;
using cluster_test::text_of;
using nats_test::connected_world;
using nats_test::server;
using ::testing::ElementsAre;

class bus_ear final : public cluster::bus_sink {
 public:
  void on_published(const net::shared_bytes& payload) override {
    told.push_back(text_of(payload.payload));
  }
  void on_lagged(std::uint64_t more) override { lost += more; }

  lines told;
  std::uint64_t lost = 0;
  cluster::subscription hears;
};

class bus_echo final : public cluster::bus_server {
 public:
  void on_request(const net::shared_bytes& payload, cluster::bus_reply reply) override {
    ++asked;
    if (answers)
      reply.answer(payload);
    else
      kept.push_back(std::move(reply));
  }

  int asked = 0;
  bool answers = true;
  std::vector<cluster::bus_reply> kept;
  cluster::subscription serves;
};

class state_log final : public cluster::bus_state_sink {
 public:
  void on_state(bus_state now) override { told.push_back(now); }
  std::vector<bus_state> told;
  cluster::subscription watching;
};

/// One process with a bus, and a stranger who speaks NATS.
struct nats_bus_test : ::testing::Test {
  ~nats_bus_test() override {
    world.on(1, [&] {
      ear.hears.end();
      echo.serves.end();
      echo.kept.clear();
      states.watching.end();
    });
    tested.reset();
  }

  const std::string& ask(std::string_view subject, net::duration deadline = 60s) {
    std::string& outcome = outcomes.emplace_back();
    world.run_on(1, [&] {
      auto told = [&outcome](const result<net::shared_bytes>& came) {
        outcome = came ? text_of(came->payload) : came.error().message();
      };
      tested->request(subject, bytes_of("x"), deadline, told).detach();
    });
    EXPECT_TRUE(world.wait_for([&] { return !outcome.empty(); }));
    return outcome;
  }

  server there;
  connected_world world{there.url()};
  connected_world strangers{there.url()};
  std::unique_ptr<nats_bus> tested = std::make_unique<nats_bus>(world.over);
  bus_ear ear;
  bus_echo echo;
  state_log states;
  std::deque<std::string> outcomes;
};

TEST_F(nats_bus_test, a_server_that_goes_and_comes_back_is_told_and_everything_stands_again) {
  world.on(1, [&] {
    states.watching = tested->watch_state(states);
    ear.hears = tested->subscribe("a", ear);
    echo.serves = tested->serve("a", echo);
  });
  EXPECT_THAT(states.told, ElementsAre(bus_state::up));
  echo.answers = false;
  std::string open;
  world.run_on(1, [&] {
    auto told = [&open](const result<net::shared_bytes>& came) { open = came.error().message(); };
    tested->request("a", bytes_of("x"), 60s, told).detach();
  });
  ASSERT_TRUE(world.wait_for([&] { return echo.asked == 1; }));
  there.kill();
  ASSERT_TRUE(world.wait_for([&] { return states.told.size() == 2 && !open.empty(); }));
  EXPECT_EQ(open, describe(errc::disconnected));
  EXPECT_EQ(ask("a"), describe(errc::disconnected));
  world.run_on(1, [&] {
    EXPECT_EQ(tested->publish("a", bytes_of("x")).error(), errc::disconnected);
    echo.kept.clear();
  });
  there.start();
  ASSERT_TRUE(world.wait_for([&] { return states.told.size() == 3; }));
  echo.answers = true;
  world.on(1, [&] { EXPECT_TRUE(tested->publish("a", bytes_of("y"))); });
  EXPECT_THAT(ear.told, ElementsAre("y"));
  EXPECT_EQ(ask("a"), "x");
}

TEST_F(nats_bus_test, what_is_too_much_at_once_is_refused_and_the_rest_arrives) {
  world.on(1, [&] { ear.hears = tested->subscribe("a", ear); });
  std::size_t taken = 0;
  world.run_on(1, [&] {
    const auto payload = bytes_of(std::string(1024, 'x'));
    result<void> outcome;
    while ((outcome = tested->publish("a", payload)))
      ASSERT_LT(++taken, 100'000);
    EXPECT_EQ(outcome.error(), errc::mailbox_full);
  });
  EXPECT_GE(taken, 1000);
  EXPECT_TRUE(world.wait_for([&] { return ear.told.size() + ear.lost == taken; }));
  world.on(1, [&] { EXPECT_TRUE(tested->publish("a", bytes_of("more"))); });
  EXPECT_EQ(ear.told.back(), "more");
}

TEST_F(nats_bus_test, garbage_of_a_stranger_costs_nobody_else) {
  world.on(1, [&] {
    ear.hears = tested->subscribe("a", ear);
    echo.serves = tested->serve("a", echo);
  });
  const auto large = bytes_of(std::string(bus::payload_bytes_max + 1, 'x'));
  strangers.on(0, [&] {
    connection& wire = strangers.over;
    EXPECT_TRUE(wire.publish({.subject = "actornet.r.a", .payload = bytes_of("no way back")}));
    EXPECT_TRUE(wire.publish({.subject = "actornet.r.a", .reply = "gone", .payload = large}));
    EXPECT_TRUE(wire.publish({.subject = "actornet.p.a", .payload = large}));
  });
  world.on(1, [&] { EXPECT_TRUE(tested->publish("a", bytes_of("y"))); });
  EXPECT_THAT(ear.told, ElementsAre("y"));
  EXPECT_EQ(echo.asked, 0);
  EXPECT_EQ(ask("a"), "x");
}

TEST_F(nats_bus_test, answers_that_no_server_of_ours_gives_are_errors) {
  class liar final : public message_sink {
   public:
    void on_message(const message& what) override {
      message answer = lie;
      answer.subject = what.reply;
      EXPECT_TRUE(over->publish(answer));
    }
    void on_lagged(std::uint64_t) override {}
    connection* over = nullptr;
    message lie;
    cluster::subscription hears;
  } other;
  other.over = &strangers.over;
  strangers.on(0,
               [&] { other.hears = strangers.over.subscribe("actornet.r.lie", "servers", other); });
  const auto outcome_of = [&](message lie) {
    other.lie = std::move(lie);
    std::string outcome;
    world.run_on(1, [&] {
      auto told = [&outcome](const result<net::shared_bytes>& came) {
        outcome = came ? text_of(came->payload) : came.error().message();
      };
      tested->request("lie", bytes_of("x"), 60s, told).detach();
    });
    EXPECT_TRUE(world.wait_for([&] {
      strangers.turn_once();
      return !outcome.empty();
    }));
    return outcome;
  };
  EXPECT_EQ(outcome_of({.subject = "", .headers = {{"Actornet-Error", "nonsense"}}}),
            describe(errc::mailbox_full));
  EXPECT_EQ(outcome_of(
                {.subject = "", .payload = bytes_of(std::string(bus::payload_bytes_max + 1, 'x'))}),
            describe(errc::message_too_large));
  EXPECT_EQ(outcome_of({.subject = "", .headers = {{"Status", "503"}}}),
            describe(errc::unavailable));
  strangers.on(0, [&] { other.hears.end(); });
}

TEST_F(nats_bus_test, an_answer_after_the_end_of_the_bus_goes_nowhere) {
  echo.answers = false;
  world.on(1, [&] { echo.serves = tested->serve("a", echo); });
  world.on(1, [&] {
    tested->request("a", bytes_of("x"), 60s, [](const result<net::shared_bytes>&) { FAIL(); })
        .detach();
  });
  ASSERT_EQ(echo.kept.size(), 1);
  world.on(1, [&] { echo.serves.end(); });
  tested.reset();
  world.on(1, [&] { echo.kept[0].answer(bytes_of("late")); });
}

}  // namespace
}  // namespace actornet::nats
