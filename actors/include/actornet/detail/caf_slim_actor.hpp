#pragma once

#include <atomic>
#include <caf/local_actor.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/resumable.hpp>

#include "actornet/connection_control.hpp"
#include "actornet/net/loop.hpp"

namespace actornet::detail {

/// A CAF actor that is pinned to a loop and small: its mailbox is one word. It is a state machine,
/// not a behaviour: `handle` gets each message. Handles, requests, monitors, links and exit work as
/// with any CAF actor. The mailbox is bounded: a message over the limit is refused and counted
/// (`net::counters::messages_rejected`), a request answered with `errc::mailbox_full`; responses,
/// down and exit messages are never refused.
class slim_actor : public caf::local_actor, public caf::resumable {
 public:
  slim_actor(caf::actor_config& config, net::loop& home,
             std::size_t mailbox_messages_max = default_limits.travelling_messages_max);
  ~slim_actor() override;

  // -- caf::abstract_actor, any thread ------------------------------------------------------------
  void enqueue(caf::mailbox_element_ptr element, caf::execution_unit* unit) override;

  // -- caf::local_actor ---------------------------------------------------------------------------
  void launch(caf::execution_unit* unit, bool lazy, bool hide) override;

  // -- caf::resumable -----------------------------------------------------------------------------
  resume_result resume(caf::execution_unit* unit, std::size_t messages_max) override;
  subtype_t subtype() const override;
  void intrusive_ptr_add_ref_impl() override;
  void intrusive_ptr_release_impl() override;

 protected:
  net::loop& home() noexcept { return home_; }

  /// One message that is not CAF's own business. On the loop.
  virtual void handle(caf::mailbox_element& element) = 0;

  /// An exit message came whose reason is not the normal one: the actor must go (`end`).
  virtual void handle_exit(const caf::error& reason) { end(reason); }

  /// Ends the actor: monitors and links are told, later messages bounce. On the loop. Idempotent.
  void end(const caf::error& reason);

  bool ended() const noexcept { return ended_; }

  /// Answers the request in @p element; does nothing if it is none.
  void respond(caf::mailbox_element& element, caf::message answer);

 private:
  static caf::mailbox_element* idle() noexcept;
  static caf::mailbox_element* closed() noexcept;
  bool admits(const caf::mailbox_element& element) noexcept;
  void refuse(caf::mailbox_element& element);
  void count_refused();
  resume_result take_messages(std::size_t messages_max, std::size_t& taken);
  void dispatch(caf::mailbox_element& element);
  void close_mailbox(const caf::error& reason);

  net::loop& home_;
  // A stack of new messages (newest first), or one of: null (none, but the actor is scheduled or
  // runs), `idle` (none, to be scheduled by the next sender), `closed`.
  std::atomic<caf::mailbox_element*> inbox_;
  std::atomic<std::size_t> waiting_{0};  // messages, not fewer than there are
  std::atomic<std::size_t> refused_{0};  // not yet in the loop's counter
  const std::size_t mailbox_messages_max_;
  caf::mailbox_element* backlog_ = nullptr;  // taken from the inbox, oldest first
  bool ended_ = false;
};

}  // namespace actornet::detail
