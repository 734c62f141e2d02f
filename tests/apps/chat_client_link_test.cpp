// The whole client in simulated worlds: connections that are lost, servers that end and come back.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "chat_client_simulation.hpp"

namespace actornet::talk {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::uint64_t seeds = 20;

struct conversation {
  explicit conversation(std::uint64_t seed = 1, const sim::faults& faults = sim::faults::calm(),
                        talk_settings settings = {.name = "ann", .rooms = {"lobby"}})
      : world(seed, {.faults = faults}), server(world), ann(world, std::move(settings)) {}

  bool until(const std::function<bool()>& done, net::duration patience = 10min) {
    return world.run_until(
        [&] {
          server.accept_waiting();
          return done();
        },
        world.now() + patience);
  }
  bool shows(const std::string& what) {
    return until([&] { return ann.shown.find(what) != std::string::npos; });
  }
  bool is_over() {
    return until([&] { return ann.code.has_value(); });
  }

  sim::world world;
  simulated_chat_server server;
  simulated_talk ann;
};

std::size_t count_of(const std::string& what, const std::string& in) {
  std::size_t count = 0;
  for (std::size_t at = 0; (at = in.find(what, at)) != std::string::npos; ++at)
    ++count;
  return count;
}

TEST(chat_client_link, texts_are_published_and_the_end_of_input_ends_it_in_order) {
  conversation here;
  here.ann.begin();
  here.ann.type("one");
  here.ann.type("two");
  here.ann.end_input();
  ASSERT_TRUE(here.is_over()) << here.world;
  EXPECT_EQ(here.ann.code, 0);
  EXPECT_THAT(here.server.texts("lobby"), ElementsAre("one", "two"));
  EXPECT_TRUE(here.until([&] { return here.server.all_ended(); }));
  EXPECT_THAT(here.ann.shown,
              HasSubstr(R"({"state":"closed","reason":"quit","unacknowledged":0})"));
}

TEST(chat_client_link, waits_for_a_server_that_is_not_there_yet) {
  conversation here;
  here.server.stop();
  here.ann.begin();
  here.ann.type("one");
  ASSERT_TRUE(here.shows(R"("state":"waiting")"));
  here.server.listen();
  ASSERT_TRUE(here.until([&] { return here.server.texts("lobby").size() == 1; }));
}

TEST(chat_client_link, what_was_missed_meanwhile_comes_once_and_in_order) {
  conversation here;
  here.ann.begin();
  ASSERT_TRUE(here.shows(R"("joined")"));
  here.server.publish("lobby", "bob", "1", "before");
  ASSERT_TRUE(here.shows("before"));
  here.server.stop();
  here.server.publish("lobby", "bob", "2", "meanwhile");
  here.server.listen();
  here.server.publish("lobby", "bob", "3", "after");
  ASSERT_TRUE(here.shows("after"));
  for (const char* text : {"before", "meanwhile", "after"})
    EXPECT_EQ(count_of(text, here.ann.shown), 1u) << text;
  EXPECT_EQ(here.ann.shown.find(R"("gap")"), std::string::npos);
}

TEST(chat_client_link, a_server_that_forgot_everything_is_one_gap) {
  conversation here;
  here.ann.begin();
  ASSERT_TRUE(here.shows(R"("joined")"));
  here.server.publish("lobby", "bob", "1", "before");
  ASSERT_TRUE(here.shows("before"));
  here.server.stop();
  here.server.epoch = 8;
  here.server.listen();
  here.server.publish("lobby", "bob", "2", "after");
  ASSERT_TRUE(here.shows("after"));
  EXPECT_EQ(count_of("GAP_REASON_NEW_EPOCH", here.ann.shown), 1u);
}

// Acknowledgements are lost with their connections, at any byte.
TEST(chat_client_link, nothing_is_lost_or_doubled_or_reordered_by_resets) {
  std::uint64_t finished = 0;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    sim::faults faults;
    faults.reset_probability = 0.5;
    faults.reset_offset_bytes_max = 600;
    conversation here(seed, faults);
    std::vector<std::string> wanted;
    here.ann.begin();
    for (int i = 0; i < 20; ++i) {
      wanted.push_back("text " + std::to_string(i));
      here.ann.type(wanted.back());
    }
    here.ann.end_input();
    ASSERT_TRUE(here.is_over()) << here.world;
    if (here.ann.code == exit_unacknowledged)
      continue;  // 30 s were not enough in this world
    ++finished;
    EXPECT_EQ(here.server.texts("lobby"), wanted) << here.world;
  }
  EXPECT_GE(finished, seeds / 2);
}

