#include "actornet/flow/cancel.hpp"

#include <algorithm>

namespace actornet {

void cancel_source::cancel(errc reason) {
  errc none{};
  if (!state_->reason.compare_exchange_strong(none, reason, std::memory_order_acq_rel))
    return;
  detail::wake_list woken;
  {
    const net::biased_lock::guard guard(state_->over.lock(), net::loop::current());
    state_->over.close(woken);
  }
  woken.wake_all();
}

namespace detail {

bool bounded_wait::await_suspend(std::coroutine_handle<> task) {
  park(task);
  own_.emplace(context().home(), std::min(deadline_, context().deadline()));
  if (context().cancelled())
    own_->cancel(context().cancel_reason());
  else if (own_->deadline() <= context().home().now())
    own_->cancel(errc::timed_out);
  else if (deadline_ != net::never)
    context().home().timers().arm(timer_, deadline_);
  if (token_)
    begin_watching();
  if (start(*own_, net::entry_of<&bounded_wait::on_end>(*this)))
    return true;
  context().home().timers().remove(timer_);
  ended_ = true;
  if (token_ && !stop_watching())
    return true;
  unpark();
  return false;
}

// At the end of the work's last resume: its frame goes when the parent has resumed.
void bounded_wait::on_end() {
  context().home().timers().remove(timer_);
  ended_ = true;
  if (!token_ || stop_watching())
    wake();
}

void bounded_wait::begin_watching() {
  channel_state<std::monostate>& over = token_->state_->over;
  watch_.of = this;
  watch_.element = &watch_.nothing;
  watch_.wake = [](waiter& self) {
    bounded_wait& of = *static_cast<watch&>(self).of;
    of.context().home().post(net::entry_of<&bounded_wait::on_token>(of));
  };
  wake_list none;
  const net::biased_lock::guard guard(over.lock(), &context().home());
  if (over.receive(watch_.nothing, none) == outcome::must_wait) {
    watch_.arriving = true;
    over.enlist_receiver(watch_);
  } else {
    own_->cancel(token_->reason());
  }
}

// False: the cancellation is on its way here, `on_token` has to be awaited.
bool bounded_wait::stop_watching() {
  if (!watch_.arriving)
    return true;
  channel_state<std::monostate>& over = token_->state_->over;
  const net::biased_lock::guard guard(over.lock(), &context().home());
  if (!watch_.queued)
    return false;
  over.forget_receiver(watch_);
  return true;
}

void bounded_wait::on_token() {
  watch_.arriving = false;
  if (ended_)
    wake();
  else
    own_->cancel(token_->reason());
}

}  // namespace detail

}  // namespace actornet
