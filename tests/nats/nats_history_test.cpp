// Histories in a real nats-server: what the contract does not say.

#include "actornet/history_nats/nats_history.hpp"

#include <gmock/gmock.h>

#include "nats/real_world.hpp"
#include "rooms/rooms_support.hpp"

namespace actornet::rooms {
namespace {

using nats::nats_history;
using nats::nats_history_options;
using ::testing::ElementsAre;

class listener final : public live_sink {
 public:
  void on_start(const position& newest) override {
    told.push_back("start " + std::to_string(newest.offset));
  }
  void on_message(const message_ref& next) override {
    EXPECT_LT(std::abs(next->time_ms() - now_ms()), 60'000);
    told.push_back(text_of(next->body()));
  }
  void on_failed(std::error_code reason) override { told.push_back("failed " + reason.message()); }

  static std::int64_t now_ms() {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
  }

  lines told;
  cluster::subscription following;
};

/// Two connections to one server, each with a history, as if of two processes.
class nats_history_test : public ::testing::Test {
 protected:
  struct process {
    process(nats_test::real_world& in, const std::string& url, const nats_history_options& options)
        : over(in.loop(0), in.pool(), nats_test::connected_world::options_for(url)),
          kept(over, options) {}
    nats::connection over;
    nats_history kept;
    listener ear;
  };

  ~nats_history_test() override {
    world_.run_on(0, [this] {
      for (const auto& each : all_)
        each->ear.following.end();
    });
  }

  process& open(nats_history_options options = {.space = "test", .shards = 2}) {
    return *all_.emplace_back(std::make_unique<process>(world_, server_.url(), options));
  }
  void follow(process& at) {
    world_.run_on(0, [&] { at.ear.following = at.kept.live("tea room", at.ear); });
    EXPECT_TRUE(world_.wait_for([&] { return !at.ear.told.empty(); }));
  }
  std::shared_ptr<std::optional<result<appended>>> begin_append(process& at, std::string text,
                                                                std::string id = "") {
    const auto got = std::make_shared<std::optional<result<appended>>>();
    world_.run_on(0, [&] {
      auto told = [got](result<appended> answer) { *got = std::move(answer); };
      at.kept.append("tea room", {"ann", std::move(id), bytes_of(text)}, std::move(told)).detach();
    });
    return got;
  }
  result<appended> append(process& at, std::string text, std::string id = "") {
    const auto got = begin_append(at, std::move(text), std::move(id));
    EXPECT_TRUE(world_.wait_for([&] { return got->has_value(); }));
    return *got ? **got : result<appended>(errc::timed_out);
  }
  bool hears(process& at, std::size_t count) {
    return world_.wait_for([&] { return at.ear.told.size() >= count; });
  }

  nats_test::server server_;
  nats_test::real_world world_;
  std::vector<std::unique_ptr<process>> all_;
};

TEST_F(nats_history_test, two_processes_have_one_order_one_epoch_and_notice_retries) {
  process& first = open();
  process& second = open();
  follow(first);
  follow(second);
  std::vector<std::shared_ptr<std::optional<result<appended>>>> asked;
  for (int i = 0; i < 100; ++i) {
    asked.push_back(begin_append(first, "a" + std::to_string(i), "id" + std::to_string(i)));
    asked.push_back(begin_append(second, "b" + std::to_string(i)));
  }
  ASSERT_TRUE(hears(first, 201));
  ASSERT_TRUE(hears(second, 201));
  EXPECT_EQ(first.ear.told, second.ear.told);
  const auto again = append(second, "a7", "id7");
  ASSERT_TRUE(again && *asked[14] && **asked[14]);
  EXPECT_TRUE(again->again);
  EXPECT_EQ(again->at, (**asked[14])->at);
  EXPECT_EQ(again->at.epoch, append(first, "c")->at.epoch);
}

TEST_F(nats_history_test, a_server_killed_and_started_again_loses_nothing_and_doubles_nothing) {
  process& one = open();
  follow(one);
  const auto before = append(one, "0");
  server_.kill();
  std::vector<std::shared_ptr<std::optional<result<appended>>>> asked;
  lines expected = {"start 0", "0"};
  for (int i = 1; i <= 20; ++i) {
    asked.push_back(begin_append(one, std::to_string(i), std::to_string(i)));
    expected.push_back(std::to_string(i));
  }
  world_.pass(300ms);
  server_.start();
  ASSERT_TRUE(hears(one, expected.size()));
  EXPECT_EQ(one.ear.told, expected);
  ASSERT_TRUE(world_.wait_for([&] { return asked.back()->has_value(); }));
  for (const auto& each : asked)
    EXPECT_TRUE(*each && **each);
  EXPECT_EQ((**asked.back())->at, (position{before->at.epoch, 21}));
}

TEST_F(nats_history_test, a_process_that_comes_later_has_what_is_kept) {
  nats_history_options options{.space = "test", .shards = 1};
  options.log.keep.messages_max = options.log.keep.ids_max = 50;
  process& first = open(options);
  for (int i = 1; i <= 200; ++i)
    ASSERT_TRUE(append(first, std::to_string(i), std::to_string(i)));
  process& later = open(options);
  std::optional<result<history_page>> got;
  world_.run_on(0, [&] {
    auto told = [&got](result<history_page> page) { got = std::move(page); };
    later.kept.read_after("tea room", 0, 1000, std::move(told)).detach();
  });
  ASSERT_TRUE(world_.wait_for([&] { return got.has_value(); }));
  ASSERT_TRUE(*got) << got->error();
  EXPECT_EQ((*got)->messages.size(), 50u);
  EXPECT_EQ((*got)->first_kept, 151u);
  EXPECT_EQ(append(later, "200", "200")->at.offset, 200u);
  EXPECT_EQ(append(later, "201")->at.offset, 201u);
}

TEST_F(nats_history_test, streams_of_another_configuration_are_taken_as_they_are) {
  EXPECT_TRUE(append(open(), "x"));
  nats_history_options other{.space = "test", .shards = 2};
  other.log.keep.messages_max = other.log.keep.ids_max = 7;
  EXPECT_EQ(append(open(other), "y")->at.offset, 2u);
}

TEST_F(nats_history_test, without_a_server_what_is_asked_fails_in_time) {
  server_.kill();
  nats_history_options options{.space = "test"};
  options.log.patience = 100ms;
  EXPECT_EQ(append(open(options), "x").error(), errc::unavailable);
}

TEST_F(nats_history_test, what_cannot_be_right_is_refused) {
  EXPECT_THROW(open({.space = ""}), std::system_error);
  EXPECT_THROW(open({.space = "a.b"}), std::system_error);
  EXPECT_THROW(open({.shards = 0}), std::system_error);
}

}  // namespace
}  // namespace actornet::rooms
