#include "actornet/caf_supervisor.hpp"

#include <caf/exit_reason.hpp>
#include <map>
#include <optional>

#include "actornet/log.hpp"
#include "actors/actor_support.hpp"

namespace actornet {
namespace {

constexpr int fail = 1;
constexpr int end_in_order = 2;

// Supervised workers that end when they are told to, and what became of them.
class supervision : public testing::Test {
 protected:
  struct history {
    int started = 0;
    int ended = 0;
    caf::actor_addr last;
  };

  supervision() {
    set_log_sink([](log_level, std::string_view) {});  // each restart is a line
  }
  ~supervision() override {
    if (top_)
      caf::anon_send_exit(top_, caf::exit_reason::user_shutdown);
    EXPECT_TRUE(in_.world.run_until_idle());
    top_ = watcher_ = {};
    set_log_sink(nullptr);
  }

  child_spec worker(const std::string& name, restart_policy restart = restart_policy::permanent) {
    return {name,
            [this, name](caf::scheduled_actor& parent) -> caf::actor {
              order_ += name;
              ++of_[name].started;
              const caf::actor made = parent.spawn<scripted_actor>(
                  [this, name](caf::event_based_actor* self) -> caf::behavior {
                    self->attach_functor([this, name] { ++of_[name].ended; });
                    return {[self](int how) {
                      self->quit(how == fail ? to_caf_error(errc::handler_failed) : caf::error());
                    }};
                  });
              of_[name].last = made.address();
              return made;
            },
            restart};
  }

  void supervise(std::vector<child_spec> children, supervisor_options options = {}) {
    top_ = in_.system.spawn<supervisor>(std::move(children), options);
    watcher_ = spawn(in_.system, [this](caf::event_based_actor* self) -> caf::behavior {
      self->set_down_handler([this](caf::down_msg& down) { ended_ = down.reason; });
      self->monitor(top_);
      return {[](int) {}};
    });
    settle();
  }

  void settle() { EXPECT_TRUE(in_.world.run_until_idle()) << in_.world; }

  void tell(const std::string& name, int what) {
    caf::anon_send(caf::actor_cast<caf::actor>(of_[name].last), what);
    settle();
  }

  int running(const std::string& name) { return of_[name].started - of_[name].ended; }

