#include <caf/make_actor.hpp>

#include "actornet/caf.hpp"
#include "actornet/detail/caf_slim_actor.hpp"
#include "caf_scheduler.hpp"

namespace actornet {

namespace {

class acceptor_actor final : public detail::slim_actor {
 public:
  acceptor_actor(caf::actor_config& config, net::acceptor& accepting)
      : slim_actor(config, accepting.home()), acceptor_(accepting) {}

  const char* name() const override { return "listener"; }

  void stopped() {
    context(static_cast<detail::loop_unit*>(home().companion()));
    end({});
  }

 private:
  void handle(caf::mailbox_element& element) override {
    if (element.content().match_elements<caf::get_atom>())
      respond(element, caf::make_message(static_cast<std::uint64_t>(acceptor_.connections())));
    else
      respond(element, caf::make_message(caf::make_error(caf::sec::unexpected_message)));
  }

  void handle_exit(const caf::error&) override { acceptor_.stop(); }

  net::acceptor& acceptor_;
};

}  // namespace

listener listener_actor(runtime& rt, std::size_t index) {
  auto& system = actors(rt);
  net::acceptor& accepting = rt.acceptor_at(index);
  auto& unit = detail::loop_scheduler::of(system).unit_of(accepting.home());
  caf::actor_config config(&unit);
  const auto made = caf::make_actor<acceptor_actor, caf::strong_actor_ptr>(
      system.next_actor_id(), system.node(), &system, config, accepting);
  accepting.set_on_stopped([made] {
    static_cast<acceptor_actor*>(caf::actor_cast<caf::abstract_actor*>(made))->stopped();
  });
  return caf::actor_cast<listener>(made);
}

}  // namespace actornet
