#include "sim/pipe.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace actornet::sim {
namespace {

void write(pipe& to, std::string_view bytes) {
  to.write(std::as_bytes(std::span(bytes)));
}

std::string read(pipe& from, std::size_t most = 1000) {
  std::string bytes(most, '\0');
  bytes.resize(from.read(std::as_writable_bytes(std::span(bytes))));
  return bytes;
}

net::time_point at(int milliseconds) {
  return net::time_point(std::chrono::milliseconds(milliseconds));
}

TEST(pipe, bytes_wait_fly_and_land_before_they_are_read) {
  pipe one(100, 100);
  write(one, "abc");
  EXPECT_EQ(one.readable(), 0u);
  one.launch(one.launchable(), at(5));
  EXPECT_EQ(one.readable(), 0u);
  EXPECT_EQ(one.next_landing(), at(5));
  EXPECT_EQ(one.land().bytes, 3u);
  EXPECT_EQ(read(one, 2), "ab");
  EXPECT_EQ(read(one), "c");
  EXPECT_EQ(read(one), "");
}

TEST(pipe, a_later_parcel_never_lands_before_an_earlier_one) {
  pipe one(100, 100);
  write(one, "abcd");
  one.launch(2, at(9));
  one.launch(2, at(3));
  one.land();
  EXPECT_EQ(one.next_landing(), at(9));
  one.land();
  EXPECT_EQ(read(one), "abcd");
}

TEST(pipe, the_send_buffer_holds_bytes_until_they_landed) {
  pipe one(4, 100);
  write(one, "abcd");
  EXPECT_EQ(one.room(), 0u);
  one.launch(3, at(1));
  EXPECT_EQ(one.room(), 0u);
  EXPECT_FALSE(one.writable());
  one.land();
  EXPECT_EQ(one.room(), 3u);
  EXPECT_TRUE(one.writable());
}

TEST(pipe, no_more_is_launched_than_the_receive_buffer_takes) {
  pipe one(100, 4);
  write(one, "abcdefgh");
  EXPECT_EQ(one.launchable(), 4u);
  one.launch(4, at(1));
  EXPECT_EQ(one.launchable(), 0u);
  one.land();
  EXPECT_EQ(one.launchable(), 0u);
  EXPECT_EQ(read(one, 3), "abc");
  EXPECT_EQ(one.launchable(), 3u);
}

TEST(pipe, an_end_follows_all_bytes) {
  pipe one(100, 2);
  write(one, "abc");
  one.end();
  EXPECT_EQ(one.room(), 0u);
  one.launch(2, at(1));
  EXPECT_FALSE(one.end_launchable());
  one.land();
  read(one);
  one.launch(1, at(2));
  ASSERT_TRUE(one.end_launchable());
  one.launch_end(at(2));
  one.land();
  EXPECT_EQ(one.land().what, pipe::cargo::end);
  EXPECT_FALSE(one.at_end());  // a byte is unread
  EXPECT_EQ(read(one), "c");
  EXPECT_TRUE(one.at_end());
}

TEST(pipe, an_end_that_is_asked_for_twice_still_comes) {
  pipe one(100, 100);
  one.end();
  one.end();
  ASSERT_TRUE(one.end_launchable());
  one.launch_end(at(1));
  one.end();
  EXPECT_FALSE(one.end_launchable()) << "it came already";
}

TEST(pipe, a_reset_discards_what_waits) {
  pipe one(100, 2);
  write(one, "abcd");
  one.launch(2, at(1));
  one.launch_reset(at(1), false);
  EXPECT_EQ(one.land().bytes, 2u);
  EXPECT_EQ(one.land().what, pipe::cargo::reset);
  EXPECT_TRUE(one.wire_empty());
  EXPECT_EQ(read(one), "ab");
}

TEST(pipe, a_reset_that_overtakes_discards_what_flies) {
  pipe one(100, 100);
  write(one, "ab");
  one.launch(2, at(1));
  one.land();
  write(one, "cdef");
  one.launch(2, at(5));
  one.launch_reset(at(2), true);
  EXPECT_EQ(one.next_landing(), at(2));
  EXPECT_EQ(one.land().what, pipe::cargo::reset);
  EXPECT_EQ(read(one), "ab");
}

}  // namespace
}  // namespace actornet::sim
