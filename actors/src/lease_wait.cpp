#include "actornet/detail/lease_wait.hpp"

#include <algorithm>

namespace actornet::detail {

bool lease_wait::await_ready() {
  part_ = &state_.part_of(context().home());
  deadline_ = std::min(deadline_, context().deadline());
  if (context().cancelled())
    return refuse(context().cancel_reason());
  if (deadline_ <= context().home().now())
    return refuse(errc::timed_out);
  if (spend_credit())
    return look();
  step_ = step::yielding;
  return false;
}

bool lease_wait::look() {
  item_ = part_->take_idle();
  if (item_)
    return true;
  const errc closed = part_->refusal();
  return closed != errc{} && refuse(closed);
}

bool lease_wait::await_suspend(std::coroutine_handle<> task) {
  park(task);
  if (step_ == step::yielding) {
    context().home().enqueue(net::entry_of<&lease_wait::try_again>(*this));
    return true;
  }
  if (part_->admit(*this))
    return true;
  unpark();
  return false;
}

void lease_wait::try_again() {
  step_ = step::looking;
  if (error_ || look() || !part_->admit(*this))
    resume_inline();
}

bool lease_wait::refuse(std::error_code why) noexcept {
  if (why == errc::timed_out)
    part_->counted.timed_out.add();
  error_ = why;
  return true;
}

void lease_wait::failed(std::error_code why) {
  timer_.reset();  // another deadline may have been the same
  refuse(why);
  wake();
}

// -- waiting for another lease to end -------------------------------------------------------------

void lease_wait::wait_in_line() {
  step_ = step::waiting;
  since_ = context().home().now();
  timer_.emplace(net::entry_of<&lease_wait::on_deadline>(*this));
  context().home().timers().arm(*timer_, deadline_);
}

void lease_wait::served(pool_item& item) {
  timer_.reset();
  item_ = &item;
  wake();
}

void lease_wait::on_deadline() {
  failed(errc::timed_out);
  part_->forget(*this);
}

// -- waiting for a connection to be made ----------------------------------------------------------

void lease_wait::dial() {
  step_ = step::dialing;
  timer_.reset();
  net::loop& home = context().home();
  const net::duration patience = state_.limits().dial_timeout;
  const net::time_point until =
      patience > net::duration::zero() ? net::deadline_after(home.now(), patience) : net::never;
  begin(connection_table::of(home), state_.uri(), std::min(deadline_, until), state_.how());
}

void lease_wait::on_dialed(result<connection_core*> outcome) {
  if (!outcome) {
    failed(outcome.error());
    return part_->dial_over();
  }
  const errc closed = part_->refusal();  // meanwhile
  if (closed == errc{}) {
    item_ = part_->dialed(**outcome);
    return wake();
  }
  (*outcome)->release();
  failed(closed);
  part_->dial_over();
}

// -- the task is to stop --------------------------------------------------------------------------

void lease_wait::abandon(errc reason) {
  if (step_ == step::yielding) {
    refuse(reason);
    return;
  }
  failed(reason);
  if (step_ == step::waiting)
    return part_->forget(*this);
  give_up();
  part_->dial_over();
}

}  // namespace actornet::detail
