// Requests over a typed connection: whose answer is whose, and what becomes of those without one.

#include "actornet/requester.hpp"

#include <charconv>
#include <map>

#include "actornet/echo/v1/echo.pb.h"
#include "actornet/flow/scope.hpp"
#include "gate.hpp"
#include "sim/seeds.hpp"
#include "simulated_client.hpp"

namespace actornet {
namespace {

using echo::v1::Echo;
using net::never;
using asker = requester<Echo, Echo>;

// An Echo's payload is `number:text`.
Echo numbered(std::uint64_t id, std::string text) {
  Echo message;
  message.set_payload(std::to_string(id) + ':' + std::move(text));
  return message;
}
Echo question(std::string text) {
  Echo message;
  message.set_payload(std::move(text));
  return message;
}
std::uint64_t id_in(std::string_view payload) {
  std::uint64_t id = 0;
  std::from_chars(payload.data(), payload.data() + payload.size(), id);
  return id;
}
std::string text_of(const Echo& message) {
  return message.payload().substr(message.payload().find(':') + 1);
}

requester_options<Echo, Echo> protocol() {
  requester_options<Echo, Echo> options;
  options.set_id = [](Echo& message, std::uint64_t id) {
    message = numbered(id, message.payload());
  };
  options.id_of = [](const Echo& message) { return id_in(message.payload()); };
  return options;
}

std::string frame_of(const Echo& message) {
  return framed(message.SerializeAsString());
}

/// A client with a requester, and the peer that it asks.
struct requester_fixture : testing::Test {
  requester_fixture() : world(1, calm()) {}
  ~requester_fixture() override {
    if (mine)
      hang_up();
    EXPECT_TRUE(client.finish()) << world;
    peer->close();
    client.expect_no_connection();
  }

  void connect() {
    client.begin([this]() -> task<> {
      auto dialed = co_await dial<connection<Echo, Echo>>(peers.uri(), never, how);
      mine.emplace(std::move(*dialed), options);
    });
    peer = &peers.next();
    EXPECT_TRUE(client.finish()) << world;
  }
  void hang_up() {
    EXPECT_TRUE(world.run_on(client.loop(), [this] { mine.reset(); })) << world;
  }

  /// Begins a request; its answer's text or its error stands in `outcomes` once it is over.
  void ask(const std::string& text, net::time_point deadline = never) {
    if (!mine)
      connect();
    client.begin([this, text, deadline]() -> task<> {
      const auto answer = co_await mine->request(question(text), deadline);
      outcomes[text] = answer ? text_of(*answer) : answer.error().message();
    });
    EXPECT_TRUE(world.run_for(1ms));
  }

  void answer(std::uint64_t id, const std::string& text) {
    peer->send(frame_of(numbered(id, text)));
    EXPECT_TRUE(world.run_for(1ms));
  }

  static std::string said(errc why) { return make_error_code(why).message(); }

