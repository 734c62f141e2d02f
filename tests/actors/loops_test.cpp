// Where actors run: ordinary ones move between loops, pinned ones never; and in which threads.

#include <array>
#include <caf/make_actor.hpp>
#include <mutex>
#include <thread>

#include "actornet/detail/caf_slim_actor.hpp"
#include "actors/actor_support.hpp"

namespace actornet {
namespace {

// Work that takes a while without waiting for anything.
void be_busy() {
  volatile unsigned sink = 0;
  for (unsigned i = 0; i < 20'000; ++i)
    sink = sink + i;
}

// 500 actors woken on one loop, again and again until a sibling has taken some of them.
TEST(loops, ordinary_actors_move_to_an_idle_loop_and_get_each_message_once) {
  constexpr std::size_t worker_count = 500;
  constexpr std::size_t rounds_max = 200;
  runtime rt(real_loops(2));
  auto& system = actors(rt);
  std::array<std::atomic<std::size_t>, 2> handled_on{};
  std::array<std::atomic<std::size_t>, worker_count> handled_by{};
  std::atomic<std::size_t> left{0};
  std::atomic<std::size_t> rounds{0};
  std::promise<void> over;
  {
    std::vector<caf::actor> workers;
    caf::actor waker;
    const auto on_work = [&](std::size_t index) {
      be_busy();
      ++handled_on[net::loop::current()->index()];
      ++handled_by[index];
      if (left.fetch_sub(1) == 1)
        caf::anon_send(waker, 0);
    };
    for (std::size_t i = 0; i < worker_count; ++i)
      workers.push_back(spawn(system, [&, i](caf::event_based_actor*) -> caf::behavior {
        return {[&, i](int) { on_work(i); }};
      }));
    waker = spawn(system, [&](caf::event_based_actor* self) -> caf::behavior {
      return {[&, self](int) {
        if ((handled_on[0] > 0 && handled_on[1] > 0 && rounds > 0) || rounds == rounds_max)
          return over.set_value();
        ++rounds;
        left = worker_count;
        for (const auto& each : workers)
          self->send(each, 0);
      }};
    });
    rt.start();
    caf::anon_send(waker, 0);
    wait_for(over);
    waker = {};
  }
  EXPECT_GT(handled_on[0], 0u);
  EXPECT_GT(handled_on[1], 0u);
  EXPECT_EQ(handled_on[0] + handled_on[1], rounds * worker_count);
  for (const auto& each : handled_by)
    EXPECT_EQ(each, rounds);
  rt.stop();
}

class pinned_actor final : public detail::slim_actor {
 public:
  using signatures = caf::none_t;

  pinned_actor(caf::actor_config& config, net::loop& home, std::promise<void>& over,
               std::size_t expected)
      : slim_actor(config, home), over_(over), left_(expected) {}

  std::size_t strayed() const { return strayed_; }

 private:
  void handle(caf::mailbox_element& element) override {
    strayed_ += !home().in_loop();
    respond(element, caf::message::copy(element.content()));
    if (--left_ == 0)
      over_.set_value();
  }

  std::promise<void>& over_;
  std::size_t left_;
  std::size_t strayed_ = 0;
};

TEST(loops, a_pinned_actor_stays_where_it_is_whoever_sends) {
  constexpr int senders = 8;
  constexpr int messages = 2000;
  runtime rt(real_loops(2));
  auto& system = actors(rt);
  std::promise<void> over;
  {
    caf::actor_config config;
    const auto pinned = caf::make_actor<pinned_actor, caf::actor>(
        system.next_actor_id(), system.node(), &system, config, rt.loops().at(1), over,
        static_cast<std::size_t>(senders * messages));
    rt.start();
    std::vector<caf::actor> from;
    for (int i = 0; i < senders; ++i)
      from.push_back(spawn(system, [&, left = messages](caf::event_based_actor* self) mutable {
        self->send(self, 0);
        return caf::behavior{[&, self, left](int) mutable {
          --left;
          self->request(pinned, caf::infinite, left).then([self](int still) {
            if (still > 0)
              self->send(self, 0);
          });
        }};
      }));
    wait_for(over);
    EXPECT_EQ(static_cast<pinned_actor*>(caf::actor_cast<caf::abstract_actor*>(pinned))->strayed(),
              0u);
  }
  rt.stop();
}

struct busy_work {
  std::array<std::atomic<std::size_t>, 2> handled_on{};
  std::atomic<std::size_t> left{0};
  std::promise<void> over;
};

class busy_actor : public caf::event_based_actor {
 public:
  busy_actor(caf::actor_config& config, busy_work* work)
      : event_based_actor(config), work_(*work) {}

  const char* name() const override { return "busy"; }
  caf::behavior make_behavior() override {
    return {[this](int) {
      be_busy();
      ++work_.handled_on[net::loop::current()->index()];
      if (--work_.left == 0)
        work_.over.set_value();
    }};
  }

 private:
  busy_work& work_;
};

// In the way in which the ordinary actors above do move.
TEST(loops, ordinary_actors_that_were_spawned_pinned_stay_too) {
  constexpr std::size_t worker_count = 500;
  constexpr std::size_t rounds = 10;
  runtime rt(real_loops(2));
  auto& system = actors(rt);
  busy_work work;
  work.left = worker_count * rounds;
  {
    std::vector<caf::actor> workers;
    for (std::size_t i = 0; i < worker_count; ++i)
      workers.push_back(spawn_pinned<busy_actor>(rt, rt.loops().at(1), &work));
    rt.start();
    const auto waker = spawn(system, [&](caf::event_based_actor* self) -> caf::behavior {
      return {[&, self](int round) {
        for (const auto& each : workers)
          self->send(each, 0);
        if (round > 1)
          self->send(self, round - 1);
      }};
    });
    caf::anon_send(waker, static_cast<int>(rounds));
    wait_for(work.over);
  }
  EXPECT_EQ(work.handled_on[0], 0u);
  EXPECT_EQ(work.handled_on[1], worker_count * rounds);
  rt.stop();
}

TEST(loops, actors_need_no_threads_of_their_own) {
  const auto before = threads_of_process();
  runtime rt(real_loops(2));
  auto& system = actors(rt);
  EXPECT_EQ(threads_of_process(), before);
  rt.start();
  const auto running = before + 2 + 1;  // two loops, the watchdog
  EXPECT_EQ(threads_of_process(), running);
  std::promise<void> over;
  {
    std::vector<caf::actor> many;
    for (int i = 0; i < 200; ++i)
      many.push_back(spawn(system, [](caf::event_based_actor*) -> caf::behavior {
        return {[](int x) { return x; }};
      }));
    many.push_back(spawn(system, [&](caf::event_based_actor* self) -> caf::behavior {
      self->request(many.front(), 5s, 1).then([self](int) { self->delayed_send(self, 1ms, 2); });
      return {[&](int) { over.set_value(); }};
    }));
    wait_for(over);
    EXPECT_EQ(threads_of_process(), running);
  }
  rt.stop();
  EXPECT_EQ(threads_of_process(), before);
}

TEST(loops, under_simulation_everything_runs_in_one_thread) {
  const auto before = threads_of_process();
  simulation in;
  int answer = 0;
  std::thread::id where{};
  const auto twice = spawn(in.system, [&](caf::event_based_actor*) -> caf::behavior {
    return {[&](int x) {
      where = std::this_thread::get_id();
      return 2 * x;
    }};
  });
  const auto asker = spawn(in.system, [&](caf::event_based_actor* self) -> caf::behavior {
    self->request(twice, 5s, 1).then([&](int x) { answer = x; });
    return {[](int) {}};
  });
  in.rt.start();
  in.expect([&] { return answer == 2; });
  EXPECT_EQ(where, std::this_thread::get_id());
  EXPECT_EQ(threads_of_process(), before);
}

}  // namespace
}  // namespace actornet
