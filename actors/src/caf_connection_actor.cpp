#include "actornet/detail/caf_connection_actor.hpp"

#include <caf/actor.hpp>
#include <caf/actor_system.hpp>
#include <caf/make_actor.hpp>
#include <caf/message.hpp>

#include "actornet/caf.hpp"
#include "actornet/detail/caf_slim_actor.hpp"
#include "caf_scheduler.hpp"

namespace actornet::detail {

namespace {

bool orderly(errc reason) {
  return reason == errc::end_of_stream || reason == errc::closed_locally ||
         reason == errc::shutting_down;
}

// What a connection is in CAF's world. The connection itself does not need it: it is made when
// somebody wants a handle, and costs nothing before.
class connection_actor final : public slim_actor {
 public:
  using signatures = caf::none_t;

  connection_actor(caf::actor_config& config, const control_ref& connection,
                   deliver_element deliver)
      : slim_actor(config, connection->home(), connection->limits().travelling_messages_max),
        connection_(connection),
        deliver_(deliver) {}

  const char* name() const override { return "connection"; }

  void connection_closed(errc reason) {
    context(home().companion() ? static_cast<loop_unit*>(home().companion()) : nullptr);
    end(orderly(reason) ? caf::error() : to_caf_error(reason));
    connection_ = {};
  }

 private:
  void handle(caf::mailbox_element& element) override {
    bool understood = false;
    const errc failed = deliver_(connection_, element, understood);
    if (!understood)
      respond(element, caf::make_message(caf::make_error(caf::sec::unexpected_message)));
    else if (failed != errc{})
      respond(element, caf::make_message(to_caf_error(failed)));
    else
      respond(element, caf::message());
  }

  void handle_exit(const caf::error&) override { connection_->close(errc::killed); }

  control_ref connection_;
  const deliver_element deliver_;
};

// Holds the actor as long as the connection lives.
class actor_observer final : public connection_observer {
 public:
  explicit actor_observer(caf::strong_actor_ptr observed) : actor_(std::move(observed)) {}

  void on_closed(errc reason) override {
    static_cast<connection_actor*>(caf::actor_cast<caf::abstract_actor*>(actor_))
        ->connection_closed(reason);
  }
  const caf::strong_actor_ptr& handle() const noexcept { return actor_; }

 private:
  caf::strong_actor_ptr actor_;
};

}  // namespace

caf::strong_actor_ptr connection_actor_of(const control_ref& connection, deliver_element deliver) {
  if (!connection || !connection->home().in_loop() || !connection->open())
    return nullptr;
  if (const auto* const existing = connection->find_observer<actor_observer>())
    return existing->handle();
  auto* const unit = static_cast<loop_unit*>(connection->home().companion());
  auto& system = unit->system();
  caf::actor_config config(unit);
  const auto made = caf::make_actor<connection_actor, caf::strong_actor_ptr>(
      system.next_actor_id(), system.node(), &system, config, connection, deliver);
  auto* const actor = static_cast<connection_actor*>(caf::actor_cast<caf::abstract_actor*>(made));
  actor->launch(unit, false, true);
  connection->observe(std::make_unique<actor_observer>(made));
  return made;
}

}  // namespace actornet::detail
