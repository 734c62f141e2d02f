// Histories of several processes that share a log: what one of them alone cannot show.

#include <gmock/gmock.h>

#include <set>

#include "fake_log.hpp"
#include "rooms_support.hpp"

namespace actornet::rooms {
namespace {

using ::testing::ElementsAre;

/// Follows a channel: where it started, and what came.
class listener final : public live_sink {
 public:
  void on_start(const position& newest) override {
    at = newest;
    told.push_back("start " + std::to_string(newest.offset));
  }
  void on_message(const message_ref& next) override {
    EXPECT_EQ(next->at(), (position{at.epoch, at.offset + 1}));
    at = next->at();
    told.push_back(text_of(next->body()));
  }
  void on_failed(std::error_code reason) override { told.push_back("failed " + reason.message()); }

  position at;
  lines told;
  cluster::subscription following;
};

class log_history_test : public ::testing::Test {
 protected:
  struct process {
    process(net::loop& home, log_store& store, const log_history_options& options)
        : log(home, store), kept(std::make_unique<log_history>(log, options)) {}
    fake_log log;
    std::unique_ptr<log_history> kept;
    listener ear;
  };

  explicit log_history_test(std::uint64_t seed = 1) : world_(seed, cluster_test::calm()) {}
  ~log_history_test() override {
    for (std::size_t i = 0; i < all_.size(); ++i)
      stop(i);
    EXPECT_TRUE(world_.run_until_idle());
  }

  void open(std::size_t processes, log_history_options options = {}) {
    while (all_.size() < processes)
      all_.push_back(std::make_unique<process>(loops_.at(all_.size()), store_, options));
  }
  void restart(std::size_t which, log_history_options options = {}) {
    stop(which);
    all_[which] = std::make_unique<process>(loops_.at(which), store_, options);
  }
  void stop(std::size_t which) {
    EXPECT_TRUE(world_.run_on(loops_.at(which), [&] { all_[which]->ear.following.end(); }));
    EXPECT_TRUE(world_.run_until_idle());
    all_[which]->kept.reset();
  }

  void pass(net::duration length) { EXPECT_TRUE(world_.run_for(length)) << world_; }

  void follow(std::size_t which) {
    process& at = *all_[which];
    EXPECT_TRUE(
        world_.run_on(loops_.at(which), [&] { at.ear.following = at.kept->live("tea", at.ear); }));
    pass(500ms);
  }

  using outcome = std::shared_ptr<std::optional<result<appended>>>;

  outcome begin_append(std::size_t which, std::string text, std::string id = "") {
    const auto got = std::make_shared<std::optional<result<appended>>>();
    EXPECT_TRUE(world_.run_on(loops_.at(which), [&] {
      auto told = [got](result<appended> answer) { *got = std::move(answer); };
      all_[which]->kept->append("tea", {"ann", id, bytes_of(text)}, std::move(told)).detach();
    }));
    return got;
  }

  result<appended> append(std::size_t which, std::string text, std::string id = "") {
    const outcome got = begin_append(which, std::move(text), std::move(id));
    pass(500ms);
    return *got ? **got : result<appended>(errc::timed_out);
  }

  result<history_page> read(std::size_t which, std::uint64_t after = 0) {
    std::optional<result<history_page>> got;
    EXPECT_TRUE(world_.run_on(loops_.at(which), [&] {
      auto told = [&got](result<history_page> answer) { got = std::move(answer); };
      all_[which]->kept->read_after("tea", after, 1000, std::move(told)).detach();
    }));
    EXPECT_TRUE(world_.run_until([&] { return got.has_value(); }, loops_.at(0).now() + 60s));
    return got ? *got : result<history_page>(errc::timed_out);
  }
  lines texts(std::size_t which) {
    lines all;
    if (const auto page = read(which))
      for (const auto& each : page->messages)
        all.push_back(text_of(each->body()));
    return all;
  }

  sim::world world_;
  net::multiplexer loops_{3, world_.backends()};
  log_store store_;
  std::vector<std::unique_ptr<process>> all_;
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

// -- any order of faults --------------------------------------------------------------------------

class log_history_seeds : public log_history_test, public ::testing::WithParamInterface<int> {
 protected:
  log_history_seeds() : log_history_test(static_cast<std::uint64_t>(GetParam())) {}

  void faulty(log_faults faults) {
    for (const auto& each : all_)
      each->log.faults = faults;
  }
};

TEST_P(log_history_seeds, what_is_acknowledged_is_there_once_at_its_place_for_everybody) {
  open(3, {.patience = 3s, .look_after = 1s});
  for (std::size_t i = 0; i < 3; ++i)
    follow(i);
  faulty({.record_lost = 4, .answer_lost = 8, .read_stale = 4, .delay_max_ms = 20});
  struct said {
    std::string text;
    outcome got;
  };
  std::vector<said> all;
  for (int round = 0; round < 60; ++round) {
    const std::string text = std::to_string(round);
    const std::size_t where = loops_.at(0).random() % 3;
    all.push_back({text, begin_append(where, text, text)});
    if (round % 7 == 0)
      all.push_back({text, begin_append((where + 1) % 3, text, text)});
    pass(std::chrono::milliseconds(loops_.at(0).random() % 40));
    if (round == 30)
      restart(2, {.patience = 3s, .look_after = 1s});
  }
  pass(5s);
  faulty({});
  pass(5s);
  const auto page = read(0);
  ASSERT_TRUE(page);
  std::set<std::string> once;
  for (const auto& each : page->messages)
    EXPECT_TRUE(once.insert(text_of(each->body())).second) << "twice: " << text_of(each->body());
  for (const auto& each : all) {
    if (!*each.got || !**each.got)
      continue;  // not acknowledged: either is right
    const std::uint64_t offset = (**each.got)->at.offset;
    ASSERT_LE(offset, page->messages.size());
    EXPECT_EQ(text_of(page->messages[offset - 1]->body()), each.text);
  }
  for (std::size_t i = 0; i < 3; ++i)
    EXPECT_EQ(texts(i), texts(0));
  for (std::size_t i = 0; i < 2; ++i)
    EXPECT_EQ(all_[i]->ear.at, page->newest);
}

INSTANTIATE_TEST_SUITE_P(all, log_history_seeds, ::testing::Range(1, 41));

}  // namespace
}  // namespace actornet::rooms
