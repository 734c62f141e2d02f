// How a runtime with actors ends: promptly, whatever they do.

#include <actornet/echo/v1/echo.pb.h>

#include <caf/make_actor.hpp>
#include <thread>

#include "actornet/connection.hpp"
#include "actornet/detail/caf_slim_actor.hpp"
#include "actors/actor_support.hpp"

namespace actornet {
namespace {

using echo::v1::Echo;

caf::behavior idle(caf::event_based_actor*) {
  return {[](int) {}};
}

// Always has a message for itself.
caf::behavior restless(caf::event_based_actor* self) {
  self->send(self, 1);
  return {[self](int) { self->send(self, 1); }};
}

// Knows @p other and itself, so that no handle ever goes away.
caf::behavior monitoring(caf::event_based_actor* self, const caf::actor& other) {
  self->monitor(other);
  self->link_to(other);
  self->delayed_send(self, 1h, 1);
  return {[self, other](int) { self->send(other, 1); }};
}

// What a runtime is in when it stops.
enum class moment { never_started, just_started, simulated };

class stop : public testing::TestWithParam<moment> {
 protected:
  stop() : rt_(GetParam() == moment::simulated ? simulated_loops(world_, 2) : real_loops(2)) {}

  void start() {
    if (GetParam() != moment::never_started)
      rt_.start();
  }

  sim::world world_{1};
  runtime rt_;
};
INSTANTIATE_TEST_SUITE_P(actors, stop,
                         testing::Values(moment::never_started, moment::just_started,
                                         moment::simulated));

TEST_P(stop, happens_twice_without_harm) {
  actors(rt_);
  start();
  EXPECT_EQ(rt_.stop(), 0u);
  EXPECT_EQ(rt_.stop(), 0u);
}

TEST_P(stop, does_not_wait_for_actors_that_live) {
  auto& system = actors(rt_);
  const auto held = std::make_shared<std::vector<caf::actor>>();
  for (int i = 0; i < 100; ++i)
    held->push_back(spawn(system, idle));
  system.registry().put(caf::atom("held"), spawn(system, idle));
  rt_.listen("tcp://127.0.0.1:0", [held](byte_stream) -> task<> { co_return; });
  start();
}

TEST_P(stop, ends_actors_that_always_have_work) {
  auto& system = actors(rt_);
  for (int i = 0; i < 10; ++i)
    spawn(system, restless);
  start();
  if (GetParam() == moment::simulated) {
    EXPECT_TRUE(world_.run_for(1ms));
  }
}

TEST_P(stop, drops_messages_and_delayed_messages_that_still_wait) {
  auto& system = actors(rt_);
  for (int i = 0; i < 100; ++i) {
    const auto waiting = spawn(system, idle);
    for (int j = 0; j < 100; ++j)
      caf::anon_send(waiting, j);
    caf::delayed_anon_send(waiting, 1h, i);
    spawn(system, [waiting](caf::event_based_actor* self) { return monitoring(self, waiting); });
  }
  start();
}

TEST(stop_with_connections, messages_to_their_actors_may_still_wait) {
  for (int round = 0; round < 10; ++round) {
    runtime rt(real_loops(2));
    auto& system = actors(rt);
    std::promise<void> sending;
    std::atomic<bool> begun{false};
    const auto where = rt.listen("tcp://127.0.0.1:0", [&](connection<Echo, Echo> peer) -> task<> {
      spawn(system, [&, to = as_actor(peer.ref())](caf::event_based_actor* self) {
        self->link_to(to);
        self->send(self, 1);
        return caf::behavior{[&, self, to](int) {
          self->request(to, caf::infinite, Echo()).then([] {});
          self->send(self, 1);
          if (!begun.exchange(true))
            sending.set_value();
        }};
      });
      while (co_await peer.receive()) {
      }
    });
    rt.start();
    // A client in a runtime of its own: a session that connects comes with the next issue.
    net::loop client(net::make_asio_backend());
    const auto connecting = client.driver().connect(where, {}, [](auto) {});
    wait_for(sending);
    rt.stop();
  }
}

// Threads that send to actors until one of these ends, which is when the actor system does, and
// that are waited for then: after it they must not use their handles. Most messages go to the last
// actor, whose mailbox is bounded: who has all of CAF's mailboxes filled does not end soon.
class senders {
 public:
  void start(const std::vector<caf::actor>& to) {
    for (int i = 0; i < 3; ++i) {
      ++running_;
      threads_.emplace_back([this, mine = to]() mutable {
        is_sender = true;
        for (unsigned turn = 0; !over_.load(); ++turn)
          caf::anon_send(turn % 1000 < mine.size() ? mine[turn % 1000] : mine.back(), 1);
        mine.clear();
        --running_;
      });
    }
  }

  // In whichever thread ends the actor; a sender itself ends as soon as it returns from here.
  void wait() {
    over_ = true;
    while (running_ > (is_sender ? 1 : 0))
      std::this_thread::yield();
  }

  ~senders() {
    over_ = true;
    for (std::thread& each : threads_)
      each.join();
  }

 private:
  static inline thread_local bool is_sender = false;
  std::atomic<bool> over_{false};
  std::atomic<int> running_{0};
  std::vector<std::thread> threads_;
};

class last_actor final : public caf::event_based_actor {
 public:
  last_actor(caf::actor_config& config, senders* from) : event_based_actor(config), from_(from) {}

  // It always has work, so that it is ended when the loops have stopped.
  caf::behavior make_behavior() override {
    send(this, std::string());
    return {[](int) {}, [this](const std::string&) { send(this, std::string()); }};
  }
  void on_exit() override { from_->wait(); }

 private:
  senders* from_;
};

class sink_actor final : public detail::slim_actor {
 public:
  using signatures = caf::none_t;
  using slim_actor::slim_actor;

 private:
  void handle(caf::mailbox_element&) override {}
};

TEST(stop_with_threads, that_still_send_messages) {
  for (int round = 0; round < 10; ++round) {
    senders threads;
    runtime rt(real_loops(2));
    auto& system = actors(rt);
    rt.start();
    {
      std::vector<caf::actor> to{system.spawn<last_actor>(&threads)};
      for (int i = 0; i < 5; ++i)
        to.push_back(spawn(system, idle));
      to.push_back(spawn(system, [](caf::event_based_actor* self) -> caf::behavior {
        return {[self](int) { self->delayed_send(self, 1h, std::string()); }};
      }));
      caf::actor_config config;
      to.push_back(caf::make_actor<sink_actor, caf::actor>(system.next_actor_id(), system.node(),
                                                           &system, config, rt.loops().at(1)));
      threads.start(to);
    }
    rt.stop();
  }
}

TEST(start, a_runtime_that_runs_gets_no_actor_system_any_more) {
  runtime rt(real_loops(1));
  rt.start();
  EXPECT_THROW(actors(rt), std::logic_error);
  rt.stop();
}

}  // namespace
}  // namespace actornet
