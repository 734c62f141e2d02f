#pragma once

// What every history promises; each implementation is run through all of it. One more joins with a
// stage of its own in `INSTANTIATE_TEST_SUITE_P`.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "actornet/rooms/history.hpp"
#include "rooms/rooms_support.hpp"

namespace actornet::rooms {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Where histories run: two loops.
class history_stage {
 public:
  virtual ~history_stage() = default;

  /// A history that keeps so much, as if a process had started.
  virtual std::unique_ptr<history> make(retention keep, std::size_t channels_max) = 0;

  /// Runs @p work on a loop, then returns when @p done, called there, says true. False: it does
  /// not.
  virtual bool run(std::size_t loop, const std::function<void()>& work,
                   const std::function<bool()>& done) = 0;

  /// Has virtual time pass; only for `history_contract_in_time`.
  virtual void run_for(net::duration length) = 0;
};

struct stage_maker {
  const char* name;
  std::unique_ptr<history_stage> (*make)();
};

/// Writes down what it is told of a channel, which has one epoch.
class log_sink final : public live_sink {
 public:
  void on_start(const position& newest) override {
    epoch_ = newest.epoch;
    told.push_back("start " + std::to_string(newest.offset));
  }
  void on_message(const message_ref& next) override {
    EXPECT_EQ(next->at().epoch, epoch_);
    told.push_back(std::to_string(next->at().offset) + ' ' + text_of(next->body()));
  }
  void on_failed(std::error_code reason) override { told.push_back("failed " + reason.message()); }

  lines told;
  cluster::subscription following;

 private:
  std::uint64_t epoch_ = 0;
};

class history_contract : public ::testing::TestWithParam<stage_maker> {
 protected:
  ~history_contract() override {
    settle();
    kept_.reset();
    settle();
  }

  void open(retention keep = {}, std::size_t channels_max = 100) {
    kept_ = stage_->make(keep, channels_max);
  }

  void on(std::size_t loop, const std::function<void()>& work) {
    EXPECT_TRUE(stage_->run(loop, work, [] { return true; }));
  }
  void settle() {
    on(0, [] {});
    on(1, [] {});
  }

  result<appended> append(std::string_view channel, std::string_view text, std::string id = "",
                          std::string user = "ann", std::size_t loop = 0) {
    std::optional<result<appended>> outcome;
    const auto ask = [&] {
      auto told = [&outcome](result<appended> got) { outcome = std::move(got); };
      kept_->append(channel, {std::move(user), std::move(id), bytes_of(text)}, told).detach();
      EXPECT_FALSE(outcome) << "told inside the call";
    };
    EXPECT_TRUE(stage_->run(loop, ask, [&] { return outcome.has_value(); }));
    return outcome ? *outcome : result<appended>(errc::timed_out);
  }

  history_page read_after(std::string_view channel, std::uint64_t after, std::size_t count = 99) {
    return read([&](history::read_done done) {
      return kept_->read_after(channel, after, count, std::move(done));
    });
  }
  history_page read_before(std::string_view channel, std::uint64_t before, std::size_t count) {
    return read([&](history::read_done done) {
      return kept_->read_before(channel, before, count, std::move(done));
    });
  }

  void follow(std::size_t loop, std::string_view channel, log_sink& sink) {
    EXPECT_TRUE(stage_->run(
        loop, [&] { sink.following = kept_->live(channel, sink); },
        [&] { return !sink.told.empty(); }));
  }

  /// What @p sink was told, once there is so much of it.
  lines told(std::size_t loop, const log_sink& sink, std::size_t count) {
    lines all;
    EXPECT_TRUE(stage_->run(
        loop, [] {},
        [&] {
          all = sink.told;
          return all.size() >= count;
        }));
    return all;
  }

  static lines texts(const history_page& page) {
    lines all;
    for (const auto& each : page.messages)
      all.push_back(std::to_string(each->at().offset) + ' ' + text_of(each->body()));
    return all;
  }

  void append_numbers(int count) {
    for (int i = 1; i <= count; ++i)
      EXPECT_TRUE(append("tea", std::to_string(i)));
  }

  const std::unique_ptr<history_stage> stage_ = GetParam().make();
  std::unique_ptr<history> kept_;

