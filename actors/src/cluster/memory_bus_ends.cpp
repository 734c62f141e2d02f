#include "memory_bus_ends.hpp"

namespace actornet::cluster::detail {

void listener::push(const net::shared_bytes& payload) {
  const std::lock_guard guard(mutex_);
  if (waiting_ >= memory_bus::queue_max) {
    lose_locked(1);
    return;
  }
  ++waiting_;
  box_.push([self = shared_from_this(), payload] { self->tell(payload); });
}

void listener::lose(std::uint64_t more) {
  const std::lock_guard guard(mutex_);
  lose_locked(more);
}

void listener::lose_locked(std::uint64_t more) {
  if (std::exchange(lost_, lost_ + more) == 0)
    box_.push([self = shared_from_this()] { self->tell_lag(); });
}

void listener::tell(const net::shared_bytes& payload) {
  {
    const std::lock_guard guard(mutex_);
    --waiting_;
  }
  if (sink_)
    sink_->on_published(payload);
}

void listener::tell_lag() {
  std::uint64_t lost = 0;
  {
    const std::lock_guard guard(mutex_);
    lost = std::exchange(lost_, 0);
  }
  if (sink_)
    sink_->on_lagged(lost);
}

result<void> memory_server::push(const net::shared_bytes& payload, bus_reply reply) {
  const std::lock_guard guard(mutex_);
  if (waiting_ >= memory_bus::queue_max)
    return errc::mailbox_full;
  ++waiting_;
  box_.push([self = shared_from_this(), payload, reply = std::move(reply)]() mutable {
    {
      const std::lock_guard taken(self->mutex_);
      --self->waiting_;
    }
    if (self->server_)
      self->server_->on_request(payload, std::move(reply));
  });
  return {};
}

}  // namespace actornet::cluster::detail
