#include "actornet/detail/connection_core.hpp"

#include <cassert>

namespace actornet::detail {

// -- waiting for input ----------------------------------------------------------------------------

bool input_wait::ready() noexcept {
  if (context().cancelled())
    return fail(context().cancel_reason()), true;
  if (!from_->read_deadline_passed() && !spend_credit())
    return false;
  return look();
}

bool input_wait::look() noexcept {
  from_->frame_ = {};  // the previous frame's view ends here
  if (from_->ended())
    return fail(from_->stream_.close_reason()), true;
  if (from_->read_deadline_passed())
    return fail(errc::timed_out), true;
  next_ = from_->take_frame();
  return next_.state != net::stream::next::status::need_more;
}

void input_wait::suspend(std::coroutine_handle<> task) {
  assert(!from_->reader_ && "two reads of one connection at a time");
  park(task);
  from_->reader_ = this;
  if (from_->home().credit() == 0)
    from_->stream_.yield_input();
  else
    from_->stream_.want_input();
}

void input_wait::enlist_as_alternative(wait_point& whole, claim_word& claim, std::uint32_t number) {
  assert(!from_->reader_ && "two reads of one connection at a time");
  whole_ = &whole;
  claim_ = &claim;
  number_ = number;
  from_->reader_ = this;
  from_->stream_.want_input();
}

// What was asked for may still be read; it waits for the next read.
void input_wait::withdraw_alternative() noexcept {
  if (from_->reader_ == this)
    from_->reader_ = nullptr;
}

void input_wait::resume_with(const net::stream::next& next) {
  next_ = next;
  if (whole_)
    resume_now(*whole_);
  else
    resume_inline();
}

void input_wait::give_up(errc reason) {
  from_->reader_ = nullptr;
  if (!win())
    return;
  fail(reason);
  wake_from_anywhere(whole_ ? *whole_ : *this);
}

// -- waiting for room -----------------------------------------------------------------------------

bool output_wait::begin() noexcept {
  if (context().cancelled())
    error_ = context().cancel_reason();
  else if (to_->ended())
    error_ = to_->stream_.close_reason();
  else if (to_->write_deadline_passed())
    error_ = errc::timed_out;
  return error_ || (spend_credit() && advance());
}

void output_wait::suspend(std::coroutine_handle<> task) {
  assert(!to_->writer_ && "two writes to one connection at a time");
  park(task);
  to_->writer_ = this;
  if (to_->stream_.above_high())
    to_->stream_.want_room();
  else
    to_->stream_.yield_room();
}

void output_wait::abandon(errc reason) {
  to_->writer_ = nullptr;
  error_ = reason;
  wake();
}

// -- waiting for requests -------------------------------------------------------------------------

bool request_wait::await_ready() noexcept {
  if (context().cancelled())
    error_ = context().cancel_reason();
  else if (from_->ended())
    error_ = from_->stream_.close_reason();
  if (error_ != errc{})
    return true;
  return from_->may_begin_request() && spend_credit();
}

void request_wait::await_suspend(std::coroutine_handle<> task) {
  park(task);
  from_->requester_ = this;
  from_->control()->watch_requests(true);
  // It may be lack of credit only, or requests may have ended meanwhile.
  if (from_->requester_may_go()) {
    from_->release_requester();
    wake_later();
  }
}

void request_wait::abandon(errc reason) {
  from_->release_requester();
  error_ = reason;
  wake();
}

}  // namespace actornet::detail
