// What every history promises; each implementation is run through all of it. One more joins with a
// maker of its own in `INSTANTIATE_TEST_SUITE_P`.

#include <gmock/gmock.h>

#include "actornet/history_sqlite/sqlite_history.hpp"
#include "rooms_support.hpp"
#include "temporary_folder.hpp"

namespace actornet::rooms {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Makes a history that keeps so much, as if a process had started.
struct maker {
  const char* name;
  std::unique_ptr<history> (*make)(const temporary_folder&, net::multiplexer&, net::blocking_pool&,
                                   retention, std::size_t channels_max);
};

std::unique_ptr<history> in_memory(const temporary_folder&, net::multiplexer&, net::blocking_pool&,
                                   retention keep, std::size_t channels_max) {
  return std::make_unique<memory_history>(5, memory_history_options{keep, channels_max});
}

std::unique_ptr<history> in_a_file(const temporary_folder& folder, net::multiplexer& loops,
                                   net::blocking_pool& pool, retention keep,
                                   std::size_t channels_max) {
  return std::make_unique<sqlite_history>(
      folder.path() / "history.db", 5, loops.at(1), pool,
      sqlite_history_options{.keep = keep, .channels_max = channels_max});
}

/// Writes down what it is told of a channel.
class log_sink final : public live_sink {
 public:
  void on_start(const position& newest) override { told.push_back("start " + text_of(newest)); }
  void on_message(const message_ref& next) override {
    told.push_back(text_of(next->at()) + ' ' + text_of(next->body()));
  }
  void on_failed(std::error_code reason) override { told.push_back("failed " + reason.message()); }

  lines told;
  cluster::subscription following;
};

class history_contract : public ::testing::TestWithParam<maker> {
 protected:
  ~history_contract() override {
    EXPECT_TRUE(world_.run_until_idle());
    kept_.reset();
    EXPECT_TRUE(world_.run_until_idle());
  }

  void open(retention keep = {}, std::size_t channels_max = 100) {
    kept_ = GetParam().make(folder_, loops_, pool_, keep, channels_max);
  }

  template <class Work>
  void on(std::size_t loop, Work work) {
    ASSERT_TRUE(world_.run_on(loops_.at(loop), work)) << world_;
    ASSERT_TRUE(world_.run_until_idle()) << world_;
  }

  result<appended> append(std::string_view channel, std::string_view text, std::string id = "",
                          std::string user = "ann", std::size_t loop = 0) {
    result<appended> outcome = errc::timed_out;
    on(loop, [&] {
      auto told = [&outcome](result<appended> got) { outcome = std::move(got); };
      kept_->append(channel, {std::move(user), std::move(id), bytes_of(text)}, told).detach();
      EXPECT_EQ(outcome.error(), errc::timed_out) << "told inside the call";
    });
    return outcome;
  }

  history_page read_after(std::string_view channel, std::uint64_t after, std::size_t count = 99) {
    result<history_page> outcome = errc::timed_out;
    on(0, [&] {
      auto told = [&outcome](result<history_page> got) { outcome = std::move(got); };
      kept_->read_after(channel, after, count, told).detach();
    });
    EXPECT_TRUE(outcome);
    return outcome ? *outcome : history_page();
  }

