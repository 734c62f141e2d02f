// Tasks that ask typed actors, and listeners as actors, on virtual time.

#include <gtest/gtest.h>

#include <caf/event_based_actor.hpp>

#include "actornet/caf_ask.hpp"
#include "actornet/runtime.hpp"
#include "actornet/sim/peer.hpp"
#include "actornet/sim/world.hpp"

namespace actornet {
namespace {

using namespace std::chrono_literals;
using calculator = interface<int(int), void(std::string)>;

class calculator_actor final : public calculator::base {
 public:
  explicit calculator_actor(caf::actor_config& config) : calculator::base(config) {}

  behavior_type make_behavior() override {
    return {[this](int x) -> caf::result<int> {
              if (x == 0)
                return to_caf_error(errc::mailbox_full);
              if (x == 1) {  // answers when told to
                kept_ = make_response_promise<int>();
                return kept_;
              }
              return 2 * x;
            },
            [this](const std::string& told) {
              if (told == "now")
                kept_.deliver(1);
              told_.push_back(told);
            }};
  }

  static inline std::vector<std::string> told_;

  void on_exit() override { kept_ = {}; }

 private:
  caf::typed_response_promise<int> kept_;
};

struct simulated : testing::Test {
  simulated() : rt(options_in(world)), calculate(actors(rt).spawn<calculator_actor>()) {}

  ~simulated() override {
    calculator_actor::told_.clear();
    caf::anon_send_exit(calculate, caf::exit_reason::user_shutdown);
    calculate = nullptr;
    drain(1s);
    EXPECT_TRUE(world.run_until([this] { return over; })) << world;
    rt.stop();
  }

  // Only the first drain counts.
  void drain(net::duration patience) {
    rt.drain(patience, [this](std::size_t count) {
      cut = count;
      over = true;
    });
  }

  static runtime_options options_in(sim::world& in) {
    runtime_options options;
    options.loops = 2;
    options.backends = in.backends();
    return options;
  }

  // A server whose sessions ask for each byte: its value goes to the calculator.
  net::endpoint serve() {
    const auto where = rt.listen("tcp://127.0.0.1:0", [this](byte_stream peer) -> task<> {
      while (auto bytes = co_await peer.read()) {
        const int question = bytes->text()[0] - '0';
        const auto answer = co_await ask(calculate, question, peer.now() + 2s);
        outcomes.push_back(answer.error());
        late = late_answers();
        std::string text;
        if (answer)
          text = std::to_string(*answer);
        else
          text = describe(static_cast<errc>(answer.error().value()));
        co_await peer.write(text);
      }
    });
    rt.start();
    return where;
  }

  void expect_outcome(errc expected) {
    EXPECT_TRUE(world.run_until([this] { return !outcomes.empty(); })) << world;
    EXPECT_EQ(outcomes.size(), 1u);
    EXPECT_EQ(outcomes.front().value(), static_cast<int>(expected)) << outcomes.front().message();
  }

  void expect_answer(const net::endpoint& where, const char* question, std::string_view answer) {
    sim::peer client(world, where);
    client.send(question);
    EXPECT_TRUE(world.run_until([&] { return client.received() == answer; })) << world;
  }

