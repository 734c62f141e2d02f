#include "actornet/dial.hpp"

#include <algorithm>

namespace actornet::detail {

bool dial_wait::await_ready() {
  const connection_table& here = connection_table::of(context().home());
  deadline_ = std::min(deadline_, context().deadline());
  if (context().cancelled())
    outcome_.emplace(context().cancel_reason());
  else if (here.draining())
    outcome_.emplace(errc::shutting_down);
  else if (deadline_ <= context().home().now())
    outcome_.emplace(errc::timed_out);
  return outcome_.has_value();
}

void dial_wait::await_suspend(std::coroutine_handle<> task) {
  park(task);
  begin(connection_table::of(context().home()), uri_, deadline_, options_);
}

void dial_wait::on_dialed(result<connection_core*> outcome) {
  outcome_.emplace(outcome);
  wake();
}

void dial_wait::abandon(errc reason) {
  give_up();
  outcome_.emplace(reason);
  wake();
}

}  // namespace actornet::detail
