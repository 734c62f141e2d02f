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
              if (x == 1) {  // never answers in time
                kept_ = make_response_promise<int>();
                return kept_;
              }
              return 2 * x;
            },
            [](const std::string&) {}};
  }

  void on_exit() override { kept_ = {}; }

 private:
  caf::typed_response_promise<int> kept_;
};

struct simulated : testing::Test {
  simulated() : rt(options_in(world)), calculate(actors(rt).spawn<calculator_actor>()) {}

  ~simulated() override {
    bool over = false;
    caf::anon_send_exit(calculate, caf::exit_reason::user_shutdown);
    calculate = nullptr;
    rt.drain(1s, [&over](std::size_t) { over = true; });
    EXPECT_TRUE(world.run_until([&over] { return over; })) << world;
    rt.stop();
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

  void expect_answer(const net::endpoint& where, const char* question, std::string_view answer) {
    sim::peer client(world, where);
    client.send(question);
    EXPECT_TRUE(world.run_until([&] { return client.received() == answer; })) << world;
  }

  sim::world world{1};
  runtime rt;
  calculator calculate;
  std::uint64_t late = 0;
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