  sim::world world;
  simulated_peers peers{world};
  simulated_client client{world};
  dial_options how;
  requester_options<Echo, Echo> options = protocol();
  std::optional<asker> mine;
  sim::peer* peer = nullptr;
  std::map<std::string, std::string> outcomes;
};

using request = requester_fixture;

// -- answers --------------------------------------------------------------------------------------

TEST_F(request, gets_its_own_answer_whatever_the_order) {
  ask("a");
  ask("b");
  ask("c");
  EXPECT_EQ(mine->statistics().in_flight, 3u);
  EXPECT_EQ(peer->received(),
            frame_of(numbered(1, "a")) + frame_of(numbered(2, "b")) + frame_of(numbered(3, "c")));
  answer(2, "to b");
  answer(3, "to c");
  answer(1, "to a");
  EXPECT_EQ(outcomes,
            (std::map<std::string, std::string>{{"a", "to a"}, {"b", "to b"}, {"c", "to c"}}));
  EXPECT_EQ(mine->statistics().in_flight, 0u);
  EXPECT_EQ(mine->statistics().answered, 3u);
}

TEST(requests, of_many_tasks_under_faults_all_get_their_own_answers) {
  sim::for_each_seed([](sim::world& world) {
    simulated_server server(std::in_place, world, [](connection<Echo, Echo> peer) -> task<> {
      while (auto message = co_await peer.receive())
        co_await peer.send(*message);
    });
    simulated_client client(world);
    std::size_t right = 0;
    client.run([&]() -> task<> {
      auto dialed = co_await dial<connection<Echo, Echo>>(net::to_string(server.where()));
      asker mine(std::move(*dialed), protocol());
      const auto outcome = co_await with_scope([&](scope& children) -> task<> {
        for (int i = 0; i < 50; ++i)
          children.spawn([](asker& to, std::size_t& matched, std::string text) -> task<> {
            const auto answer = co_await to.request(question(text));
            matched += answer && text_of(*answer) == text;
          }(mine, right, std::to_string(i * i)));
        co_return;
      });
      EXPECT_TRUE(outcome);
    });
    EXPECT_EQ(right, 50u);
  });
}

TEST_F(request, that_timed_out_has_its_late_answer_dropped_and_counted) {
  const net::time_point deadline = world.now() + 1s;
  ask("slow", deadline);
  ask("other");
  ASSERT_TRUE(world.run_for(1s));
  EXPECT_EQ(outcomes["slow"], said(errc::timed_out));
  EXPECT_EQ(mine->statistics().timed_out, 1u);
  EXPECT_EQ(mine->statistics().in_flight, 1u);
  answer(1, "late");
  answer(2, "to other");
  answer(2, "to other, again");
  EXPECT_EQ(outcomes["other"], "to other") << "everything else goes on";
  EXPECT_EQ(mine->statistics().late, 2u);
  EXPECT_EQ(mine->statistics().others, 0u);
}

TEST_F(request, ends_at_the_deadline_of_its_task_if_that_is_earlier) {
  connect();
  const net::time_point start = world.now();
  std::error_code error;
  client.run([&]() -> task<> {
    error = co_await with_deadline(start + 1s, [](asker& to) -> task<std::error_code> {
      co_return (co_await to.request(question("slow"), never)).error();
    }(*mine));
  });
  EXPECT_EQ(error, errc::timed_out);
  EXPECT_LE(world.now(), start + 1010ms);
}

TEST_F(request, with_a_deadline_in_the_past_is_not_sent) {
  ask("late", world.now() - 1s);
  EXPECT_EQ(outcomes["late"], said(errc::timed_out));
  EXPECT_EQ(peer->received(), "");
}

TEST_F(request, of_a_cancelled_task_ends_and_its_answer_is_late) {
  connect();
  cancel_source source;
  std::error_code error;
  client.begin([&]() -> task<> {
    error = co_await with_token(source.token(), [](asker& to) -> task<std::error_code> {
      co_return (co_await to.request(question("never mind"))).error();
    }(*mine));
  });
  ASSERT_TRUE(world.run_for(1s));
  source.cancel();
  ASSERT_TRUE(client.finish()) << world;
  EXPECT_EQ(error, errc::cancelled);
  answer(1, "too late");
  EXPECT_EQ(mine->statistics().late, 1u);
}

// -- messages that answer nothing -----------------------------------------------------------------

TEST_F(request, leaves_messages_that_nobody_asked_for_to_the_handler) {
  std::vector<std::string> others;
  options.on_other = [&others](Echo&& message) { others.push_back(message.payload()); };
  ask("a");
  answer(0, "news");
  answer(7, "an answer to what was never asked");
  answer(1, "to a");
  EXPECT_EQ(others, (std::vector<std::string>{"0:news", "7:an answer to what was never asked"}));
  EXPECT_EQ(mine->statistics().others, 2u);
  EXPECT_EQ(outcomes["a"], "to a");
}

TEST_F(request, without_a_handler_counts_them) {
  ask("a");
  answer(0, "news");
  answer(1, "to a");
  EXPECT_EQ(mine->statistics().others, 1u);
}

TEST_F(request, fails_when_a_function_of_the_protocol_throws) {
  options.on_other = [](Echo&&) { throw std::runtime_error("planted"); };
  ask("a");
  answer(0, "news");
  EXPECT_EQ(outcomes["a"], said(errc::handler_failed));
  EXPECT_FALSE(mine->open());
}

// -- limits ---------------------------------------------------------------------------------------

TEST_F(request, beyond_the_limit_is_refused_at_once) {
  options.requests_max = 2;
  ask("a");
  ask("b");
  ask("c");
  EXPECT_EQ(outcomes["c"], said(errc::mailbox_full));
  EXPECT_TRUE(mine->open());
  answer(1, "to a");
  ask("d");
  answer(2, "to b");
  answer(3, "to d");
  EXPECT_EQ(outcomes["d"], "to d");
}

TEST_F(request, that_the_output_queue_has_no_room_for_is_refused_at_once) {
  how.stream.output_bytes_max = 1000;
  ask(std::string(2000, 'x'));
  EXPECT_EQ(outcomes.begin()->second, said(errc::mailbox_full));
  EXPECT_EQ(mine->statistics().in_flight, 0u);
}

TEST_F(request, that_is_too_large_is_refused_and_the_rest_goes_on) {
  how.stream.frame_bytes_max = 1000;
  ask(std::string(2000, 'x'));
  EXPECT_EQ(outcomes.begin()->second, said(errc::message_too_large));
  ask("small");
  answer(2, "to small");
  EXPECT_EQ(outcomes["small"], "to small");
}

// -- the connection's end -------------------------------------------------------------------------

TEST_F(request, fails_with_the_reason_of_the_connections_end) {
  ask("a");
  ask("b");
  peer->shutdown_write();
  ASSERT_TRUE(client.finish()) << world;
  EXPECT_EQ(outcomes["a"], said(errc::end_of_stream));
  EXPECT_EQ(outcomes["b"], said(errc::end_of_stream));
  ask("c");
  EXPECT_EQ(outcomes["c"], said(errc::end_of_stream));
  EXPECT_FALSE(mine->open());
  EXPECT_TRUE(peer->saw_end_of_stream()) << "there will be no more answers: it hangs up";
}

TEST_F(request, fails_when_the_connection_is_reset) {
  ask("a");
  peer->reset();
  ASSERT_TRUE(client.finish()) << world;
  EXPECT_EQ(outcomes["a"], said(errc::connection_reset));
}

TEST_F(request, fails_when_the_peer_sends_nonsense) {
  ask("a");
  peer->send(framed("\xff\xff\xff"));
  ASSERT_TRUE(client.finish()) << world;
  EXPECT_EQ(outcomes["a"], said(errc::message_malformed));
}

TEST_F(request, fails_when_the_requester_goes) {
  ask("a");
  hang_up();
  ASSERT_TRUE(client.finish()) << world;
  EXPECT_EQ(outcomes["a"], said(errc::closed_locally));
}

TEST_F(request, fails_when_the_runtime_drains) {
  ask("a");
  std::error_code later;
  client.begin([&]() -> task<> {
    gate never_opened;
    later = co_await never_opened.pass();
    mine.reset();
  });
  ASSERT_TRUE(world.run_for(1ms));
  EXPECT_EQ(client.drain(), 0u);
  EXPECT_EQ(outcomes["a"], said(errc::shutting_down));
  EXPECT_EQ(later, errc::shutting_down);
}

}  // namespace
}  // namespace actornet
