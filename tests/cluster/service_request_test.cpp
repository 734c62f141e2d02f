// Requests and replies: errors, deadlines, limits.

#include "actornet/log.hpp"
#include "services_support.hpp"

namespace actornet::cluster_test {
namespace {

using ::testing::ElementsAre;

TEST_F(services, a_request_is_answered_by_the_one_that_serves) {
  serve(0);
  const auto got = look();
  ASSERT_TRUE(got) << got.error().message();
  EXPECT_EQ(got->text(), "x");
  EXPECT_EQ(client_->statistics().replies, 1u);
  EXPECT_EQ(hosts_[0]->statistics().replies, 1u);
}

TEST_F(services, instances_share_the_requests) {
  serve(0);
  serve(1);
  for (int i = 0; i < 4; ++i)
    ASSERT_TRUE(look());
  EXPECT_EQ(keepers_[0]->begun.size(), 2u);
  EXPECT_EQ(keepers_[1]->begun.size(), 2u);
}

TEST_F(services, a_request_that_nobody_serves_fails_at_once) {
  const auto before = world_.now();
  EXPECT_EQ(look().error(), errc::unavailable);
  EXPECT_EQ(remove().error(), errc::unavailable);
  EXPECT_EQ(reserve("a").error(), errc::unavailable);
  EXPECT_LT(world_.now() - before, 1s);
  EXPECT_EQ(client_->statistics().unavailable, 3u);
}

TEST_F(services, a_services_own_error_comes_with_its_text) {
  serve(0);
  own_all(0);
  const auto got = reserve("a", 4);
  EXPECT_EQ(got.error(), SOLD_OUT);
  EXPECT_EQ(got.text(), "3 are left");
  EXPECT_EQ(got.error().message(), "shop.v1.InventoryError SOLD_OUT");
  EXPECT_EQ(client_->statistics().own_errors, 1u);
}

TEST_F(services, an_exception_ends_only_its_call) {
  serve(0).throws = true;
  set_log_sink([](log_level, std::string_view) {});
  EXPECT_EQ(look().error(), errc::handler_failed);
  set_log_sink(nullptr);
  keepers_[0]->throws = false;
  EXPECT_TRUE(look());
}

TEST_F(services, the_trace_goes_with_the_request) {
  serve(0);
  const auto got = get<LookReply>([&] {
    return client_->look(LookRequest(), {in(1s), std::uint64_t{77}});
  });
  ASSERT_TRUE(got);
  EXPECT_EQ(got->trace_id(), 77u);
  const call served("Look", 78, in(2s), std::nullopt);
  EXPECT_EQ(cluster::ask_options(in(3s), served).trace_id, 78u);
  EXPECT_EQ(cluster::ask_options(in(3s), served).deadline, served.deadline());
  EXPECT_EQ(cluster::ask_options(in(1s), served).deadline, in(1s));
}

TEST_F(services, work_is_cut_when_its_asker_gives_up) {
  serve(0).pause = 1h;
  EXPECT_EQ(remove(100ms).error(), errc::timed_out);
  ASSERT_TRUE(world_.run_for(1s));
  EXPECT_EQ(keepers_[0]->stopped, errc::timed_out);
  EXPECT_EQ(hosts_[0]->statistics().cut, 1u);
  EXPECT_EQ(hosts_[0]->statistics().in_work, 0u);
}

TEST_F(services, the_earlier_deadline_of_task_and_request_counts) {
  serve(0).pause = 1h;
  const auto bounded = [this]() -> task<> {
    auto asked = client_->delete_(LookRequest(), in(1h));
    const auto got = co_await with_deadline(in(50ms), std::move(asked));
    EXPECT_EQ(got.error(), errc::timed_out);
  };
  run(bounded());
  ASSERT_TRUE(world_.run_for(1s));
  EXPECT_EQ(keepers_[0]->stopped, errc::timed_out);
}

TEST_F(services, a_task_that_is_told_to_stop_waits_for_no_answer) {
  serve(0).pause = 1h;
  answer<LookReply> got = errc::would_block;
  auto asked = start(keep(client_->delete_(LookRequest(), in(1h)), got));
  on(asks, [&] { asked.cancel(); });
  EXPECT_EQ(got.error(), errc::cancelled);
  EXPECT_EQ(client_->statistics().in_work, 0u);
}

TEST_F(services, a_host_refuses_what_is_too_much) {
  serve(0, {.calls_max = 1, .waiting_max = 1}).pause = 1s;
  std::deque<answer<LookReply>> got(3, errc::would_block);
  for (auto& each : got)
    start(keep(client_->delete_(LookRequest(), in(1h)), each));
  EXPECT_EQ(hosts_[0]->statistics().in_work, 1u);
  EXPECT_EQ(hosts_[0]->statistics().waiting, 1u);
  EXPECT_EQ(got[2].error(), errc::overloaded);
  ASSERT_TRUE(world_.run_for(3s));
  EXPECT_TRUE(got[0]);
  EXPECT_TRUE(got[1]);
  EXPECT_EQ(client_->statistics().overloaded, 1u);
}

TEST_F(services, what_waited_too_long_is_not_begun) {
  serve(0, {.calls_max = 1}).pause = 1s;
  std::deque<answer<LookReply>> got(3, errc::would_block);
  start(keep(client_->delete_(LookRequest(), in(1h)), got[0]));
  start(keep(client_->delete_(LookRequest(), in(100ms)), got[1]));
  start(keep(client_->delete_(LookRequest(), in(1h)), got[2]));
  ASSERT_TRUE(world_.run_for(3s));
  EXPECT_EQ(got[1].error(), errc::timed_out);
  EXPECT_TRUE(got[2]);
  EXPECT_EQ(keepers_[0]->begun.size(), 2u);
  EXPECT_EQ(hosts_[0]->statistics().expired, 1u);
}

TEST_F(services, expired_requests_make_room_for_new_ones) {
  serve(0, {.calls_max = 1, .waiting_max = 1}).pause = 1s;
  std::deque<answer<LookReply>> got(3, errc::would_block);
  start(keep(client_->delete_(LookRequest(), in(1h)), got[0]));
  start(keep(client_->delete_(LookRequest(), in(100ms)), got[1]));
  ASSERT_TRUE(world_.run_for(200ms));
  start(keep(client_->delete_(LookRequest(), in(1h)), got[2]));
  ASSERT_TRUE(world_.run_for(3s));
  EXPECT_TRUE(got[2]) << got[2].error().message();
}

TEST_F(services, messages_that_do_not_fit_are_refused_on_their_side) {
  serve(0);
  const auto size = static_cast<std::uint32_t>(cluster::bus::payload_bytes_max);
  EXPECT_EQ(look(10s, size).error(), errc::message_too_large);
  own_all(0);
  EXPECT_EQ(reserve(std::string(size, 's')).error(), errc::message_too_large);
  EXPECT_THAT(keepers_[0]->begun, ElementsAre("look"));
}

TEST_F(services, a_drain_lets_calls_end_and_takes_no_new_ones) {
  serve(0).pause = 1s;
  answer<LookReply> got = errc::would_block;
  start(keep(client_->delete_(LookRequest(), in(1h)), got));
  task_context context(loops_.at(0));
  scope tasks(context);
  on(0, [&] { tasks.spawn(hosts_[0]->drain()); });
  EXPECT_EQ(remove().error(), errc::unavailable);
  ASSERT_TRUE(world_.run_until([&] { return tasks.running() == 0; }));
  ASSERT_TRUE(world_.run_until_idle());
  EXPECT_TRUE(got);
}

TEST_F(services, a_host_that_goes_stops_its_calls) {
  serve(0).pause = 1h;
  answer<LookReply> got = errc::would_block;
  start(keep(client_->delete_(LookRequest(), in(1s)), got));
  on(0, [&] { hosts_[0].reset(); });
  EXPECT_EQ(keepers_[0]->stopped, errc::shutting_down);
  ASSERT_TRUE(world_.run_for(2s));
  EXPECT_EQ(got.error(), errc::timed_out);
}

TEST_F(services, requests_outlive_their_client) {
  serve(0).pause = 1s;
  answer<LookReply> got = errc::would_block;
  start(keep(client_->delete_(LookRequest(), in(1h)), got));
  on(asks, [&] { client_.reset(); });
  ASSERT_TRUE(world_.run_for(2s));
  EXPECT_TRUE(got);
}

}  // namespace
}  // namespace actornet::cluster_test
