#include "actornet/detail/pool_part.hpp"

#include <algorithm>
#include <cassert>
#include <string>

#include "actornet/detail/lease_wait.hpp"
#include "actornet/detail/pool_state.hpp"
#include "actornet/flow/cancel.hpp"
#include "actornet/log.hpp"

namespace actornet::detail {

namespace {

constexpr std::uint64_t one_less = ~std::uint64_t{0};  // a counter wraps

// After @p wait from @p since; zero is never.
net::time_point later(net::time_point since, net::duration wait) noexcept {
  return wait > net::duration::zero() ? net::deadline_after(since, wait) : net::never;
}

task<result<void>> guarded(pool_state& state, pool_hook which, pool_item& on,
                           net::time_point until) {
  try {
    co_return co_await with_deadline(until, state.run_hook(which, on));
  } catch (const std::exception& failure) {
    log(log_level::error, std::string("a pool's hook ended with an exception: ") + failure.what());
  } catch (...) {
    log(log_level::error, "a pool's hook ended with an exception that is no std::exception");
  }
  co_return errc::handler_failed;
}

}  // namespace

// -- an item --------------------------------------------------------------------------------------

pool_item::pool_item(pool_part& of, connection_core& core)
    : part_(of), core_(core), expires_at_(later(of.home_.now(), of.state_.limits().lifetime_max)) {}

void pool_item::on_disturbed() {
  const bool open = core_.bytes().is_open() && core_.bytes().input_end() == errc{};
  part_.discard(*this, open ? pool_discard::unread : pool_discard::broken);
}

void pool_item::on_hook_end() {
  part_.home_.enqueue_next(net::entry_of<&pool_item::hook_over>(*this));
}

void pool_item::hook_over() {
  const result<void> outcome = hook_task_.take();
  hook_task_.reset();
  hook_context_.reset();
  part_.end_hook(*this, static_cast<bool>(outcome));
}

// -- leases ---------------------------------------------------------------------------------------

pool_part::pool_part(pool_state& of, net::loop& home) : state_(of), home_(home) {}

pool_part::~pool_part() {
  assert(uses_ == 0);
}

pool_item* pool_part::take_idle() {
  while (pool_item* const newest = newest_) {
    if (newest->expires_at_ <= home_.now()) {
      discard(*newest, pool_discard::lifetime);
    } else if (!healthy(*newest)) {
      newest->on_disturbed();
    } else {
      unlink(*newest);
      counted.leased.add();
      counted.leases.add();
      return newest;
    }
  }
  return nullptr;
}

errc pool_part::refusal() const {
  if (ended_ != errc{})
    return ended_;
  if (state_.closed())
    return errc::closed_locally;
  return connection_table::of(home_).draining() ? errc::shutting_down : errc{};
}

bool pool_part::admit(lease_wait& lease) {
  const bool may_wait = state_.limits().may_wait && waiting_ < state_.limits().waiting_max;
  begin_use();
  switch (state_.take_place(*this, home_.now(), may_wait)) {
    case pool_state::place::taken:
      lease.dial();
      return true;
    case pool_state::place::queued:
      lease.previous_ = last_;
      (last_ ? last_->next_ : first_) = &lease;
      last_ = &lease;
      ++waiting_;
      counted.waiting.add();
      counted.waited.add();
      lease.wait_in_line();
      state_.ask_others(*this);
      return true;
    case pool_state::place::refused:
      break;
  }
  lease.refuse(state_.limits().may_wait ? errc::mailbox_full : errc::connections_exhausted);
  end_use();
  return false;
}

void pool_part::unqueue(lease_wait& lease) noexcept {
  (lease.previous_ ? lease.previous_->next_ : first_) = lease.next_;
  (lease.next_ ? lease.next_->previous_ : last_) = lease.previous_;
  lease.previous_ = lease.next_ = nullptr;
  --waiting_;
  counted.waiting.add(one_less);
}

void pool_part::forget(lease_wait& lease) {
  unqueue(lease);
  state_.leave_queue(*this);
  end_use();
}

void pool_part::on_place() {
  if (!first_)
    return state_.free_place();  // who asked for it is gone
  lease_wait& first = *first_;
  unqueue(first);
  first.dial();
}

void pool_part::dial_over() {
  counted.failed.add();
  state_.free_place();
  end_use();
}

pool_item* pool_part::dialed(connection_core& core) {
  counted.created.add();
  counted.leased.add();
  counted.leases.add();
  return state_.make_item(*this, core);
}

// -- after a lease --------------------------------------------------------------------------------

bool pool_part::healthy(const pool_item& item) const noexcept {
  const net::stream& bytes = item.core_.bytes();
  return bytes.is_open() && !bytes.has_unread() && !item.core_.in_use();
}

void pool_part::give_back(pool_item& item) {
  assert(home_.in_loop() && "a lease must end on its loop");
  item.idle_since_ = home_.now();
  if (!healthy(item))
    return item.core_.in_use() ? discard(item, pool_discard::broken) : item.on_disturbed();
  if (state_.has_reset() && refusal() == errc{})
    return begin_hook(item, pool_hook::reset);
  use_again(item);
}

void pool_part::use_again(pool_item& item) {
  if (ended_ != errc{} || state_.closed())
    return discard(item, pool_discard::closed);
  if (item.expires_at_ <= home_.now())
    return discard(item, pool_discard::lifetime);
  if (first_ && !state_.others_come_first(*this, first_->since_))
    return serve_first(item);
  if (state_.queued() > 0)
    return discard(item, pool_discard::moved);
  put_idle(item);
}

void pool_part::serve_first(pool_item& item) {
  lease_wait& first = *first_;
  counted.leases.add();
  first.served(item);
  forget(first);
}

// The connection ends in order, as its handle goes, unless it is good for nothing.
void pool_part::discard(pool_item& item, pool_discard why) {
  assert(home_.in_loop() && "a lease must end on its loop");
  counted.discarded[static_cast<std::size_t>(why)].add();
  if (item.idle_)
    unlink(item);
  else
    counted.leased.add(one_less);
  if (why <= pool_discard::requested)
    item.core_.kill(errc::closed_locally);
  delete &item;
  state_.free_place();
  end_use();
}

// -- idle connections -----------------------------------------------------------------------------

// Among those that became idle earlier: a heartbeat does not change an item's place.
void pool_part::put_idle(pool_item& item) {
  pool_item* newer = nullptr;
  pool_item* older = newest_;
  while (older && older->idle_since_ > item.idle_since_)
    newer = std::exchange(older, older->older_);
  item.newer_ = newer;
  item.older_ = older;
  (newer ? newer->older_ : newest_) = &item;
  (older ? older->newer_ : oldest_) = &item;
  item.idle_ = true;
  counted.leased.add(one_less);
  counted.idle.add();
  item.heartbeat_at_ = later(home_.now(), state_.limits().heartbeat_every);
  look_after(item);
  item.core_.watch_idle(&item);
}

void pool_part::unlink(pool_item& idle) noexcept {
  (idle.newer_ ? idle.newer_->older_ : newest_) = idle.older_;
  (idle.older_ ? idle.older_->newer_ : oldest_) = idle.newer_;
  idle.idle_ = false;
  idle.core_.watch_idle(nullptr);
  counted.idle.add(one_less);
}

net::time_point pool_part::due(const pool_item& idle) const noexcept {
  return std::min({later(idle.idle_since_, state_.limits().idle_timeout), idle.expires_at_,
                   idle.heartbeat_at_});
}

// The timer is armed only to fire earlier; when it fires for nothing, it is armed for what is next.
void pool_part::look_after(const pool_item& idle) {
  const net::time_point when = due(idle);
  if (when >= sweep_at_)
    return;
  sweep_at_ = when;
  home_.timers().arm(sweep_, when);
}

pool_item* pool_part::first_due() const noexcept {
  pool_item* found = oldest_;
  while (found && due(*found) > home_.now())
    found = found->newer_;
  return found;
}

void pool_part::on_sweep() {
  state_.retain();
  sweep_at_ = net::never;
  while (pool_item* const item = first_due()) {
    if (item->expires_at_ <= home_.now())
      discard(*item, pool_discard::lifetime);
    else if (later(item->idle_since_, state_.limits().idle_timeout) <= home_.now())
      discard(*item, pool_discard::idle);
    else
      begin_hook(*item, pool_hook::heartbeat);
  }
  for (const pool_item* i = oldest_; i; i = i->newer_)
    look_after(*i);
  state_.release();
}

void pool_part::on_asked() {
  asked_.store(false);
  while (oldest_ && state_.queued() > 0)
    discard(*oldest_, pool_discard::moved);
}

// -- hooks ----------------------------------------------------------------------------------------

void pool_part::begin_hook(pool_item& item, pool_hook which) {
  if (item.idle_) {
    unlink(item);
    counted.leased.add();
  }
  item.hook_ = which;
  item.hook_context_.emplace(home_);
  item.hook_task_ = guarded(state_, which, item, later(home_.now(), state_.limits().hook_timeout));
  if (!item.hook_task_.start(*item.hook_context_, net::entry_of<&pool_item::on_hook_end>(item)))
    item.hook_over();
}

void pool_part::end_hook(pool_item& item, bool well) {
  if (!well)
    return discard(item,
                   item.hook_ == pool_hook::reset ? pool_discard::reset : pool_discard::heartbeat);
  if (!healthy(item))
    return item.on_disturbed();
  use_again(item);
}

// -- the end --------------------------------------------------------------------------------------

void pool_part::end(errc why) {
  if (ended_ != errc{})
    return;
  state_.retain();
  ended_ = why;
  while (oldest_)
    discard(*oldest_, pool_discard::closed);
  while (lease_wait* const first = first_) {
    first->failed(why);
    forget(*first);
  }
  state_.release();
}

void pool_part::begin_use() {
  if (uses_++ > 0)
    return;
  state_.retain();
  in_use_.store(true, std::memory_order_release);
  table().list(*this);
}

void pool_part::end_use() {
  if (--uses_ > 0)
    return;
  in_use_.store(false, std::memory_order_release);
  home_.timers().remove(sweep_);
  sweep_at_ = net::never;
  table().unlist(*this);
  state_.release();
}

// -- from any thread ------------------------------------------------------------------------------

template <auto Work>
void pool_part::post() {
  state_.retain();
  home_.post({[](void* context) {
                auto& self = *static_cast<pool_part*>(context);
                pool_state& state = self.state_;
                (self.*Work)();
                state.release();
              },
              this});
}

void pool_part::post_place() {
  post<&pool_part::on_place>();
}

void pool_part::post_close() {
  post<&pool_part::on_close>();
}

void pool_part::post_asked() {
  if (!asked_.exchange(true))
    post<&pool_part::on_asked>();
}

}  // namespace actornet::detail