  simulation in_;
  std::map<std::string, history> of_;
  std::string order_;
  caf::actor top_;
  caf::actor watcher_;
  std::optional<caf::error> ended_;
};

TEST_F(supervision, starts_children_in_order) {
  supervise({worker("a"), worker("b"), worker("c")});
  EXPECT_EQ(order_, "abc");
}

TEST_F(supervision, restarts_the_one_that_failed_and_no_other) {
  supervise({worker("a"), worker("b")});
  tell("a", fail);
  EXPECT_EQ(of_["a"].started, 2);
  EXPECT_EQ(running("a"), 1);
  EXPECT_EQ(of_["b"].started, 1);
  EXPECT_FALSE(ended_);
}

TEST_F(supervision, restarts_by_policy) {
  supervise({worker("permanent"), worker("transient", restart_policy::transient),
             worker("temporary", restart_policy::temporary)});
  for (const char* name : {"permanent", "transient", "temporary"})
    tell(name, end_in_order);
  EXPECT_EQ(running("permanent"), 1);
  EXPECT_EQ(running("transient"), 0);
  EXPECT_EQ(running("temporary"), 0);
}

TEST_F(supervision, restarts_a_transient_child_that_failed_but_not_a_temporary_one) {
  supervise({worker("transient", restart_policy::transient),
             worker("temporary", restart_policy::temporary)});
  tell("transient", fail);
  tell("temporary", fail);
  EXPECT_EQ(running("transient"), 1);
  EXPECT_EQ(running("temporary"), 0);
}

TEST_F(supervision, gives_up_after_too_many_restarts_and_ends_its_children) {
  supervise({worker("a"), worker("b")}, {.restarts_max = 3, .window = 5s});
  for (int i = 0; i < 3; ++i)
    tell("a", fail);
  EXPECT_FALSE(ended_);
  EXPECT_EQ(of_["a"].started, 4);
  tell("a", fail);
  ASSERT_TRUE(ended_);
  EXPECT_EQ(from_caf_error(*ended_), errc::killed);
  EXPECT_EQ(of_["a"].started, 4);
  EXPECT_EQ(running("a"), 0);
  EXPECT_EQ(running("b"), 0);
}

TEST_F(supervision, forgets_restarts_when_the_window_has_passed) {
  supervise({worker("a")}, {.restarts_max = 2, .window = 5s});
  for (int i = 0; i < 10; ++i) {
    tell("a", fail);
    ASSERT_TRUE(in_.world.run_for(2500ms));
  }
  EXPECT_FALSE(ended_);
  EXPECT_EQ(of_["a"].started, 11);
  tell("a", fail);
  tell("a", fail);
  EXPECT_TRUE(ended_);
}

TEST_F(supervision, one_for_all_ends_the_others_before_it_starts_all) {
  supervise({worker("a"), worker("b"), worker("c", restart_policy::temporary)},
            {.strategy = restart_strategy::one_for_all});
  order_.clear();
  tell("a", fail);
  EXPECT_EQ(order_, "ab");
  EXPECT_EQ(running("a"), 1);
  EXPECT_EQ(running("b"), 1);
  EXPECT_EQ(running("c"), 0);
  EXPECT_EQ(of_["b"].ended, 1);
  EXPECT_FALSE(ended_);
}

TEST_F(supervision, one_for_all_counts_one_restart_for_all) {
  supervise({worker("a"), worker("b")},
            {.strategy = restart_strategy::one_for_all, .restarts_max = 2});
  tell("a", fail);
  tell("b", fail);
  EXPECT_FALSE(ended_);
  EXPECT_EQ(of_["a"].started, 3);
  tell("a", fail);
  EXPECT_TRUE(ended_);
  EXPECT_EQ(running("a") + running("b"), 0);
}

TEST_F(supervision, ends_its_children_at_an_exit_message) {
  supervise({worker("a"), worker("b")});
  caf::anon_send_exit(top_, caf::exit_reason::user_shutdown);
  settle();
  EXPECT_TRUE(ended_);
  EXPECT_EQ(running("a") + running("b"), 0);
}

TEST_F(supervision, ends_its_children_when_nobody_holds_it) {
  supervise({worker("a")});
  caf::anon_send_exit(watcher_, caf::exit_reason::user_shutdown);
  top_ = {};
  settle();
  EXPECT_EQ(running("a"), 0);
}

TEST_F(supervision, gives_up_on_a_child_that_cannot_be_started) {
  int tried = 0;
  supervise({worker("a"),
             {"broken",
              [&](caf::scheduled_actor&) -> caf::actor {
                ++tried;
                throw std::runtime_error("no");
              }}},
            {.restarts_max = 4});
  EXPECT_EQ(tried, 5);
  EXPECT_TRUE(ended_);
  EXPECT_EQ(running("a"), 0);
}

TEST_F(supervision, tells_the_present_handle_of_a_child) {
  supervise({worker("a")});
  tell("a", fail);
  std::optional<caf::actor> present;
  std::optional<caf::error> none;
  const auto asker = spawn(in_.system, [&](caf::event_based_actor* self) -> caf::behavior {
    self->request(top_, 1s, which_child{"a"}).then([&](const caf::actor& a) { present = a; });
    self->request(top_, 1s, which_child{"z"})
        .then([](const caf::actor&) {}, [&](caf::error& e) { none = e; });
    return {[](int) {}};
  });
  in_.expect([&] { return present && none; });
  EXPECT_EQ(present->address(), of_["a"].last);
  EXPECT_EQ(from_caf_error(*none), errc::actor_unreachable);
}

TEST_F(supervision, a_supervisor_above_restarts_one_that_gave_up) {
  int inner_started = 0;
  supervise({{"inner", [&](caf::scheduled_actor& parent) -> caf::actor {
                ++inner_started;
                return parent.spawn<supervisor>(std::vector<child_spec>{worker("a")},
                                                supervisor_options{.restarts_max = 1});
              }}});
  tell("a", fail);
  EXPECT_EQ(inner_started, 1);
  tell("a", fail);
  EXPECT_EQ(inner_started, 2);
  EXPECT_EQ(running("a"), 1);
  EXPECT_FALSE(ended_);
}

}  // namespace
}  // namespace actornet
