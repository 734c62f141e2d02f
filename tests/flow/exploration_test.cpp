// Small programs on the real channels and selects, under all their schedules.

#include "flow/exploration.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <set>

namespace actornet {
namespace {

using steps = std::vector<step>;

/// All sequences of @p length steps of @p alphabet.
std::vector<steps> sequences(const steps& alphabet, std::size_t length) {
  std::vector<steps> all{{}};
  for (std::size_t i = 0; i < length; ++i) {
    std::vector<steps> longer;
    for (const steps& each : all) {
      for (const step next : alphabet) {
        longer.push_back(each);
        longer.back().push_back(next);
      }
    }
    all = std::move(longer);
  }
  return all;
}

/// Explores programs and says how many there were, and schedules of them.
class explorer {
 public:
  explicit explorer(schedule how) : all_(how) {}
  ~explorer() {
    std::cout << programs_ << " programs, " << all_.schedules() << " schedules\n";
    ::testing::Test::RecordProperty("schedules", static_cast<int>(all_.schedules()));
  }
  explorer(const explorer&) = delete;
  explorer& operator=(const explorer&) = delete;

  /// False when something is wrong.
  bool run(std::vector<steps> tasks, std::size_t at_a, std::size_t at_b = 0) {
    ++programs_;
    const std::string wrong = all_.run_all({std::move(tasks), {at_a, at_b}});
    EXPECT_EQ(wrong, "");
    return wrong.empty();
  }

  /// All sets of @p task_count tasks with sequences of @p each.
  bool run_sets(const std::vector<steps>& each, std::size_t task_count, std::size_t at_a,
                std::size_t at_b = 0) {
    return extend({}, each, 0, task_count, at_a, at_b);
  }

  std::size_t schedules() const noexcept { return all_.schedules(); }

 private:
  bool extend(std::vector<steps> tasks, const std::vector<steps>& each, std::size_t from,
              std::size_t left, std::size_t at_a, std::size_t at_b) {
    if (left == 0)
      return run(std::move(tasks), at_a, at_b);
    for (std::size_t i = from; i < each.size(); ++i) {
      auto more = tasks;
      more.push_back(each[i]);
      if (!extend(std::move(more), each, i, left - 1, at_a, at_b))
        return false;
    }
    return true;
  }

