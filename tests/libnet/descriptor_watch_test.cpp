// Foreign descriptors in a loop's poller.

#include "actornet/net/descriptor_watch.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

#include "actornet/sim/world.hpp"
#include "libnet/real_loop.hpp"

namespace actornet::net {
namespace {

class descriptor_watch_test : public testing::TestWithParam<poller>, public descriptor_listener {
 protected:
  descriptor_watch_test() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()), 0);
    foreign_ = ends[0];
    peer_ = ends[1];
    auto copy = descriptor::copy_of(foreign_);
    EXPECT_TRUE(copy);
    auto made = here.on.driver().watch_descriptor(*std::move(copy), *this);
    EXPECT_TRUE(made);
    watch = *std::move(made);
  }
  ~descriptor_watch_test() override {
    watch.reset();
    close_end(foreign_);
    close_end(peer_);
    for (int i = 0; i < 10; ++i)
      here.on.turn(false);
  }

  void on_ready(bool readable, bool writable) override {
    reads += readable;
    writes += writable;
    if (drop_when_told)
      watch.reset();
  }

  static void close_end(int& end) {
    if (end >= 0)
      ::close(std::exchange(end, -1));
  }

  void send(int end) { EXPECT_EQ(::write(end, "x", 1), 1); }
  void take(int end) {
    char byte = 0;
    EXPECT_EQ(::read(end, &byte, 1), 1);
  }
  void turn(int times = 100) {
    for (int i = 0; i < times; ++i)
      here.on.turn(false);
  }

  real_loop here{GetParam()};
  int foreign_ = -1;
  int peer_ = -1;
  std::unique_ptr<descriptor_watch> watch;
  int reads = 0;
  int writes = 0;
  bool drop_when_told = false;
};

TEST_P(descriptor_watch_test, nothing_is_told_unless_it_is_wanted) {
  send(peer_);
  turn();
  EXPECT_EQ(reads + writes, 0);
}

TEST_P(descriptor_watch_test, bytes_are_told_as_long_as_they_are_there) {
  ASSERT_TRUE(watch->want(true, false));
  turn();
  EXPECT_EQ(reads, 0);
  send(peer_);
  ASSERT_TRUE(here.turn_until([&] { return reads >= 3; }));
  EXPECT_EQ(writes, 0);
  take(foreign_);
  turn(2);  // what was seen before is told still
  reads = 0;
  turn();
  EXPECT_EQ(reads, 0);
}

TEST_P(descriptor_watch_test, room_to_write_is_told_when_it_is_wanted) {
  ASSERT_TRUE(watch->want(true, true));
  ASSERT_TRUE(here.turn_until([&] { return writes >= 3; }));
  EXPECT_EQ(reads, 0);
  ASSERT_TRUE(watch->want(true, false));
  writes = 0;
  turn();
  EXPECT_EQ(writes, 0);
}

TEST_P(descriptor_watch_test, the_end_of_the_other_side_is_told_as_readable) {
  ASSERT_TRUE(watch->want(true, false));
  close_end(peer_);
  EXPECT_TRUE(here.turn_until([&] { return reads > 0; }));
}

TEST_P(descriptor_watch_test, an_end_costs_nothing_while_nothing_is_wanted) {
  ASSERT_TRUE(watch->want(true, false));
  ASSERT_TRUE(watch->want(false, false));
  close_end(peer_);
  turn();
  EXPECT_EQ(reads + writes, 0);
}

TEST_P(descriptor_watch_test, the_foreign_descriptor_may_be_closed_first) {
  ASSERT_TRUE(watch->want(true, false));
  close_end(foreign_);
  send(peer_);
  EXPECT_TRUE(here.turn_until([&] { return reads > 0; }));
}

TEST_P(descriptor_watch_test, it_may_be_destroyed_when_it_tells) {
  ASSERT_TRUE(watch->want(true, true));
  drop_when_told = true;
  send(peer_);
  ASSERT_TRUE(here.turn_until([&] { return reads + writes > 0; }));
  reads = writes = 0;
  turn();
  EXPECT_EQ(reads + writes, 0);
}

TEST_P(descriptor_watch_test, nothing_is_told_after_its_end) {
  ASSERT_TRUE(watch->want(true, true));
  send(peer_);
  here.on.turn(false);
  reads = writes = 0;
  watch.reset();
  turn();
  EXPECT_EQ(reads + writes, 0);
}

TEST_P(descriptor_watch_test, it_wakes_a_loop_that_sleeps) {
  ASSERT_TRUE(watch->want(true, false));
  send(peer_);
  for (int i = 0; i < 100 && reads == 0; ++i)
    here.on.turn(true);
  EXPECT_GT(reads, 0);
}

INSTANTIATE_TEST_SUITE_P(pollers, descriptor_watch_test,
                         testing::Values(poller::native, poller::portable), poller_name);

TEST(descriptor_copy, of_what_is_closed_there_is_none) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  ::close(ends[0]);
  ::close(ends[1]);
  EXPECT_EQ(descriptor::copy_of(ends[0]).error(), errc::network_failure);
}

TEST(descriptor_copy, a_simulated_loop_cannot_watch_it) {
  class : public descriptor_listener {
    void on_ready(bool, bool) override {}
  } nobody;
  sim::world world(1);
  loop home(world.make_backend());
  EXPECT_EQ(home.driver().watch_descriptor({}, nobody).error(), errc::unavailable);
}

}  // namespace
}  // namespace actornet::net
