#include "actornet/rooms/detail/follower.hpp"

namespace actornet::rooms::detail {

void follower::start(const position& at) {
  const std::lock_guard guard(mutex_);
  start_ = at;
  if (std::exchange(starting_, true))
    return;
  box_.push([self = shared_from_this()] {
    position from;
    {
      const std::lock_guard taken(self->mutex_);
      self->starting_ = false;
      from = self->start_;
    }
    if (self->sink_)
      self->sink_->on_start(from);
  });
}

void follower::append(const message_ref& next) {
  {
    const std::lock_guard guard(mutex_);
    if (starting_) {
      start_ = next->at();
      return;
    }
    if (waiting_ < queue_max) {
      ++waiting_;
      box_.push([self = shared_from_this(), next] {
        {
          const std::lock_guard taken(self->mutex_);
          --self->waiting_;
        }
        if (self->sink_)
          self->sink_->on_message(next);
      });
      return;
    }
  }
  start(next->at());
}

void follower::fail(errc reason) {
  box_.push([self = shared_from_this(), reason] {
    if (self->sink_)
      self->sink_->on_failed(reason);
  });
}

}  // namespace actornet::rooms::detail
