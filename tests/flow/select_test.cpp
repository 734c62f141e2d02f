#include "actornet/flow/select.hpp"

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "actornet/flow/channel.hpp"
#include "actornet/flow/time.hpp"
#include "flow/flow_test.hpp"

namespace actornet {
namespace {

using select_test = flow_test;

// -- what is ready --------------------------------------------------------------------------------

TEST_F(select_test, takes_the_alternative_that_is_ready) {
  channel<int> numbers(1);
  channel<std::string> texts(1);
  EXPECT_TRUE(texts.try_send("ready"));
  run([&]() -> task<> {
    auto chosen = co_await select(numbers.receive(), texts.receive());
    EXPECT_EQ(chosen.index(), 1u);
    EXPECT_EQ(chosen.get<0>(), nullptr);
    EXPECT_EQ(*chosen.get<1>(), "ready");
    EXPECT_FALSE(chosen.error());
  });
}

TEST_F(select_test, waits_for_the_first_of_its_receives) {
  channel<int> first, second;
  const auto selecting = start([&]() -> task<int> {
    auto chosen = co_await select(first.receive(), second.receive());
    co_return chosen.get<1>() ? *chosen.get<1>() : 0;
  });
  EXPECT_FALSE(selecting->ended());
  on_loop([&] { EXPECT_TRUE(second.try_send(7)); });
  EXPECT_EQ(selecting->take(), 7);
  EXPECT_EQ(first.try_send(8).error(), errc::would_block) << "it waits there no more";
}

TEST_F(select_test, waits_for_the_first_of_its_sends) {
  channel<int> first, second;
  const auto selecting = start([&]() -> task<std::size_t> {
    auto chosen = co_await select(first.send(1), second.send(2));
    EXPECT_NE(chosen.get<1>(), nullptr) << "sent: nothing to give, no error";
    co_return chosen.index();
  });
  EXPECT_FALSE(selecting->ended());
  on_loop([&] { EXPECT_EQ(*second.try_receive(), 2); });
  EXPECT_EQ(selecting->take(), 1u);
  EXPECT_EQ(first.try_receive().error(), errc::would_block) << "it waits there no more";
}

TEST_F(select_test, two_selects_meet_at_a_rendezvous) {
  channel<int> there, back;
  const auto left = start([&]() -> task<std::size_t> {
    co_return (co_await select(there.send(1), back.receive())).index();
  });
  const auto right = start([&]() -> task<std::size_t> {
    co_return (co_await select(back.send(2), there.receive())).index();
  });
  ASSERT_TRUE(left->ended());
  ASSERT_TRUE(right->ended());
  EXPECT_EQ(left->take() + right->take(), 1u) << "one sends what the other receives";
}

TEST_F(select_test, of_both_ends_of_one_channel_does_not_meet_itself) {
  channel<int> ch;
  const auto selecting = start([&]() -> task<std::size_t> {
    co_return (co_await select(ch.send(1), ch.receive())).index();
  });
  EXPECT_FALSE(selecting->ended());
  on_loop([&] { EXPECT_EQ(*ch.try_receive(), 1); });
  EXPECT_EQ(selecting->take(), 0u);
}

TEST_F(select_test, may_name_a_channel_twice) {
  channel<int> ch;
  const auto selecting = start([&]() -> task<int> {
    auto chosen = co_await select(ch.receive(), ch.receive());
    co_return chosen.index() == 0 ? *chosen.get<0>() : *chosen.get<1>();
  });
  on_loop([&] {
    EXPECT_TRUE(ch.try_send(7));
    EXPECT_EQ(ch.try_send(8).error(), errc::would_block);
  });
  EXPECT_EQ(selecting->take(), 7);
}

TEST_F(select_test, a_closed_channel_is_ready_and_its_error_is_told) {
  channel<int> closed, quiet;
  closed.close();
  run([&]() -> task<> {
    auto received = co_await select(closed.receive(), quiet.receive());
    EXPECT_EQ(received.index(), 0u);
    EXPECT_EQ(received.get<0>(), nullptr);
    EXPECT_EQ(received.error(), errc::channel_closed);
    auto sent = co_await select(quiet.receive(), closed.send(1));
    EXPECT_EQ(sent.index(), 1u);
    EXPECT_EQ(sent.get<1>(), nullptr);
    EXPECT_EQ(sent.error(), errc::channel_closed);
  });
}

TEST_F(select_test, close_wakes_selects_that_wait) {
  channel<int> ch, quiet;
  const auto receiving = start([&]() -> task<std::error_code> {
    co_return (co_await select(quiet.receive(), ch.receive())).error();
  });
  const auto sending = start([&]() -> task<std::error_code> {
    co_return (co_await select(quiet.receive(), ch.send(1))).error();
  });
  EXPECT_TRUE(receiving->ended()) << "the two meet";
  const auto left = start([&]() -> task<std::error_code> {
    co_return (co_await select(quiet.receive(), ch.receive())).error();
  });
  on_loop([&] { ch.close(); });
  EXPECT_EQ(left->take(), errc::channel_closed);
  EXPECT_FALSE(sending->take());
}

TEST_F(select_test, receive_many_may_be_an_alternative) {
  channel<int> ch(4), quiet;
  std::vector<int> into;
  const auto selecting = start([&]() -> task<std::size_t> {
    auto chosen = co_await select(quiet.receive(), ch.receive_many(into, 3));
    co_return *chosen.get<1>();
  });
  on_loop([&] {
    for (int i = 1; i <= 4; ++i)
      EXPECT_TRUE(ch.try_send(std::move(i)));
  });
  EXPECT_EQ(selecting->take(), 3u);
  EXPECT_EQ(into, (std::vector{1, 2, 3}));
}

// -- otherwise ------------------------------------------------------------------------------------

TEST_F(select_test, otherwise_is_taken_when_nothing_is_ready) {
  channel<int> ch;
  run([&]() -> task<> {
    auto chosen = co_await select(ch.receive(), otherwise());
    EXPECT_EQ(chosen.index(), 1u);
    EXPECT_NE(chosen.get<1>(), nullptr);
  });
  EXPECT_EQ(ch.try_send(1).error(), errc::would_block) << "it does not wait there";
}

TEST_F(select_test, otherwise_is_not_taken_when_something_is_ready) {
  channel<int> ch(100);
  for (int i = 0; i < 100; ++i)
    EXPECT_TRUE(ch.try_send(std::move(i)));
  run([&]() -> task<> {
    for (int i = 0; i < 100; ++i)
      EXPECT_EQ((co_await select(otherwise(), ch.receive())).index(), 1u);
  });
}

TEST_F(select_test, a_loop_over_otherwise_lets_others_run) {
  channel<int> ch;
  started_task<int> polling(loop_, [&]() -> task<int> {
    for (;;) {
      auto chosen = co_await select(ch.receive(), otherwise());
      if (chosen.get<0>())
        co_return *chosen.get<0>();
    }
  });
  started_task<void> sender(loop_, [&]() -> task<> { (void)co_await ch.send(7); });
  on_loop([&] {
    polling.begin();
    sender.begin();
  });
  EXPECT_EQ(polling.take(), 7);
}

// -- lossless -------------------------------------------------------------------------------------

TEST_F(select_test, what_was_not_chosen_stays_where_it_is) {
  channel<std::unique_ptr<int>> in(1), out(1), full;
  auto mine = std::make_unique<int>(1);
  EXPECT_TRUE(in.try_send(std::make_unique<int>(2)));
  run([&]() -> task<> {
    auto chosen = co_await select(in.receive(), out.send(std::move(mine)), full.receive());
    if (chosen.index() == 0) {
      EXPECT_TRUE(mine) << "not sent";
      EXPECT_EQ(out.size(), 0u);
    } else {
      EXPECT_EQ(chosen.index(), 1u);
      EXPECT_FALSE(mine);
      EXPECT_EQ(in.size(), 1u) << "not received";
    }
  });
  EXPECT_EQ(in.size() + out.size() + (mine ? 1 : 0), 1u + (in.size() ? 1u : 0u));
}

TEST_F(select_test, every_element_of_both_channels_arrives_and_in_order) {
  channel<int> odd(2), even(1);
  const auto send_all = [&](channel<int>& to, int from) -> task<> {
    for (int i = from; i < 200; i += 2)
      (void)co_await to.send(std::move(i));
    to.close();
  };
  const auto first = start([&]() -> task<> { return send_all(odd, 1); });
  const auto second = start([&]() -> task<> { return send_all(even, 0); });
  std::array<std::vector<int>, 2> seen;
  run([&]() -> task<> {
    while (seen[0].size() + seen[1].size() < 200) {
      auto chosen = co_await select(even.receive(), odd.receive());
      if (chosen.get<0>())
        seen[0].push_back(*chosen.get<0>());
      if (chosen.get<1>())
        seen[1].push_back(*chosen.get<1>());
    }
  });
  for (int parity = 0; parity < 2; ++parity) {
    const auto& numbers = seen[static_cast<std::size_t>(parity)];
    ASSERT_EQ(numbers.size(), 100u);
    for (int i = 0; i < 100; ++i)
      EXPECT_EQ(numbers[static_cast<std::size_t>(i)], 2 * i + parity);
  }
}

// -- fairness -------------------------------------------------------------------------------------

TEST_F(select_test, each_of_four_ready_alternatives_gets_a_quarter) {
  std::array<channel<int>, 4> all{channel<int>(1), channel<int>(1), channel<int>(1),
                                  channel<int>(1)};
  for (auto& each : all)
    EXPECT_TRUE(each.try_send(0));
  std::array<int, 4> taken{};
  run([&]() -> task<> {
    for (int i = 0; i < 10'000; ++i) {
      const auto chosen =
          co_await select(all[0].receive(), all[1].receive(), all[2].receive(), all[3].receive());
      ++taken[chosen.index()];
      EXPECT_TRUE(all[chosen.index()].try_send(0));
    }
  });
  for (const int count : taken)
    EXPECT_NEAR(count, 2500, 220) << "five standard deviations";
}

TEST_F(select_test, two_that_are_ready_of_four_share_evenly) {
  std::array<channel<int>, 4> all{channel<int>(1), channel<int>(1), channel<int>(1),
                                  channel<int>(1)};
  EXPECT_TRUE(all[1].try_send(0));
  EXPECT_TRUE(all[2].try_send(0));
  std::array<int, 4> taken{};
  run([&]() -> task<> {
    for (int i = 0; i < 10'000; ++i) {
      const auto chosen =
          co_await select(all[0].receive(), all[1].receive(), all[2].receive(), all[3].receive());
      ++taken[chosen.index()];
      EXPECT_TRUE(all[chosen.index()].try_send(0));
    }
  });
  EXPECT_NEAR(taken[1], 5000, 250);
}

// -- stopping -------------------------------------------------------------------------------------

TEST_F(select_test, a_cancelled_select_leaves_all_its_queues) {
  channel<std::unique_ptr<int>> in, out;
  auto mine = std::make_unique<int>(1);
  const auto selecting = start([&]() -> task<std::error_code> {
    auto chosen = co_await select(in.receive(), out.send(std::move(mine)), after(1h));
    EXPECT_EQ(chosen.index(), decltype(chosen)::none);
    EXPECT_EQ(chosen.get<0>(), nullptr);
    co_return chosen.error();
  });
  cancel(*selecting, errc::killed);
  EXPECT_EQ(selecting->take(), errc::killed);
  EXPECT_TRUE(mine);
  EXPECT_EQ(out.try_receive().error(), errc::would_block);
  EXPECT_EQ(in.try_send(std::make_unique<int>(2)).error(), errc::would_block);
}

TEST_F(select_test, a_task_that_was_told_to_stop_takes_nothing) {
  channel<int> ch(1);
  EXPECT_TRUE(ch.try_send(1));
  run([&]() -> task<> {
    (co_await this_task()).cancel();
    const auto chosen = co_await select(ch.receive(), otherwise());
    EXPECT_EQ(chosen.error(), errc::cancelled);
  });
  EXPECT_EQ(ch.size(), 1u);
}

TEST_F(select_test, a_cancel_after_the_choice_comes_too_late) {
  channel<int> ch, quiet;
  const auto selecting = start([&]() -> task<std::size_t> {
    co_return (co_await select(quiet.receive(), ch.receive())).index();
  });
  on_loop([&] {
    EXPECT_TRUE(ch.try_send(7));
    selecting->context().cancel();
  });
  EXPECT_EQ(selecting->take(), 1u);
}

TEST_F(select_test, a_cancel_while_it_waits_for_its_turn_takes_nothing) {
  channel<int> ch(1);
  const auto selecting = start([&]() -> task<std::error_code> {
    loop_.credit() = 0;  // it has to let others run first
    co_return (co_await select(ch.receive(), ch.receive())).error();
  });
  EXPECT_FALSE(selecting->ended());
  cancel(*selecting);
  EXPECT_TRUE(selecting->ended());
  on_loop([&] { EXPECT_TRUE(ch.try_send(1)); });
  EXPECT_EQ(ch.size(), 1u);
}

TEST_F(select_test, loses_what_comes_at_the_same_time_as_its_winner_to_others) {
  channel<int> first, second;
  const auto selecting = start([&]() -> task<std::size_t> {
    co_return (co_await select(first.receive(), second.receive())).index();
  });
  const auto other = start([&]() -> task<int> { co_return *co_await second.receive(); });
  on_loop([&] {
    EXPECT_TRUE(first.try_send(1));
    EXPECT_TRUE(second.try_send(2)) << "the select has been won: it goes to who waits behind it";
  });
  EXPECT_EQ(selecting->take(), 0u);
  EXPECT_EQ(other->take(), 2);
}

}  // namespace
}  // namespace actornet
