// Ordinary CAF actors on loops: messages, requests, CAF's clock; simulated and real.

#include <caf/exit_reason.hpp>

#include "actors/actor_support.hpp"

namespace actornet {
namespace {

caf::behavior doubling(caf::event_based_actor*) {
  return {[](int x) { return 2 * x; }};
}

// Takes requests and never answers.
caf::behavior silent(caf::event_based_actor* self) {
  return {[self](int) -> caf::result<int> { return self->make_response_promise(); }};
}

class by_loops : public testing::TestWithParam<std::size_t> {};
INSTANTIATE_TEST_SUITE_P(ordinary_actor, by_loops, testing::Values(1, 2));

TEST_P(by_loops, a_request_gets_its_response) {
  simulation in(GetParam());
  const auto twice = spawn(in.system, doubling);
  int answer = 0;
  const auto asker = spawn(in.system, [&](caf::event_based_actor* self) -> caf::behavior {
    self->request(twice, caf::infinite, 21).then([&](int x) { answer = x; });
    return {[](int) {}};
  });
  in.expect([&] { return answer == 42; });
}

TEST_P(by_loops, a_delayed_message_comes_when_its_time_has_come) {
  simulation in(GetParam());
  net::duration came{};
  const auto receiver = spawn(in.system, [&](caf::event_based_actor* self) -> caf::behavior {
    self->delayed_send(self, 3s, 1);
    return {[&](int) { came = in.world.elapsed(); }};
  });
  in.expect([&] { return came > 0s; });
  EXPECT_GE(came, 3s);
  EXPECT_LT(came, 3s + 50ms);
}

TEST_P(by_loops, a_request_without_answer_times_out_in_virtual_time) {
  simulation in(GetParam());
  const auto never = spawn(in.system, silent);
  caf::error seen;
  const auto asker = spawn(in.system, [&](caf::event_based_actor* self) -> caf::behavior {
    self->request(never, 5s, 1).then([](int) { FAIL(); }, [&](caf::error& e) { seen = e; });
    return {[](int) {}};
  });
  in.expect([&] { return bool(seen); });
  EXPECT_EQ(from_caf_error(seen), errc::timed_out);
  EXPECT_GE(in.world.elapsed(), 5s);
  EXPECT_LT(in.world.elapsed(), 5s + 50ms);
}

TEST_P(by_loops, a_request_to_an_actor_that_is_gone_fails) {
  simulation in(GetParam());
  const auto gone = spawn(in.system, doubling);
  caf::anon_send_exit(gone, caf::exit_reason::user_shutdown);
  ASSERT_TRUE(in.world.run_until_idle());
  caf::error seen;
  const auto asker = spawn(in.system, [&](caf::event_based_actor* self) -> caf::behavior {
    self->request(gone, caf::infinite, 1)
        .then([](int) { FAIL(); }, [&](caf::error& e) { seen = e; });
    return {[](int) {}};
  });
  in.expect([&] { return bool(seen); });
  EXPECT_EQ(from_caf_error(seen), errc::actor_unreachable);
}

TEST_P(by_loops, messages_of_one_sender_arrive_in_order) {
  simulation in(GetParam());
  std::vector<int> seen;
  const auto receiver = spawn(in.system, [&](caf::event_based_actor*) -> caf::behavior {
    return {[&](int x) { seen.push_back(x); }};
  });
  const auto sender = spawn(in.system, [&](caf::event_based_actor* self) -> caf::behavior {
    for (int i = 0; i < 1000; ++i)
      self->send(receiver, i);
    return {[](int) {}};
  });
  in.expect([&] { return seen.size() == 1000; });
  EXPECT_TRUE(std::ranges::is_sorted(seen));
}

TEST_P(by_loops, a_monitor_is_told_why_an_actor_ended) {
  simulation in(GetParam());
  const auto watched = spawn(in.system, [](caf::event_based_actor* self) -> caf::behavior {
    return {
        [self](int x) { self->quit(x == 0 ? caf::error() : to_caf_error(static_cast<errc>(x))); }};
  });
  std::optional<caf::error> reason;
  const auto watcher = spawn(in.system, [&](caf::event_based_actor* self) -> caf::behavior {
    self->set_down_handler([&](caf::down_msg& down) { reason = down.reason; });
    self->monitor(watched);
    return {[](int) {}};
  });
  ASSERT_TRUE(in.world.run_until_idle());
  caf::anon_send(watched, static_cast<int>(errc::mailbox_full));
  in.expect([&] { return reason.has_value(); });
  EXPECT_EQ(from_caf_error(*reason), errc::mailbox_full);
}

TEST_P(by_loops, many_actors_are_spawned_work_and_quit) {
  constexpr int actor_count = 2000;
  simulation in(GetParam());
  const auto before = in.system.registry().running();
  std::atomic<int> ended{0};
  const auto parent = spawn(in.system, [&](caf::event_based_actor* self) -> caf::behavior {
    self->set_down_handler([&](caf::down_msg&) { ++ended; });
    for (int i = 0; i < actor_count; ++i) {
      const auto child =
          self->spawn<scripted_actor, caf::monitored>([](caf::event_based_actor* born) {
            return caf::behavior{[born](int) { born->quit(); }};
          });
      self->send(child, i);
    }
    return {[](int) {}};
  });
  in.expect([&] { return ended == actor_count; });
  ASSERT_TRUE(in.world.run_until_idle());
  EXPECT_EQ(in.system.registry().running(), before + 1);
}

TEST(ordinary_actor, the_same_seed_gives_the_same_run) {
  const auto hash_of_run = [](std::uint64_t seed) {
    simulation in(2, seed);
    int answers = 0;
    const auto twice = spawn(in.system, doubling);
    std::vector<caf::actor> askers;
    for (int i = 0; i < 50; ++i)
      askers.push_back(spawn(in.system, [&, i](caf::event_based_actor* self) -> caf::behavior {
        self->request(twice, 1s, i).then([&](int) { ++answers; });
        self->delayed_send(self, 1ms * i, i);
        return {[](int) {}};
      }));
    EXPECT_TRUE(in.world.run_for(1s));
    EXPECT_EQ(answers, 50);
    return in.world.trace_hash();
  };
  EXPECT_EQ(hash_of_run(7), hash_of_run(7));
  EXPECT_NE(hash_of_run(7), hash_of_run(8));
}

TEST(ordinary_actor, errors_survive_the_way_through_caf) {
  for (const errc each : {errc::end_of_stream, errc::mailbox_full, errc::killed, errc::timed_out})
    EXPECT_EQ(from_caf_error(to_caf_error(each)), each);
  EXPECT_EQ(from_caf_error(caf::sec::unexpected_message), errc::unexpected_response);
  EXPECT_EQ(from_caf_error(caf::exit_reason::user_shutdown), errc::actor_unreachable);
}

TEST(ordinary_actor, requests_and_delays_work_on_real_loops) {
  runtime rt(real_loops(2));
  auto& system = actors(rt);
  rt.start();
  std::promise<int> answered;
  std::promise<errc> timed_out;
  {
    const auto twice = spawn(system, doubling);
    const auto never = spawn(system, silent);
    const auto asker = spawn(system, [&](caf::event_based_actor* self) -> caf::behavior {
      self->delayed_send(self, 1ms, 4);
      return {[&, self](int x) {
        self->request(twice, 10s, x).then([&](int y) { answered.set_value(y); });
        self->request(never, 1ms, x)
            .then([](int) {}, [&](caf::error& e) { timed_out.set_value(from_caf_error(e)); });
      }};
    });
    EXPECT_EQ(wait_for(answered), 8);
    EXPECT_EQ(wait_for(timed_out), errc::timed_out);
  }
  rt.stop();
}

}  // namespace
}  // namespace actornet