  exploration all_;
  std::size_t programs_ = 0;
};

const steps of_one_channel{step::send_a, step::receive_a, step::select_send_or_receive_a,
                           step::close_a};

const steps of_two_channels{step::send_a,
                            step::receive_a,
                            step::select_send_or_receive_a,
                            step::close_a,
                            step::send_b,
                            step::receive_b,
                            step::select_receive_both,
                            step::select_send_both,
                            step::select_send_a_receive_b,
                            step::select_receive_a_send_b,
                            step::cancel_next};

// -- the exploration itself -----------------------------------------------------------------------

TEST(exploration, tries_every_combination_of_choices_once) {
  choice_tree choices;
  std::set<std::size_t> seen;
  std::size_t runs = 0;
  do {
    ++runs;
    const std::size_t first = choices.choose(3);
    std::size_t all = first;
    for (std::size_t i = 0; i <= first; ++i)
      all = all * 10 + choices.choose(2);
    seen.insert(all);
  } while (choices.next());
  EXPECT_EQ(runs, 2u + 4u + 8u);
  EXPECT_EQ(seen.size(), runs);
}

TEST(exploration, covers_every_order_in_which_ready_entries_can_run) {
  choice_tree choices;
  net::loop loop(std::make_unique<exploring_backend>(choices));
  static std::string order;
  std::set<std::string> seen;
  do {
    order.clear();
    loop.post({[](void* on) {
                 auto& here = *static_cast<net::loop*>(on);
                 order += 'a';
                 here.enqueue({[](void*) { order += 'b'; }, nullptr});
                 here.enqueue_next({[](void*) { order += 'c'; }, nullptr});
               },
               &loop});
    loop.post({[](void*) { order += 'd'; }, nullptr});
    while (loop.has_work())
      loop.turn(false);
    seen.insert(order);
  } while (choices.next());
  std::set<std::string> expected;
  std::string any = "abcd";
  do {
    if (any.find('a') < any.find('b') && any.find('a') < any.find('c'))
      expected.insert(any);
  } while (std::ranges::next_permutation(any).found);
  EXPECT_EQ(seen, expected) << "what is handed over may also wait";
}

// -- programs -------------------------------------------------------------------------------------

TEST(all_schedules, of_three_tasks_with_one_step_each) {
  steps any = of_two_channels;
  any.push_back(step::try_send_a);
  any.push_back(step::try_receive_a);
  for (const schedule how : {schedule::queue, schedule::loops}) {
    explorer explored(how);
    for (const auto& [a, b] : {std::pair{0, 0}, {1, 0}, {2, 1}})
      if (!explored.run_sets(sequences(any, 1), 3, std::size_t(a), std::size_t(b)))
        return;
  }
}

TEST(all_schedules, of_three_tasks_with_one_step_each_that_give_way) {
  explorer(schedule::credit).run_sets(sequences(of_two_channels, 1), 3, 0, 1);
}

TEST(all_schedules, of_three_tasks_of_which_some_come_in_between_the_looks_of_a_select) {
  const steps between{step::send_a,
                      step::receive_a,
                      step::close_a,
                      step::select_receive_both,
                      step::select_send_both,
                      step::select_send_a_receive_b,
                      step::select_receive_a_send_b};
  explorer(schedule::windows).run_sets(sequences(between, 1), 3, 0, 0);
}

TEST(all_schedules, of_two_tasks_with_two_steps_each) {
  explorer(schedule::loops).run_sets(sequences(of_two_channels, 2), 2, 0, 1);
}

TEST(all_schedules, of_two_tasks_with_three_steps_each_at_one_channel) {
  if (explorer(schedule::queue).run_sets(sequences(of_one_channel, 3), 2, 0))
    explorer(schedule::loops).run_sets(sequences(of_one_channel, 3), 2, 1);
}

TEST(all_schedules, of_three_tasks_with_two_steps_each_at_one_channel) {
  using enum step;
  if (explorer(schedule::queue).run_sets(sequences({send_a, receive_a, close_a}, 2), 3, 0))
    explorer(schedule::loops)
        .run_sets(sequences({send_a, receive_a, select_send_or_receive_a}, 2), 3, 1);
}

TEST(all_schedules, of_three_tasks_with_three_steps_each) {
  using enum step;
  const std::vector<std::vector<steps>> chosen{
      // Senders and receivers of one channel.
      {{send_a, send_a, close_a}, {receive_a, receive_a, receive_a}, {send_a, send_a, send_a}},
      {{send_a, send_a, send_a}, {receive_a, receive_a, receive_a}, {send_a, receive_a, close_a}},
      {{try_send_a, send_a, cancel_next},
       {receive_a, try_receive_a, receive_a},
       {send_a, cancel_next, receive_a}},
      // Selects against plain operations, on both sides.
      {{select_receive_both, select_receive_both, select_receive_both},
       {send_a, send_b, send_a},
       {send_b, send_a, close_a}},
      {{select_send_both, select_send_both, close_b}, {receive_a, receive_b}, {receive_b, send_a}},
      // Selects against selects.
      {{select_send_both, select_send_both, cancel_next},
       {select_receive_both, select_receive_both},
       {close_a}},
      {{select_send_a_receive_b, close_a}, {select_receive_a_send_b, receive_b}, {send_b}},
  };
  for (const schedule how : {schedule::queue, schedule::loops}) {
    explorer explored(how);
    for (const auto& tasks : chosen)
      for (const auto& [a, b] : {std::pair{0, 0}, {1, 2}})
        if (!explored.run(tasks, std::size_t(a), std::size_t(b)))
          return;
    EXPECT_GT(explored.schedules(), 10'000u);
  }
}

}  // namespace
}  // namespace actornet