  history_page read_before(std::string_view channel, std::uint64_t before, std::size_t count) {
    result<history_page> outcome = errc::timed_out;
    on(0, [&] {
      auto told = [&outcome](result<history_page> got) { outcome = std::move(got); };
      kept_->read_before(channel, before, count, told).detach();
    });
    EXPECT_TRUE(outcome);
    return outcome ? *outcome : history_page();
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

  sim::world world_{1, cluster_test::calm()};
  net::multiplexer loops_{2, world_.backends()};
  net::blocking_pool pool_{0};
  const temporary_folder folder_;
  std::unique_ptr<history> kept_;
};

TEST_P(history_contract, offsets_of_each_channel_count_from_1) {
  open();
  EXPECT_EQ(append("tea", "a")->at, (position{5, 1}));
  EXPECT_EQ(append("tea", "b", "", "bob", 1)->at, (position{5, 2}));
  EXPECT_EQ(append("coffee", "c")->at, (position{5, 1}));
}

TEST_P(history_contract, what_was_appended_is_read_as_it_was) {
  open();
  EXPECT_TRUE(world_.run_for(1500ms));
  EXPECT_TRUE(append("tea", std::string_view("a\0b", 3), "id", "zoë"));
  const history_page page = read_after("tea", 0);
  ASSERT_EQ(page.messages.size(), 1u);
  const message& only = *page.messages[0];
  EXPECT_EQ(only.at(), (position{5, 1}));
  EXPECT_EQ(only.user(), "zoë");
  EXPECT_EQ(only.id(), "id");
  EXPECT_EQ(text_of(only.body()), std::string_view("a\0b", 3));
  EXPECT_GT(only.time_ms(), 0);
  EXPECT_EQ(page.newest, (position{5, 1}));
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

TEST_P(history_contract, keeps_for_so_long) {
  open({.age_max_ms = 10'000});
  append_numbers(2);
  EXPECT_TRUE(world_.run_for(6s));
  EXPECT_TRUE(append("tea", "3"));
  EXPECT_TRUE(world_.run_for(6s));
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

TEST_P(history_contract, retries_are_noticed_for_so_long) {
  open({.ids_age_max_ms = 10'000});
  EXPECT_TRUE(append("tea", "a", "1"));
  EXPECT_TRUE(world_.run_for(9s));
  EXPECT_TRUE(append("tea", "a", "1")->again);
  EXPECT_TRUE(world_.run_for(2s));
  EXPECT_EQ(append("tea", "a", "1")->at.offset, 2u);
}

TEST_P(history_contract, appends_of_one_loop_keep_their_order) {
  open();
  std::vector<std::uint64_t> offsets;
  on(0, [&] {
    for (int i = 0; i < 600; ++i) {
      auto told = [&offsets](const result<appended>& got) { offsets.push_back(got->at.offset); };
      kept_->append("tea", {"ann", "", bytes_of("x")}, told).detach();
    }
  });
  ASSERT_EQ(offsets.size(), 600u);
  for (std::size_t i = 0; i < offsets.size(); ++i)
    EXPECT_EQ(offsets[i], i + 1);
}

TEST_P(history_contract, a_follower_is_told_where_it_starts_and_then_everything) {
  open();
  log_sink sink;
  append_numbers(1);
  on(1, [&] { sink.following = kept_->live("tea", sink); });
  append_numbers(2);
  EXPECT_TRUE(append("coffee", "x"));
  EXPECT_THAT(sink.told, ElementsAre("start 5:1", "5:2 1", "5:3 2"));
  on(1, [&] { sink.following.end(); });
  append_numbers(1);
  EXPECT_EQ(sink.told.size(), 3u);
}

TEST_P(history_contract, a_follower_is_not_told_of_retries) {
  open();
  log_sink sink;
  on(0, [&] { sink.following = kept_->live("tea", sink); });
  EXPECT_TRUE(append("tea", "a", "1"));
  EXPECT_TRUE(append("tea", "a", "1"));
  EXPECT_THAT(sink.told, ElementsAre("start 5:0", "5:1 a"));
  on(0, [&] { sink.following.end(); });
}

TEST_P(history_contract, a_subscription_may_end_before_it_began) {
  open();
  log_sink sink;
  on(0, [&] { kept_->live("tea", sink).end(); });
  append_numbers(1);
  EXPECT_THAT(sink.told, IsEmpty());
}

TEST_P(history_contract, one_channel_too_many_is_refused) {
  open({}, 2);
  log_sink sink;
  EXPECT_TRUE(append("a", "x"));
  EXPECT_TRUE(append("b", "x"));
  EXPECT_EQ(append("c", "x").error(), errc::channels_exhausted);
  on(0, [&] { sink.following = kept_->live("c", sink); });
  EXPECT_THAT(sink.told, ElementsAre("failed limit on channels reached"));
  on(0, [&] { sink.following.end(); });
}

TEST_P(history_contract, a_channel_whose_messages_are_all_too_old_makes_room_and_has_a_new_epoch) {
  open({.age_max_ms = 10'000, .ids_age_max_ms = 10'000}, 2);
  EXPECT_TRUE(append("a", "x"));
  EXPECT_TRUE(append("b", "x"));
  EXPECT_TRUE(world_.run_for(70s));
  EXPECT_TRUE(append("b", "x"));
  EXPECT_TRUE(append("c", "x"));
  EXPECT_TRUE(world_.run_for(70s));
  const auto anew = append("a", "x");
  ASSERT_TRUE(anew) << anew.error();
  EXPECT_EQ(anew->at.offset, 1u);
  EXPECT_GT(anew->at.epoch, 5u);
}

TEST_P(history_contract, answers_that_nobody_wants_are_not_given) {
  open();
  on(0, [&] {
    auto told = [](const result<appended>&) { FAIL(); };
    cluster::operation asked = kept_->append("tea", {"ann", "", bytes_of("x")}, told);
  });
  EXPECT_EQ(read_after("tea", 0).messages.size(), 1u) << "what was asked for happens";
}

INSTANTIATE_TEST_SUITE_P(all, history_contract,
                         ::testing::Values(maker{"memory", in_memory}, maker{"file", in_a_file}),
                         [](const auto& one) { return one.param.name; });

}  // namespace
}  // namespace actornet::rooms