 private:
  template <class Ask>
  history_page read(const Ask& ask) {
    std::optional<result<history_page>> outcome;
    const auto begin = [&] {
      ask([&outcome](result<history_page> got) { outcome = std::move(got); }).detach();
    };
    EXPECT_TRUE(stage_->run(0, begin, [&] { return outcome.has_value(); }));
    EXPECT_TRUE(outcome && *outcome);
    return outcome && *outcome ? **outcome : history_page();
  }
};

/// Where time can be moved: what depends on the age of messages.
class history_contract_in_time : public history_contract {};

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(history_contract_in_time);

TEST_P(history_contract, offsets_of_each_channel_count_from_1) {
  open();
  const position first = append("tea", "a")->at;
  EXPECT_EQ(first.offset, 1u);
  EXPECT_EQ(append("tea", "b", "", "bob", 1)->at, (position{first.epoch, 2}));
  EXPECT_EQ(append("coffee", "c")->at.offset, 1u);
}

TEST_P(history_contract, what_was_appended_is_read_as_it_was) {
  open();
  const auto added = append("tea", std::string_view("a\0b", 3), "id", "zoë");
  ASSERT_TRUE(added) << added.error();
  const history_page page = read_after("tea", 0);
  ASSERT_EQ(page.messages.size(), 1u);
  const message& only = *page.messages[0];
  EXPECT_EQ(only.at(), added->at);
  EXPECT_EQ(only.user(), "zoë");
  EXPECT_EQ(only.id(), "id");
  EXPECT_EQ(text_of(only.body()), std::string_view("a\0b", 3));
  EXPECT_GT(only.time_ms(), 0);
  EXPECT_EQ(page.newest, added->at);
  EXPECT_EQ(page.first_kept, 1u);
}

TEST_P(history_contract, pages_go_forward_and_backward) {
  open();
  append_numbers(5);
  EXPECT_THAT(texts(read_after("tea", 1, 2)), ElementsAre("2 2", "3 3"));
  EXPECT_THAT(texts(read_after("tea", 5)), IsEmpty());
  EXPECT_THAT(texts(read_before("tea", 4, 2)), ElementsAre("2 2", "3 3"));
  EXPECT_THAT(texts(read_before("tea", ~std::uint64_t{0}, 2)), ElementsAre("4 4", "5 5"));
  EXPECT_THAT(texts(read_after("tea", ~std::uint64_t{0})), IsEmpty());
  EXPECT_THAT(texts(read_before("tea", 0, 2)), IsEmpty());
}

TEST_P(history_contract, a_channel_without_messages_reads_as_empty) {
  open();
  const history_page page = read_after("none", 0);
  EXPECT_EQ(page.newest.offset, 0u);
  EXPECT_EQ(page.first_kept, 1u);
  EXPECT_THAT(page.messages, IsEmpty());
}

TEST_P(history_contract, a_page_has_limits_of_its_own) {
  open();
  append_numbers(static_cast<int>(history::page_messages_max) + 1);
  EXPECT_EQ(read_after("tea", 0, 10'000).messages.size(), history::page_messages_max);
  const std::string large(history::page_bytes_max / 2 + 1, 'x');
  EXPECT_TRUE(append("large", large));
  EXPECT_TRUE(append("large", large));
  EXPECT_EQ(read_after("large", 0).messages.size(), 1u);
  EXPECT_EQ(read_before("large", 3, 9).messages.size(), 1u);
}

TEST_P(history_contract, keeps_so_many_messages) {
  open({.messages_max = 2});
  append_numbers(5);
  const history_page page = read_after("tea", 0);
  EXPECT_THAT(texts(page), ElementsAre("4 4", "5 5"));
  EXPECT_EQ(page.first_kept, 4u);
  EXPECT_EQ(page.newest.offset, 5u);
}

TEST_P(history_contract, keeps_so_many_bytes) {
  open({.bytes_max = 10});  // "ann" and a digit: 4 each
  append_numbers(5);
  EXPECT_THAT(texts(read_after("tea", 0)), ElementsAre("4 4", "5 5"));
}

TEST_P(history_contract_in_time, keeps_for_so_long) {
  open({.age_max_ms = 10'000});
  append_numbers(2);
  stage_->run_for(6s);
  EXPECT_TRUE(append("tea", "3"));
  stage_->run_for(6s);
  const history_page page = read_after("tea", 0);
  EXPECT_THAT(texts(page), ElementsAre("3 3"));
  EXPECT_EQ(page.first_kept, 3u);
  EXPECT_EQ(append("tea", "4")->at.offset, 4u);
}

TEST_P(history_contract, may_keep_nothing) {
  open({.messages_max = 0});
  append_numbers(2);
  const history_page page = read_after("tea", 0);
  EXPECT_THAT(page.messages, IsEmpty());
  EXPECT_EQ(page.first_kept, 3u);
}

TEST_P(history_contract, a_retry_gets_the_first_position) {
  open();
  EXPECT_FALSE(append("tea", "a", "1")->again);
  EXPECT_FALSE(append("tea", "b", "2")->again);
  const auto again = append("tea", "a", "1", "ann", 1);
  EXPECT_TRUE(again->again);
  EXPECT_EQ(again->at.offset, 1u);
  EXPECT_FALSE(append("tea", "c", "1", "bob")->again) << "another user";
  EXPECT_FALSE(append("coffee", "c", "1")->again) << "another channel";
  EXPECT_FALSE(append("tea", "a")->again) << "without an id";
  EXPECT_FALSE(append("tea", "a")->again);
  EXPECT_EQ(read_after("tea", 0).messages.size(), 5u);
}

TEST_P(history_contract, a_retry_is_noticed_after_its_message_is_not_kept_any_more) {
  open({.messages_max = 1});
  EXPECT_TRUE(append("tea", "a", "1"));
  append_numbers(3);
  EXPECT_EQ(append("tea", "a", "1")->at.offset, 1u);
}

TEST_P(history_contract, retries_are_noticed_among_so_many_messages) {
  open({.ids_max = 2});
  for (const char* id : {"1", "2", "3"})
    EXPECT_TRUE(append("tea", id, id));
  EXPECT_TRUE(append("tea", "2", "2")->again);
  EXPECT_FALSE(append("tea", "1", "1")->again);
}

TEST_P(history_contract_in_time, retries_are_noticed_for_so_long) {
  open({.ids_age_max_ms = 10'000});
  EXPECT_TRUE(append("tea", "a", "1"));
  stage_->run_for(9s);
  EXPECT_TRUE(append("tea", "a", "1")->again);
  stage_->run_for(2s);
  EXPECT_EQ(append("tea", "a", "1")->at.offset, 2u);
}

TEST_P(history_contract, appends_of_one_loop_keep_their_order) {
  open();
  std::vector<std::uint64_t> offsets;
  const auto ask = [&] {
    for (int i = 0; i < 600; ++i) {
      auto told = [&offsets](const result<appended>& got) { offsets.push_back(got->at.offset); };
      kept_->append("tea", {"ann", "", bytes_of("x")}, told).detach();
    }
  };
  ASSERT_TRUE(stage_->run(0, ask, [&] { return offsets.size() == 600; }));
  for (std::size_t i = 0; i < offsets.size(); ++i)
    EXPECT_EQ(offsets[i], i + 1);
}

TEST_P(history_contract, a_follower_is_told_where_it_starts_and_then_everything) {
  open();
  log_sink sink;
  append_numbers(1);
  follow(1, "tea", sink);
  append_numbers(2);
  EXPECT_TRUE(append("coffee", "x"));
  EXPECT_THAT(told(1, sink, 3), ElementsAre("start 1", "2 1", "3 2"));
  on(1, [&] { sink.following.end(); });
  append_numbers(1);
  EXPECT_EQ(told(1, sink, 0).size(), 3u);
}

TEST_P(history_contract, a_follower_is_not_told_of_retries) {
  open();
  log_sink sink;
  follow(0, "tea", sink);
  EXPECT_TRUE(append("tea", "a", "1"));
  EXPECT_TRUE(append("tea", "a", "1"));
  EXPECT_TRUE(append("tea", "b", "2"));
  EXPECT_THAT(told(0, sink, 3), ElementsAre("start 0", "1 a", "2 b"));
  on(0, [&] { sink.following.end(); });
}

TEST_P(history_contract, a_subscription_may_end_before_it_began) {
  open();
  log_sink sink;
  on(0, [&] { kept_->live("tea", sink).end(); });
  append_numbers(1);
  EXPECT_THAT(told(0, sink, 0), IsEmpty());
}

TEST_P(history_contract, one_channel_too_many_is_refused) {
  open({}, 2);
  log_sink sink;
  EXPECT_TRUE(append("a", "x"));
  EXPECT_TRUE(append("b", "x"));
  EXPECT_EQ(append("c", "x").error(), errc::channels_exhausted);
  follow(0, "c", sink);
  EXPECT_THAT(told(0, sink, 1), ElementsAre("failed limit on channels reached"));
  on(0, [&] { sink.following.end(); });
}

TEST_P(history_contract_in_time,
       a_channel_whose_messages_are_all_too_old_makes_room_and_has_a_new_epoch) {
  open({.age_max_ms = 10'000, .ids_age_max_ms = 10'000}, 2);
  const auto first = append("a", "x");
  EXPECT_TRUE(append("b", "x"));
  stage_->run_for(70s);
  EXPECT_TRUE(append("b", "x"));
  EXPECT_TRUE(append("c", "x"));
  stage_->run_for(70s);
  const auto anew = append("a", "x");
  ASSERT_TRUE(anew) << anew.error();
  EXPECT_EQ(anew->at.offset, 1u);
  EXPECT_NE(anew->at.epoch, first->at.epoch);
}

TEST_P(history_contract, answers_that_nobody_wants_are_not_given) {
  open();
  on(0, [&] {
    auto told = [](const result<appended>&) { FAIL(); };
    cluster::operation asked = kept_->append("tea", {"ann", "", bytes_of("x")}, told);
  });
  EXPECT_TRUE(append("tea", "y"));
  EXPECT_EQ(read_after("tea", 0).messages.size(), 2u) << "what was asked for happens";
}

}  // namespace actornet::rooms
