// Tasks with a mailbox that are CAF actors, and channels that deliver to actors; simulated.

#include "actornet/caf_spawn_actor.hpp"

#include <actornet/echo/v1/echo.pb.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "actornet/caf_ask.hpp"
#include "actornet/caf_deliver.hpp"
#include "actornet/flow/time.hpp"
#include "actors/actor_support.hpp"

namespace actornet {
namespace {

using echo::v1::Echo;
using inbox = mailbox<void(Echo), int(int)>;
using handle = interface<void(Echo), int(int)>;

Echo echo_of(std::string payload) {
  Echo message;
  message.set_payload(std::move(payload));
  return message;
}

class spawn_actor_test : public testing::Test {
 protected:
  /// Runs @p work as a task of the runtime, to its end.
  template <class Work>
  void run(Work work) {
    bool over = false;
    const auto noting = [&work, &over]() -> task<> {
      co_await work();
      over = true;
    };
    in_.rt.spawn(noting);
    in_.expect([&over] { return over; });
  }

  simulation in_;
};

// Collects what it is told, answers numbers with their double, ends at zero.
struct doubling {
  std::vector<std::string>& told;

  task<> operator()(inbox from) {
    while (auto received = co_await from.receive()) {
      if (const Echo* const message = received->get<Echo>()) {
        told.push_back(message->payload());
      } else if (const int number = *received->get<int>()) {
        received->answer(2 * number);
      } else {
        received->answer(0);
        co_return;
      }
    }
  }
};

TEST_F(spawn_actor_test, receives_messages_in_order_and_answers_requests) {
  std::vector<std::string> told;
  run([&told]() -> task<> {
    const handle actor = spawn_actor<void(Echo), int(int)>(doubling{told});
    caf::anon_send(actor, echo_of("a"));
    caf::anon_send(actor, echo_of("b"));
    const auto answered = co_await ask(actor, 21, net::never);
    EXPECT_TRUE(answered && *answered == 42);
    const auto acknowledged = co_await ask(actor, echo_of("c"), net::never);
    EXPECT_TRUE(acknowledged);
    (void)co_await ask(actor, 0, net::never);
  });
  EXPECT_EQ(told, (std::vector<std::string>{"a", "b", "c"}));
}

TEST_F(spawn_actor_test, a_request_after_its_end_fails) {
  std::vector<std::string> told;
  run([&told]() -> task<> {
    const handle actor = spawn_actor<void(Echo), int(int)>(doubling{told});
    (void)co_await ask(actor, 0, net::never);
    co_await sleep(1ms);
    const auto answered = co_await ask(actor, 1, net::never);
    EXPECT_EQ(answered.error(), errc::actor_unreachable);
  });
}

TEST_F(spawn_actor_test, a_request_that_it_does_not_answer_fails) {
  run([]() -> task<> {
    const auto ignoring = [](inbox from) -> task<> {
      const auto first = co_await from.receive();
      (void)first;
    };
    const handle actor = spawn_actor<void(Echo), int(int)>(ignoring);
    const auto answered = co_await ask(actor, 1, net::never);
    EXPECT_EQ(answered.error(), errc::dropped);
  });
}

// What a monitor of the actor was told.
struct watched {
  bool down = false;
  caf::error reason;
};

caf::actor watch(caf::actor_system& in, const handle& actor, watched& log) {
  return spawn(in, [&log, actor](caf::event_based_actor* self) -> caf::behavior {
    self->set_down_handler([&log](caf::down_msg& message) {
      log.down = true;
      log.reason = message.reason;
    });
    self->monitor(actor);
    return {[](int) {}};
  });
}

TEST_F(spawn_actor_test, its_monitors_are_told_of_its_end) {
  watched log;
  caf::actor monitor;
  std::vector<std::string> told;
  run([&]() -> task<> {
    const handle actor = spawn_actor<void(Echo), int(int)>(doubling{told});
    monitor = watch(in_.system, actor, log);
    co_await sleep(1ms);
    (void)co_await ask(actor, 0, net::never);
  });
  in_.expect([&log] { return log.down; });
  EXPECT_FALSE(log.reason);
  monitor = nullptr;
}

TEST_F(spawn_actor_test, an_exception_that_leaves_it_is_the_reason_of_its_end) {
  watched log;
  caf::actor monitor;
  run([&]() -> task<> {
    const auto failing = [](inbox from) -> task<> {
      const auto first = co_await from.receive();
      (void)first;
      throw std::runtime_error("on demand");
    };
    const handle actor = spawn_actor<void(Echo), int(int)>(failing);
    monitor = watch(in_.system, actor, log);
    co_await sleep(1ms);
    caf::anon_send(actor, 1);
  });
  in_.expect([&log] { return log.down; });
  EXPECT_EQ(from_caf_error(log.reason), errc::handler_failed);
  monitor = nullptr;
}

TEST_F(spawn_actor_test, an_exit_message_tells_it_to_stop) {
  std::error_code stopped;
  run([&stopped]() -> task<> {
    const auto noting = [&stopped](inbox from) -> task<> {
      const auto first = co_await from.receive();
      stopped = first.error();
    };
    const handle actor = spawn_actor<void(Echo), int(int)>(noting);
    co_await sleep(1ms);
    caf::anon_send_exit(actor, caf::exit_reason::kill);
    co_await sleep(1ms);
  });
  EXPECT_EQ(stopped, errc::killed);
}

TEST_F(spawn_actor_test, what_its_mailbox_has_no_room_for_is_refused) {
  run([]() -> task<> {
    channel<int> gate;
    const auto waiting = [&gate](inbox from) -> task<> {
      (void)co_await gate.receive();
      while (auto received = co_await from.receive())
        if (received->get<int>())
          co_return;
    };
    const handle actor = spawn_actor<void(Echo), int(int)>(waiting);
    for (std::size_t i = 0; i < inbox::messages_max; ++i)
      caf::anon_send(actor, echo_of("waits"));
    co_await sleep(10ms);
    const auto refused = co_await ask(actor, echo_of("one more"), net::never);
    EXPECT_EQ(refused.error(), errc::mailbox_full);
    gate.close();
    co_await sleep(10ms);
    (void)co_await ask(actor, 0, net::never);
  });
}

// -- deliver --------------------------------------------------------------------------------------

TEST_F(spawn_actor_test, a_channel_delivers_to_an_actor_in_order_and_ends_when_it_is_closed) {
  std::vector<std::string> told;
  run([&told]() -> task<> {
    const handle actor = spawn_actor<void(Echo), int(int)>(doubling{told});
    channel<Echo> from(100);
    for (int i = 0; i < 100; ++i)
      co_await from.send(echo_of(std::to_string(i)));
    from.close();
    const auto delivered = co_await deliver(from, actor, 4);
    EXPECT_TRUE(delivered);
    (void)co_await ask(actor, 0, net::never);
  });
  ASSERT_EQ(told.size(), 100u);
  for (int i = 0; i < 100; ++i)
    EXPECT_EQ(told[static_cast<std::size_t>(i)], std::to_string(i));
}

TEST_F(spawn_actor_test, a_channel_delivers_no_more_than_its_credit_at_a_time) {
  run([]() -> task<> {
    channel<int> gate;
    const auto waiting = [&gate](inbox from) -> task<> {
      (void)co_await gate.receive();
      for (int handled = 0; handled < 10; ++handled) {
        const auto received = co_await from.receive();
        (void)received;
      }
    };
    const handle actor = spawn_actor<void(Echo), int(int)>(waiting);
    channel<Echo> from(10);
    for (int i = 0; i < 10; ++i)
      co_await from.send(echo_of("x"));
    from.close();
    const auto all = co_await with_scope([&](scope& children) -> task<> {
      children.spawn(deliver(from, actor, 3));
      co_await sleep(10ms);
      EXPECT_EQ(from.size(), 7u);
      gate.close();
    });
    EXPECT_TRUE(all);
    EXPECT_EQ(from.size(), 0u);
  });
}

TEST_F(spawn_actor_test, an_actor_that_is_gone_ends_the_delivery_with_its_error) {
  std::vector<std::string> told;
  run([&told]() -> task<> {
    const handle actor = spawn_actor<void(Echo), int(int)>(doubling{told});
    (void)co_await ask(actor, 0, net::never);
    co_await sleep(1ms);
    channel<Echo> from(2);
    co_await from.send(echo_of("lost"));
    const auto delivered = co_await deliver(from, actor);
    EXPECT_EQ(delivered.error(), errc::actor_unreachable);
  });
}

}  // namespace
}  // namespace actornet
