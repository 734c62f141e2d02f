#include "actornet/flow/scope.hpp"

#include <cassert>

namespace actornet {

namespace detail {

// -- a child --------------------------------------------------------------------------------------

child_record::child_record(scope& of) : home_(of.context().home()), scope_(&of) {
  of.add(*this);
}

net::time_point child_record::inherited_deadline() const noexcept {
  return scope_->context().deadline();
}

void child_record::finish(const std::exception_ptr& failure, std::error_code error) {
  scope& of = *std::exchange(scope_, nullptr);
  if (failure || error)
    of.fail(failure, error);
  if (joiner_)
    std::exchange(joiner_, nullptr)->on_end();
  of.remove(*this);
  release();
}

// -- who waits for it -----------------------------------------------------------------------------

void join_wait_base::await_suspend(std::coroutine_handle<> task) {
  assert(!of_->joiner_ && "two joins of one child at a time");
  park(task);
  of_->joiner_ = this;
  if (context().cancelled())
    of_->cancel(context().cancel_reason());
}

void join_wait_base::enlist_as_alternative(wait_point& whole, claim_word& claim,
                                           std::uint32_t number) noexcept {
  assert(!of_->joiner_ && "two joins of one child at a time");
  whole_ = &whole;
  claim_ = &claim;
  number_ = number;
  of_->joiner_ = this;
}

void join_wait_base::on_end() {
  if (!claim_)
    wake();
  else if (claim_->claim(number_))
    wake_from_anywhere(*whole_);
}

}  // namespace detail

// -- the scope ------------------------------------------------------------------------------------

scope::~scope() {
  assert(running_ == 0 && "a scope was left with running tasks: wait for all_ended");
}

void scope::add(detail::child_record& started) {
  started.next_ = first_;
  if (first_)
    first_->previous_ = &started;
  first_ = &started;
  ++running_;
}

void scope::remove(detail::child_record& ended) {
  (ended.previous_ ? ended.previous_->next_ : first_) = ended.next_;
  if (ended.next_)
    ended.next_->previous_ = ended.previous_;
  if (--running_ == 0 && ending_)
    std::exchange(ending_, nullptr)->wake();
}

void scope::cancel(errc reason) {
  if (context_.cancelled())
    return;
  context_.cancel(reason);
  for (detail::child_record* i = first_; i; i = i->next_)
    i->cancel(reason);
}

void scope::fail(const std::exception_ptr& failure, std::error_code error) {
  if (failure_ || error_)
    return;
  failure_ = failure;
  error_ = error;
  cancel();
}

bool scope::end_wait::await_ready() {
  if (context().cancelled())
    of_->cancel(context().cancel_reason());
  return of_->running_ == 0;
}

}  // namespace actornet
