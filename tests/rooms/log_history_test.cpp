// Histories of several processes that share a log: what one of them alone cannot show.

#include <gmock/gmock.h>

#include "log_histories.hpp"

namespace actornet::rooms {
namespace {

using ::testing::ElementsAre;

struct calm_world {
  sim::world world{1, cluster_test::calm()};
};

class log_history_test : public ::testing::Test, calm_world, protected log_histories {
 protected:
  log_history_test() : log_histories(world) {}
};

TEST_F(log_history_test, what_two_processes_append_has_one_order_and_dense_offsets) {
  open(2);
  follow(0);
  follow(1);
  for (int i = 0; i < 20; ++i) {
    (void)begin_append(0, "a" + std::to_string(i));
    (void)begin_append(1, "b" + std::to_string(i));
  }
  pass(2s);
  EXPECT_EQ(all_[0]->ear.at.offset, 40u);
  EXPECT_EQ(all_[0]->ear.told, all_[1]->ear.told);
  EXPECT_EQ(texts(0), texts(1));
}

TEST_F(log_history_test, what_waits_for_a_channel_goes_into_one_record) {
  open(1);
  all_[0]->log.faults.delay_max_ms = 5;
  EXPECT_TRUE(append(0, "first"));
  const std::uint64_t before = store_.last;
  for (int i = 0; i < 100; ++i)
    (void)begin_append(0, std::to_string(i));
  pass(1s);
  EXPECT_EQ(read(0)->newest.offset, 101u);
  EXPECT_LT(store_.last, before + 30);
}

TEST_F(log_history_test, a_retry_at_another_process_gets_the_first_position) {
  open(2);
  const auto first = append(0, "x", "id");
  const auto again = append(1, "x", "id");
  ASSERT_TRUE(first && again);
  EXPECT_TRUE(again->again);
  EXPECT_EQ(again->at, first->at);
}

TEST_F(log_history_test, two_retries_at_once_at_two_processes_are_one_message) {
  open(2);
  const outcome one = begin_append(0, "x", "id");
  const outcome two = begin_append(1, "x", "id");
  pass(1s);
  ASSERT_TRUE(*one && **one && *two && **two);
  EXPECT_EQ((**one)->at, (**two)->at);
  EXPECT_NE((**one)->again, (**two)->again);
}

TEST_F(log_history_test, a_process_that_comes_later_knows_messages_ids_and_the_epoch) {
  open(2);
  const auto first = append(0, "x", "id");
  for (int i = 0; i < 300; ++i)
    EXPECT_TRUE(append(0, std::to_string(i)));
  restart(0);
  const auto page = read(1, 1);
  EXPECT_EQ(page->newest, (position{first->at.epoch, 301}));
  EXPECT_EQ(page->messages.size(), history::page_messages_max);
  EXPECT_EQ(append(0, "x", "id")->at, first->at);
  EXPECT_EQ(append(0, "y")->at.offset, 302u);
}

TEST_F(log_history_test, a_lost_record_is_read_before_the_next_one_is_told) {
  open(2);
  follow(1);
  all_[1]->log.cut = true;
  EXPECT_TRUE(append(0, "lost"));
  all_[1]->log.cut = false;
  EXPECT_TRUE(append(0, "next"));
  EXPECT_THAT(all_[1]->ear.told, ElementsAre("start 0", "lost", "next"));
  EXPECT_EQ(all_[1]->kept->counted().repaired, 1u);
}

TEST_F(log_history_test, a_lost_record_with_nothing_after_it_is_found_in_time) {
  open(2, {.look_after = 5s});
  follow(1);
  all_[1]->log.cut = true;
  EXPECT_TRUE(append(0, "lost"));
  all_[1]->log.cut = false;
  pass(7s);
  EXPECT_THAT(all_[1]->ear.told, ElementsAre("start 0", "lost"));
}

TEST_F(log_history_test, what_was_missed_during_an_interruption_is_read_when_it_is_over) {
  open(2, {.look_after = 1h});
  follow(1);
  all_[1]->log.cut = true;
  EXPECT_TRUE(append(0, "lost"));
  EXPECT_TRUE(world_.run_on(loops_.at(1), [&] { all_[1]->log.reconnect(); }));
  pass(500ms);
  EXPECT_THAT(all_[1]->ear.told, ElementsAre("start 0", "lost"));
}

TEST_F(log_history_test, an_append_whose_answer_is_lost_is_in_the_log_once) {
  open(1);
  EXPECT_TRUE(append(0, "first"));
  all_[0]->log.faults.answer_lost = 1;
  const outcome got = begin_append(0, "x");
  pass(3s);
  EXPECT_FALSE(*got);
  all_[0]->log.faults.answer_lost = 0;
  pass(1s);
  ASSERT_TRUE(*got && **got);
  EXPECT_EQ((**got)->at.offset, 2u);
  EXPECT_THAT(texts(0), ElementsAre("first", "x"));
}

TEST_F(log_history_test, without_a_log_appends_reads_and_followers_fail_in_time) {
  open(1, {.patience = 5s});
  all_[0]->log.cut = true;
  follow(0);
  const outcome got = begin_append(0, "x");
  EXPECT_EQ(read(0).error(), errc::unavailable);
  pass(7s);
  ASSERT_TRUE(*got);
  EXPECT_EQ((*got)->error(), errc::unavailable);
  EXPECT_THAT(all_[0]->ear.told, ElementsAre("failed not possible now"));
}

TEST_F(log_history_test, what_a_process_has_is_read_without_the_log) {
  open(1);
  EXPECT_TRUE(append(0, "x"));
  all_[0]->log.cut = true;
  EXPECT_THAT(texts(0), ElementsAre("x"));
}

TEST_F(log_history_test, too_much_that_waits_is_refused) {
  open(1, {.queue_max = 2});
  all_[0]->log.cut = true;
  (void)begin_append(0, "1");
  (void)begin_append(0, "2");
  EXPECT_EQ(append(0, "3").error(), errc::unavailable);
}

TEST_F(log_history_test, a_message_longer_than_a_record_is_refused) {
  open(1);
  EXPECT_EQ(append(0, std::string(log_history::record_bytes_max, 'x')).error(),
            errc::message_too_large);
}

TEST_F(log_history_test, who_knows_of_more_than_this_process_has_the_log_asked) {
  open(2, {.look_after = 1h});
  EXPECT_TRUE(append(0, "1"));
  EXPECT_THAT(texts(1), ElementsAre("1"));
  all_[1]->log.cut = true;
  EXPECT_TRUE(append(0, "2"));
  EXPECT_TRUE(append(0, "3"));
  all_[1]->log.cut = false;
  EXPECT_EQ(read(1, 2)->newest.offset, 3u);
}

TEST_F(log_history_test, a_log_made_anew_is_a_new_epoch) {
  open(1, {.look_after = 1s});
  follow(0);
  const auto before = append(0, "x");
  store_.channels.clear();
  store_.id = 78;
  store_.last = 0;
  pass(3s);
  EXPECT_EQ(all_[0]->ear.at.offset, 0u);
  const auto after = append(0, "y");
  EXPECT_EQ(after->at.offset, 1u);
  EXPECT_NE(after->at.epoch, before->at.epoch);
}

TEST_F(log_history_test, a_log_that_lost_its_end_is_a_new_epoch_for_all) {
  open(2, {.look_after = 1s});
  follow(0);
  follow(1);
  const auto before = append(0, "kept");
  EXPECT_TRUE(append(0, "gone"));
  store_.channels["tea"].pop_back();
  pass(5s);
  const auto after = append(1, "y");
  EXPECT_EQ(after->at.offset, 1u);
  EXPECT_NE(after->at.epoch, before->at.epoch);
  EXPECT_EQ(all_[0]->ear.at, after->at);
}

TEST_F(log_history_test, a_channel_that_is_used_keeps_its_epoch_when_all_of_it_is_too_old) {
  store_.age_max_ms = 10'000;
  open(2, {.keep = {.age_max_ms = 10'000, .ids_age_max_ms = 10'000}});
  follow(0);
  const auto before = append(0, "x");
  pass(30s);
  const auto after = append(0, "y");
  EXPECT_EQ(after->at, (position{before->at.epoch, 2}));
  EXPECT_EQ(append(1, "z")->at, (position{before->at.epoch, 3}));
}

TEST_F(log_history_test, records_that_nobody_of_us_wrote_are_left_out) {
  open(2);
  follow(0);
  EXPECT_TRUE(append(0, "x"));
  store_.append("tea", store_.end("tea", 0), bytes_of("\xff\xff garbage"), 0);
  pass(100ms);
  EXPECT_EQ(append(0, "y")->at.offset, 2u);
  EXPECT_THAT(texts(1), ElementsAre("x", "y"));
  EXPECT_EQ(all_[0]->kept->counted().malformed, 1u);
}

TEST_F(log_history_test, a_process_that_begins_behind_garbage_reads_all_of_the_channel) {
  open(2);
  EXPECT_TRUE(append(0, "x"));
  store_.append("tea", store_.end("tea", 0), bytes_of("\xff\xff garbage"), 0);
  EXPECT_THAT(texts(1), ElementsAre("x"));
}

TEST_F(log_history_test, a_process_that_always_writes_leaves_turns_to_others) {
  open(2);
  all_[0]->log.faults.delay_max_ms = all_[1]->log.faults.delay_max_ms = 1;
  std::vector<outcome> first, second;
  for (int round = 0; round < 100; ++round) {
    first.push_back(begin_append(0, "a"));
    second.push_back(begin_append(1, "b"));
    pass(1ms);
  }
  pass(50ms);
  const auto answered = [](const std::vector<outcome>& all) {
    return std::ranges::count_if(all, [](const outcome& each) { return each->has_value(); });
  };
  EXPECT_EQ(answered(first), 100);
  EXPECT_EQ(answered(second), 100);
}

}  // namespace
}  // namespace actornet::rooms
