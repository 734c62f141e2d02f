#pragma once

#include <caf/event_based_actor.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "actornet/net/clock.hpp"

namespace actornet {

/// When a child that ended is started again. A child ends in order with `exit_reason::normal` or
/// `exit_reason::user_shutdown`; with any other reason it failed.
enum class restart_policy : std::uint8_t {
  permanent,  ///< always
  transient,  ///< when it failed
  temporary,  ///< never
};

/// Which children a restart concerns.
enum class restart_strategy : std::uint8_t {
  one_for_one,  ///< the one that ended
  one_for_all,  ///< all: the others are ended first (`exit_reason::kill`, which none can refuse),
                ///< then all that are not temporary are started, in their order
};

/// A child of a supervisor. @p start spawns the actor; it runs in the supervisor's turn, each time
/// the child is started, so it should spawn afresh: `parent.spawn<worker>(...)`. One that throws or
/// returns an empty handle counts as a child that failed at once.
struct child_spec {
  std::string name;  ///< unique in its supervisor; in the log, and for `which_child`
  std::function<caf::actor(caf::scheduled_actor& parent)> start;
  restart_policy restart = restart_policy::permanent;
};

/// Options of a supervisor: how many restarts it takes before it gives up (restart intensity).
struct supervisor_options {
  restart_strategy strategy = restart_strategy::one_for_one;
  std::size_t restarts_max = 3;                    ///< within any `window`; one more: it gives up
  net::duration window = std::chrono::seconds(5);  ///< by the actor system's clock
};

/// Request to a supervisor: the present handle of the child with this name, `caf::actor`; the error
/// is `errc::actor_unreachable` when there is none.
struct which_child {
  std::string name;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, which_child& asked) {
  return f(asked.name);
}

/// A CAF actor that starts children in the order given, watches them and starts again those that
/// ended, as their policies say (after Erlang/OTP's supervisor):
///
///     auto top = actors(rt).spawn<actornet::supervisor>(
///         std::vector<child_spec>{{"worker", [](caf::scheduled_actor& parent) {
///                                    return parent.spawn<worker>();
///                                  }}});
///
/// When a child ends too often, the supervisor gives up: it ends with the error `errc::killed`,
/// which a supervisor above it, a monitor or a link can see. However it ends, its children get an
/// exit message (`exit_reason::user_shutdown`), the last one first. Each restart is a line in the
/// log. The supervisor holds its children; somebody must hold the supervisor.
class supervisor final : public caf::event_based_actor {
 public:
  supervisor(caf::actor_config& config, std::vector<child_spec> children,
             supervisor_options options = {});

  const char* name() const override { return "supervisor"; }
  void on_exit() override;

 protected:
  caf::behavior make_behavior() override;

 private:
  struct child {
    child_spec spec;
    caf::actor handle{};  // empty: does not run
    bool started = false;
  };

  void on_down(const caf::down_msg& down);
  void restart(child& ended, const caf::error& reason);
  bool start(child& of);
  bool try_start(child& of);
  void start_all_when_gone();
  bool may_restart();
  void give_up(const child& failed);

  std::vector<child> children_;
  const supervisor_options options_;
  std::deque<net::time_point> restarts_;  // within the window, at most restarts_max
  bool restarting_all_ = false;           // the others are being ended
};

}  // namespace actornet
