#include "chat_order.hpp"

#include <gtest/gtest.h>

#include <initializer_list>

#include "chat_room.hpp"

namespace actornet::load {
namespace {

constexpr std::uint64_t epoch = 9;

// What a member that joined at offset 10 finds in these offsets.
chat_counts found_in(std::initializer_list<std::uint64_t> offsets) {
  chat_counts counts;
  chat_order order;
  order.begin({epoch, 10});
  for (const std::uint64_t offset : offsets)
    order.take({epoch, offset}, counts);
  return counts;
}

void expect_counts(const chat_counts& counts, std::uint64_t lost, std::uint64_t doubled,
                   std::uint64_t reordered) {
  EXPECT_EQ(counts.lost, lost);
  EXPECT_EQ(counts.doubled, doubled);
  EXPECT_EQ(counts.reordered, reordered);
}

TEST(load_chat_order, one_after_the_other_is_in_order) {
  const chat_counts counts = found_in({11, 12, 13});
  expect_counts(counts, 0, 0, 0);
  EXPECT_TRUE(counts.in_order());
}

TEST(load_chat_order, what_is_missing_is_lost_until_it_comes) {
  expect_counts(found_in({11, 14}), 2, 0, 0);
  expect_counts(found_in({11, 14, 12}), 1, 0, 1);
  expect_counts(found_in({11, 14, 12, 13}), 0, 0, 2);
  expect_counts(found_in({12, 11, 13}), 0, 0, 1);
}

TEST(load_chat_order, what_comes_again_is_doubled) {
  expect_counts(found_in({11, 11}), 0, 1, 0);
  expect_counts(found_in({11, 12, 11}), 0, 1, 0);
  expect_counts(found_in({10}), 0, 1, 0);
  expect_counts(found_in({13, 11, 11}), 1, 1, 1);
}

TEST(load_chat_order, beyond_64_messages_a_late_one_counts_as_doubled) {
  expect_counts(found_in({12, 75, 11}), 63, 1, 0);
  expect_counts(found_in({12, 74, 11}), 61, 0, 1);
}

TEST(load_chat_order, a_gap_takes_the_place_of_what_it_covers) {
  chat_counts counts;
  chat_order order;
  order.begin({epoch, 10});
  order.take_gap({epoch, 10}, {epoch, 15}, counts);
  order.take({epoch, 16}, counts);
  EXPECT_TRUE(counts.in_order());
  EXPECT_EQ(counts.gaps, 1u);
  EXPECT_EQ(counts.gap_messages, 5u);
}

TEST(load_chat_order, a_gap_that_does_not_fit_is_found) {
  chat_counts counts;
  chat_order order;
  order.begin({epoch, 10});
  order.take_gap({epoch, 12}, {epoch, 15}, counts);
  expect_counts(counts, 2, 0, 0);
  order.take_gap({epoch, 14}, {epoch, 20}, counts);
  expect_counts(counts, 2, 1, 0);
}

TEST(load_chat_order, a_new_epoch_must_be_told_as_a_gap) {
  chat_counts counts;
  chat_order order;
  order.begin({epoch, 10});
  order.take({epoch + 1, 1}, counts);
  EXPECT_EQ(counts.wrong, 1u);
  order.take_gap({epoch, 10}, {epoch + 1, 0}, counts);
  order.take({epoch + 1, 1}, counts);
  EXPECT_EQ(counts.wrong, 1u);
  expect_counts(counts, 0, 0, 0);
}

TEST(load_chat_order, what_had_not_come_at_the_end_is_lost) {
  chat_counts counts;
  chat_order order;
  order.begin({epoch, 10});
  order.end(10, counts);
  expect_counts(counts, 0, 0, 0);
  order.end(13, counts);
  expect_counts(counts, 3, 0, 0);
}

TEST(load_chat_room, a_message_of_ours_is_outstanding_until_all_readers_have_it) {
  chat_room room(8);
  room.add_reader();
  room.add_reader();
  room.published();
  EXPECT_TRUE(room.acknowledged(1, 77));
  EXPECT_TRUE(room.told(1, 77, true));
  EXPECT_EQ(room.outstanding(), 1u);
  EXPECT_TRUE(room.told(1, 77, true));
  EXPECT_EQ(room.outstanding(), 0u);
  EXPECT_EQ(room.newest(), 1u);
}

TEST(load_chat_room, messages_of_others_are_compared_only) {
  chat_room room(8);
  room.add_reader();
  room.add_reader();
  EXPECT_TRUE(room.told(1, 5, false));
  EXPECT_FALSE(room.told(1, 6, false));
  EXPECT_EQ(room.outstanding(), 0u);
}

TEST(load_chat_room, an_acknowledgement_of_another_place_is_found) {
  chat_room room(8);
  room.add_reader();
  room.published();
  EXPECT_TRUE(room.told(1, 77, true));
  EXPECT_FALSE(room.acknowledged(1, 78));
}

TEST(load_chat_room, readers_that_go_or_are_told_of_a_gap_are_not_waited_for) {
  chat_room room(8);
  room.add_reader();
  room.add_reader();
  room.published();
  room.published();
  EXPECT_TRUE(room.told(1, 77, true));
  EXPECT_TRUE(room.told(2, 78, true));
  room.skipped(0, 1);
  EXPECT_EQ(room.outstanding(), 1u);
  room.remove_reader();
  EXPECT_EQ(room.outstanding(), 0u);
}

TEST(load_chat_room, what_was_given_up_and_comes_all_the_same_counts_once) {
  chat_room room(8);
  room.add_reader();
  room.published();
  room.give_up(1);
  EXPECT_EQ(room.outstanding(), 0u);
  EXPECT_TRUE(room.told(1, 77, true));
  EXPECT_EQ(room.outstanding(), 0u);
}

TEST(load_chat_room, only_the_newest_messages_are_remembered) {
  chat_room room(4);
  room.add_reader();
  for (std::uint64_t offset = 1; offset <= 5; ++offset)
    EXPECT_TRUE(room.told(offset, offset, false));
  EXPECT_TRUE(room.told(1, 99, false)) << "forgotten";
  EXPECT_FALSE(room.told(5, 99, false));
  room.skipped(0, 1'000'000'000);
  EXPECT_EQ(room.newest(), 1'000'000'000u);
}

}  // namespace
}  // namespace actornet::load
