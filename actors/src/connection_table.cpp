#include "actornet/detail/connection_core.hpp"

#include <cassert>
#include <stdexcept>

#include "actornet/log.hpp"

namespace actornet::detail {

connection_table::~connection_table() {
  assert(!first_);
}

connection_table& connection_table::of(net::loop& home) {
  if (!home.runtime())
    throw std::logic_error("actornet: connections are made on a runtime's loops only");
  return *static_cast<connection_table*>(home.runtime());
}

void connection_table::add(connection_core& opened) noexcept {
  opened.next_ = first_;
  if (first_)
    first_->previous_ = &opened;
  first_ = &opened;
  ++size_;
}

void connection_table::remove(connection_core& closed) noexcept {
  (closed.previous_ ? closed.previous_->next_ : first_) = closed.next_;
  if (closed.next_)
    closed.next_->previous_ = closed.previous_;
  --size_;
  delete &closed;
  lost();
}

void connection_table::lost() {
  if (home_.connection_count.fetch_sub(1, std::memory_order_relaxed) == 1 && on_empty_)
    std::exchange(on_empty_, {})();
}

void connection_table::list(drain_listener& added) noexcept {
  added.previous_ = nullptr;
  added.next_ = listeners_;
  if (listeners_)
    listeners_->previous_ = &added;
  listeners_ = &added;
  added.listed_ = true;
}

void connection_table::unlist(drain_listener& gone) noexcept {
  if (!std::exchange(gone.listed_, false))
    return;
  (gone.previous_ ? gone.previous_->next_ : listeners_) = gone.next_;
  if (gone.next_)
    gone.next_->previous_ = gone.previous_;
}

// Bad input must not be able to fill a disk: a few lines a second, then a count.
void connection_table::report(connection_core& closed, errc reason) {
  if (reason == errc::end_of_stream || reason == errc::closed_locally ||
      reason == errc::shutting_down || reason == errc::connection_reset)
    return;
  if (home_.now() - report_window_ >= std::chrono::seconds(1)) {
    if (reports_ > reports_per_second_max)
      log(log_level::warning, std::to_string(reports_ - reports_per_second_max) +
                                  " more connections closed for a reason");
    report_window_ = home_.now();
    reports_ = 0;
  }
  if (++reports_ <= reports_per_second_max)
    log(log_level::warning, std::string("connection ") + (closed.dialed() ? "to " : "from ") +
                                net::to_string(closed.stream_.peer()) +
                                " closed: " + describe(reason));
}

void connection_table::drain_all() {
  draining_ = true;
  while (drain_listener* const first = listeners_) {
    unlist(*first);
    first->on_drain();
  }
  for (connection_core* i = first_; i; i = i->next_)
    i->drain();
}

std::size_t connection_table::kill_all(errc reason) {
  std::size_t killed = 0;
  for (connection_core* i = first_; i; i = i->next_) {
    killed += i->stream_.current_state() != net::stream::state::closed;
    i->kill(reason);
  }
  return killed;
}

}  // namespace actornet::detail
