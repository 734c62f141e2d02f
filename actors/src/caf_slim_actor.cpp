#include "actornet/detail/caf_slim_actor.hpp"

#include <caf/detail/sync_request_bouncer.hpp>
#include <caf/response_promise.hpp>
#include <caf/system_messages.hpp>

#include "actornet/caf.hpp"
#include "caf_scheduler.hpp"

namespace actornet::detail {

namespace {

// Addresses that are no message's; nothing is ever read or written there.
alignas(caf::mailbox_element) std::byte marks[2];

caf::mailbox_element* next_of(caf::mailbox_element* element) {
  return static_cast<caf::mailbox_element*>(element->next);
}

}  // namespace

caf::mailbox_element* slim_actor::idle() noexcept {
  return reinterpret_cast<caf::mailbox_element*>(&marks[0]);
}

caf::mailbox_element* slim_actor::closed() noexcept {
  return reinterpret_cast<caf::mailbox_element*>(&marks[1]);
}

slim_actor::slim_actor(caf::actor_config& config, net::loop& home, std::size_t mailbox_messages_max)
    : local_actor(config),
      home_(home),
      inbox_(idle()),
      mailbox_messages_max_(mailbox_messages_max) {}

slim_actor::~slim_actor() {
  for (auto* element : {inbox_.load(), backlog_}) {
    while (element && element != idle() && element != closed()) {
      const caf::mailbox_element_ptr owned(element);
      element = next_of(element);
    }
  }
}

void slim_actor::launch(caf::execution_unit*, bool, bool hide) {
  if (!hide)
    register_at_system();
}

// A place in the mailbox is taken before the message is there, so that there are never too many.
bool slim_actor::admits(const caf::mailbox_element& element) noexcept {
  if (waiting_.fetch_add(1, std::memory_order_relaxed) < mailbox_messages_max_)
    return true;
  const auto& content = element.content();
  if (element.mid.is_response() || content.match_elements<caf::down_msg>() ||
      content.match_elements<caf::exit_msg>())
    return true;
  waiting_.fetch_sub(1, std::memory_order_relaxed);
  return false;
}

void slim_actor::refuse(caf::mailbox_element& element) {
  refused_.fetch_add(1, std::memory_order_relaxed);
  if (element.mid.is_request() && element.sender)  // CAF's bouncer would say that we are gone
    element.sender->enqueue(
        caf::make_mailbox_element(ctrl(), element.mid.response_id(), {},
                                  caf::make_message(to_caf_error(errc::mailbox_full))),
        nullptr);
}

// The loop's counters are the loop's; a full mailbox means that its turn will come.
void slim_actor::count_refused() {
  if (refused_.load(std::memory_order_relaxed) > 0)
    home_.counted.messages_rejected.add(refused_.exchange(0, std::memory_order_relaxed));
}

void slim_actor::enqueue(caf::mailbox_element_ptr element, caf::execution_unit*) {
  if (inbox_.load(std::memory_order_relaxed) != closed() && !admits(*element))
    return refuse(*element);
  caf::mailbox_element* seen = inbox_.load(std::memory_order_relaxed);
  do {
    if (seen == closed()) {
      caf::detail::sync_request_bouncer bounce(caf::exit_reason::unreachable);
      bounce(*element);
      return;
    }
    element->next = seen == idle() ? nullptr : seen;
  } while (!inbox_.compare_exchange_weak(seen, element.get(), std::memory_order_acq_rel));
  element.release();
  if (seen != idle())
    return;
  caf::intrusive_ptr_add_ref(static_cast<caf::resumable*>(this));
  loop_scheduler::of(home_system()).unit_of(home_).run_pinned(this);
}

caf::resumable::resume_result slim_actor::resume(caf::execution_unit* unit,
                                                 std::size_t messages_max) {
  context(unit);
  count_refused();
  if (ended_)  // by its connection, with this turn still in the queue
    return resumable::done;
  std::size_t taken = 0;
  const auto outcome = take_messages(messages_max, taken);
  waiting_.fetch_sub(taken, std::memory_order_relaxed);
  return outcome;
}

caf::resumable::resume_result slim_actor::take_messages(std::size_t messages_max,
                                                        std::size_t& taken) {
  while (taken < messages_max) {
    if (!backlog_) {
      caf::mailbox_element* newest = inbox_.exchange(nullptr, std::memory_order_acq_rel);
      while (newest) {  // reverses: the oldest comes first
        auto* const older = next_of(newest);
        newest->next = backlog_;
        backlog_ = newest;
        newest = older;
      }
      caf::mailbox_element* none = nullptr;
      if (!backlog_) {
        if (inbox_.compare_exchange_strong(none, idle(), std::memory_order_acq_rel))
          return resumable::awaiting_message;
        continue;
      }
    }
    const caf::mailbox_element_ptr element(std::exchange(backlog_, next_of(backlog_)));
    ++taken;
    dispatch(*element);
    if (ended_)
      return resumable::done;
  }
  return resumable::resume_later;
}

caf::resumable::subtype_t slim_actor::subtype() const {
  return resumable::io_actor;  // CAF's word for pinned
}

void slim_actor::dispatch(caf::mailbox_element& element) {
  current_mailbox_element(&element);
  auto& content = element.content();
  if (content.match_elements<caf::exit_msg>()) {
    const caf::error& reason = content.get_as<caf::exit_msg>(0).reason;
    if (reason)  // CAF's rule: who ends normally takes nobody along
      handle_exit(reason);
  } else if (!handle_system_message(element, context(), true)) {
    handle(element);
  }
  current_mailbox_element(nullptr);
}

void slim_actor::respond(caf::mailbox_element& element, caf::message answer) {
  if (!element.mid.is_request() || !element.sender)
    return;
  const auto response = element.mid.response_id();
  element.mid.mark_as_answered();
  element.sender->enqueue(caf::make_mailbox_element(ctrl(), response, {}, std::move(answer)),
                          context());
}

void slim_actor::end(const caf::error& reason) {
  if (std::exchange(ended_, true))
    return;
  const caf::strong_actor_ptr alive(ctrl());  // the last handle may go meanwhile
  close_mailbox(reason);
  caf::error copy = reason;
  cleanup(std::move(copy), context());
}

void slim_actor::close_mailbox(const caf::error& reason) {
  caf::detail::sync_request_bouncer bounce(reason ? reason : caf::exit_reason::unreachable);
  caf::mailbox_element* taken = inbox_.exchange(closed(), std::memory_order_acq_rel);
  for (auto* element : {std::exchange(backlog_, nullptr), taken}) {
    while (element && element != idle() && element != closed()) {
      const caf::mailbox_element_ptr owned(element);
      element = next_of(element);
      bounce(*owned);
    }
  }
}

void slim_actor::intrusive_ptr_add_ref_impl() {
  caf::intrusive_ptr_add_ref(ctrl());
}

void slim_actor::intrusive_ptr_release_impl() {
  caf::intrusive_ptr_release(ctrl());
}

}  // namespace actornet::detail