  sim::world world{1};
  runtime rt;
  calculator calculate;
  std::vector<std::error_code> outcomes;
  std::uint64_t late = 0;
  std::size_t cut = 0;
  bool over = false;  // the drain
};

TEST_F(simulated, a_task_gets_the_answer_of_the_actor_it_asked) {
  expect_answer(serve(), "4", "8");
}

TEST_F(simulated, an_error_that_the_actor_answers_is_the_result) {
  expect_answer(serve(), "0", describe(errc::mailbox_full));
}

TEST_F(simulated, an_actor_that_does_not_answer_is_a_time_out_at_the_deadline) {
  const auto where = serve();
  const auto before = world.now();
  expect_answer(where, "1", describe(errc::timed_out));
  EXPECT_GE(world.now() - before, 2s);
  EXPECT_LT(world.now() - before, 3s);
}

TEST_F(simulated, an_actor_that_is_gone_is_unreachable) {
  const auto where = serve();
  caf::anon_send_exit(calculate, caf::exit_reason::user_shutdown);
  world.run_until_idle();
  expect_answer(where, "4", describe(errc::actor_unreachable));
}

TEST_F(simulated, a_peer_that_resets_while_the_session_asks_is_gone_when_the_question_ends) {
  const auto where = serve();
  {
    sim::peer client(world, where);
    client.send("1");
    EXPECT_TRUE(world.run_for(500ms));
    EXPECT_EQ(rt.connections(), 1u);
    client.reset();
  }
  EXPECT_TRUE(world.run_until([this] { return rt.connections() == 0; }, world.now() + 3s)) << world;
}

TEST_F(simulated, an_answer_after_the_deadline_is_dropped_and_counted) {
  const auto where = serve();
  sim::peer client(world, where);
  client.send("1");
  expect_outcome(errc::timed_out);
  EXPECT_EQ(late, 0u);
  caf::anon_send(calculate, std::string("now"));
  EXPECT_TRUE(world.run_until_idle());
  const std::string so_far = client.received();
  client.send("4");
  EXPECT_TRUE(world.run_until([&] { return client.received() == so_far + "8"; })) << world;
  EXPECT_EQ(late, 1u);
}

TEST_F(simulated, a_question_ends_with_its_connection_and_its_reason) {
  stream_ref ref;
  const auto where = rt.listen("tcp://127.0.0.1:0", [&](byte_stream peer) -> task<> {
    ref = peer.ref();
    outcomes.push_back((co_await ask(calculate, 1, peer.now() + 1h)).error());
    outcomes.push_back((co_await ask(calculate, 4, peer.now() + 1h)).error());
  });
  rt.start();
  const sim::peer client(world, where);
  EXPECT_TRUE(world.run_until([&] { return ref.open(); })) << world;
  EXPECT_TRUE(world.run_for(500ms));
  ref.close(errc::killed);
  EXPECT_TRUE(world.run_until([this] { return rt.connections() == 0; })) << world;
  EXPECT_EQ(outcomes, std::vector(2, make_error_code(errc::killed)));
  caf::anon_send(calculate, std::string("now"));  // nobody waits for that any more
  EXPECT_TRUE(world.run_until_idle());
}

TEST_F(simulated, a_drain_lets_a_question_be_answered) {
  const auto where = serve();
  sim::peer client(world, where);
  client.send("1");
  EXPECT_TRUE(world.run_for(500ms));
  drain(10s);
  EXPECT_TRUE(world.run_for(500ms));
  EXPECT_FALSE(over);
  caf::anon_send(calculate, std::string("now"));
  EXPECT_TRUE(world.run_until([this] { return over; })) << world;
  EXPECT_EQ(cut, 0u);
  EXPECT_EQ(client.received(), "1");
}

TEST_F(simulated, the_drain_deadline_ends_a_question) {
  const auto where = serve();
  sim::peer client(world, where);
  client.send("1");
  EXPECT_TRUE(world.run_for(500ms));
  drain(100ms);
  EXPECT_TRUE(world.run_until([this] { return over; })) << world;
  EXPECT_EQ(cut, 1u);
  expect_outcome(errc::drain_timeout);
}

TEST_F(simulated, a_question_without_answer_is_over_when_it_was_handled) {
  const auto where = rt.listen("tcp://127.0.0.1:0", [this](byte_stream peer) -> task<> {
    const auto answer = co_await ask(calculate, std::string("note"), peer.now() + 2s);
    outcomes.push_back(answer.error());
    EXPECT_EQ(calculator_actor::told_, std::vector<std::string>{"note"});
  });
  rt.start();
  const sim::peer client(world, where);
  expect_outcome(errc{});
}

// An actor whose interface is a lie, as one of another version of a program could be.
TEST_F(simulated, an_answer_of_another_type_is_an_error) {
  using promised = interface<std::string(int)>;
  const auto liar = caf::actor_cast<promised>(caf::actor_cast<caf::strong_actor_ptr>(calculate));
  const auto where = rt.listen("tcp://127.0.0.1:0", [this, liar](byte_stream peer) -> task<> {
    const auto answer = co_await ask(liar, 4, peer.now() + 2s);
    outcomes.push_back(answer.error());
  });
  rt.start();
  const sim::peer client(world, where);
  expect_outcome(errc::unexpected_response);
}

class listener_watcher final : public caf::event_based_actor {
 public:
  listener_watcher(caf::actor_config& config, listener watched, bool* down)
      : event_based_actor(config), watched_(std::move(watched)) {
    set_down_handler([down](caf::down_msg&) { *down = true; });
  }

  caf::behavior make_behavior() override {
    monitor(watched_);
    return {
        [this](caf::get_atom) {
          request(watched_, caf::infinite, caf::get_atom::value).then([this](std::uint64_t count) {
            counted = count;
          });
        },
        [this](caf::close_atom) { send_exit(watched_, caf::exit_reason::user_shutdown); }};
  }

  static inline std::uint64_t counted = 0;

 private:
  listener watched_;
};

TEST_F(simulated, a_listener_answers_requests_and_an_exit_message_stops_it) {
  bool down = false;
  const auto where = rt.listen("tcp://127.0.0.1:0", [](byte_stream peer) -> task<> {
    while (auto bytes = co_await peer.read())
      co_await peer.write(*bytes);
  });
  auto watch = actors(rt).spawn<listener_watcher>(listener_actor(rt, 0), &down);
  rt.start();
  sim::peer client(world, where);
  client.send("x");
  EXPECT_TRUE(world.run_until([&client] { return client.received() == "x"; })) << world;
  caf::anon_send(watch, caf::get_atom::value);
  EXPECT_TRUE(world.run_until([] { return listener_watcher::counted == 1; })) << world;
  caf::anon_send(watch, caf::close_atom::value);
  EXPECT_TRUE(world.run_until([&down] { return down; })) << world;
  sim::peer latecomer(world, where);
  EXPECT_TRUE(world.run_until([&latecomer] { return latecomer.closed(); })) << world;
  EXPECT_EQ(latecomer.connect_error(), errc::connection_refused);
  client.send("y");
  EXPECT_TRUE(world.run_until([&client] { return client.received() == "xy"; })) << world;
  caf::anon_send_exit(watch, caf::exit_reason::user_shutdown);
}

}  // namespace
}  // namespace actornet
