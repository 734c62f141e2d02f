#include "actornet/caf_spawn_actor.hpp"

#include <caf/make_actor.hpp>

#include "actornet/detail/caf_slim_actor.hpp"
#include "actornet/log.hpp"
#include "caf_scheduler.hpp"

namespace actornet::detail {

namespace {

class task_actor final : public slim_actor {
 public:
  using signatures = caf::none_t;

  task_actor(caf::actor_config& config, net::loop& home, take_message take, task<> work)
      : slim_actor(config, home), take_(std::move(take)), work_(std::move(work)), context_(home) {}

  const char* name() const override { return "task"; }

  // Keeps itself alive until the task has ended, whoever else has a handle.
  void begin() {
    self_ = caf::strong_actor_ptr(ctrl());
    home().enqueue(net::entry_of<&task_actor::start>(*this));
  }

 private:
  void start() {
    if (!work_.start(context_, net::entry_of<&task_actor::on_end>(*this)))
      finish();
  }

  void on_end() { home().enqueue_next(net::entry_of<&task_actor::finish>(*this)); }

  void finish() {
    const auto alive = std::exchange(self_, nullptr);
    context(static_cast<loop_unit*>(home().companion()));
    const bool failed = static_cast<bool>(work_.failure());
    if (failed)
      log(log_level::error, "a task actor ended with an exception");
    work_.reset();
    take_ = nullptr;
    end(failed ? to_caf_error(errc::handler_failed) : caf::error());
  }

  void handle(caf::mailbox_element& element) override {
    pending_answer answer;
    if (element.mid.is_request()) {
      answer = pending_answer(ctrl(), element.sender, element.mid.response_id());
      element.mid.mark_as_answered();
    }
    const errc refused = take_(element, answer);
    if (refused == errc{})
      return;
    home().counted.messages_rejected.add();
    answer.give(caf::make_message(refused == errc::unexpected_response
                                      ? caf::make_error(caf::sec::unexpected_message)
                                      : to_caf_error(refused)));
  }

  void handle_exit(const caf::error&) override { context_.cancel(errc::killed); }

  take_message take_;
  task<> work_;
  task_context context_;
  caf::strong_actor_ptr self_;
};

}  // namespace

// -- answers --------------------------------------------------------------------------------------

pending_answer::~pending_answer() {
  give(caf::make_message(to_caf_error(errc::dropped)));
}

void pending_answer::give(caf::message answer) {
  if (const auto asker = std::exchange(to_, nullptr))
    asker->enqueue(
        caf::make_mailbox_element(std::exchange(from_, nullptr), request_, {}, std::move(answer)),
        static_cast<loop_unit*>(net::loop::current()->companion()));
}

// -- the actor ------------------------------------------------------------------------------------

caf::strong_actor_ptr make_task_actor(take_message take, task<> work) {
  net::loop& home = *net::loop::current();
  auto* const unit = static_cast<loop_unit*>(home.companion());
  auto& system = unit->system();
  caf::actor_config config(unit);
  const auto made = caf::make_actor<task_actor, caf::strong_actor_ptr>(
      system.next_actor_id(), system.node(), &system, config, home, std::move(take),
      std::move(work));
  static_cast<task_actor*>(caf::actor_cast<caf::abstract_actor*>(made))->begin();
  return made;
}

}  // namespace actornet::detail