TEST(chat_client_link, a_message_without_acknowledgement_is_exit_code_3) {
  conversation here;
  here.server.acknowledges = [](const v1::Publish&) { return false; };
  here.ann.begin();
  here.ann.type("one");
  here.ann.end_input();
  ASSERT_TRUE(here.is_over());
  EXPECT_EQ(here.ann.code, exit_unacknowledged);
  EXPECT_LE(here.world.elapsed(), 35s);
}

TEST(chat_client_link, a_server_that_is_never_there_ends_it_too) {
  conversation here;
  here.server.stop();
  here.ann.begin();
  here.ann.type("one");
  here.ann.end_input();
  ASSERT_TRUE(here.is_over());
  EXPECT_EQ(here.ann.code, exit_unacknowledged);
}

TEST(chat_client_link, a_refusal_is_exit_code_4) {
  conversation here;
  here.server.judge = [](const v1::Hello&) {
    v1::Failed no;
    no.set_code(v1::FAILURE_CODE_BAD_TOKEN);
    return std::optional(no);
  };
  here.ann.begin();
  ASSERT_TRUE(here.is_over());
  EXPECT_EQ(here.ann.code, exit_refused);
  EXPECT_EQ(here.server.connections(), 1u);
}

TEST(chat_client_link, comes_back_when_a_draining_server_says) {
  conversation here;
  here.ann.begin();
  ASSERT_TRUE(here.shows(R"("joined")"));
  v1::Event draining;
  draining.mutable_draining()->set_after_ms(4000);
  here.server.tell(draining);
  const net::time_point told = here.world.now();
  ASSERT_TRUE(here.until([&] { return here.server.connections() == 2; }));
  EXPECT_GE(here.world.now() - told, 4s);
  EXPECT_LE(here.world.now() - told, 4600ms) << "and the first backoff";
  EXPECT_EQ(count_of(R"("state":"waiting")", here.ann.shown), 1u);
}

TEST(chat_client_link, a_new_token_is_read_when_the_old_one_expires) {
  conversation here(1, sim::faults::calm(), {.rooms = {"lobby"}, .renews_token = true});
  std::string token = "old";
  here.ann.token = [&token] { return token; };
  here.ann.begin();
  ASSERT_TRUE(here.shows(R"("joined")"));
  EXPECT_EQ(here.server.heard.front().hello().token(), "old");
  v1::Event expiring;
  expiring.mutable_expiring()->set_at_ms(1);
  here.server.tell(expiring);
  ASSERT_TRUE(here.shows(R"("expiring")"));
  token = "new";
  ASSERT_TRUE(here.until([&] { return here.server.heard.back().has_refresh(); }));
  EXPECT_EQ(here.server.heard.back().refresh().token(), "new");
  EXPECT_EQ(here.server.connections(), 1u);
}

TEST(chat_client_link, a_silent_server_is_left) {
  conversation here;
  here.ann.begin();
  ASSERT_TRUE(here.shows(R"("joined")"));
  here.world.partition();
  here.world.run_for(70s);
  here.world.heal();
  ASSERT_TRUE(here.until([&] { return here.server.connections() == 2; }));
}

}  // namespace
}  // namespace actornet::talk
