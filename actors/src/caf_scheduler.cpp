#include "caf_scheduler.hpp"

#include <caf/abstract_actor.hpp>
#include <caf/detail/type_list.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scheduled_actor.hpp>
#include <caf/send.hpp>
#include <cstdio>

#include "actornet/caf.hpp"

namespace actornet::detail {

namespace {

// CAF actors take so many messages per turn at the loop before others have theirs.
constexpr std::size_t messages_per_resume = 256;

// The entry of a CAF work item: the unit is that of whichever loop runs it.
void run_resumable(void* context) {
  static_cast<loop_unit*>(net::loop::current()->companion())
      ->resume_now(static_cast<caf::resumable*>(context));
}

// CAF's `aout(self)` sends text here. Its own printer would block a thread of its own.
class print_actor final : public caf::event_based_actor {
 public:
  using event_based_actor::event_based_actor;

  caf::behavior make_behavior() override {
    set_default_handler(caf::drop);
    return {[](caf::add_atom, caf::actor_id, const std::string& text) {
      std::fwrite(text.data(), 1, text.size(), stdout);
    }};
  }
};

net::entry entry_of_job(caf::resumable* job) {
  return {run_resumable, job};
}

// With `on_exit` and without its behaviours, which may hold handles in a circle.
void end_actor(caf::scheduled_actor& ended, loop_unit& unit) {
  ended.context(&unit);
  ended.quit(caf::exit_reason::user_shutdown);
  ended.finalize();
}

}  // namespace

// -- units ----------------------------------------------------------------------------------------

void pinned_unit_of_loop::exec_later(caf::resumable* job) {
  home_.run_pinned_next(job);
}

// Loops are closed when they do not turn any more: on a loop there is no need to look.
void loop_unit::exec_later(caf::resumable* job) {
  if (home_.in_loop())
    home_.enqueue_shared_next(entry_of_job(job));
  else
    post(job);
}

void loop_unit::run_pinned_next(caf::resumable* job) {
  if (home_.in_loop())
    home_.enqueue_next(entry_of_job(job));
  else
    post(job);
}

void loop_unit::run_pinned(caf::resumable* job) {
  if (home_.in_loop())
    home_.enqueue(entry_of_job(job));
  else
    post(job);
}

// From another thread. What is posted before the close is found in the queues by who closes.
void loop_unit::post(caf::resumable* job) {
  {
    const std::lock_guard guard(mutex_);
    if (!closed_)
      return home_.post(entry_of_job(job));
  }
  loop_scheduler::of(system()).discard(job);
}

void loop_unit::close() {
  const std::lock_guard guard(mutex_);
  closed_ = true;
  home_.set_companion(nullptr);
}

void loop_unit::resume_now(caf::resumable* job) {
  if (job->subtype() == caf::resumable::scheduled_actor)
    home_.set_label(static_cast<caf::scheduled_actor*>(job)->name());
  switch (job->resume(this, messages_per_resume)) {
    case caf::resumable::resume_later:
      if (job->subtype() == caf::resumable::io_actor)  // a pinned one
        home_.enqueue(entry_of_job(job));
      else
        home_.enqueue_shared(entry_of_job(job));  // it had its share: others come first
      break;
    case caf::resumable::done:
    case caf::resumable::awaiting_message:
      caf::intrusive_ptr_release(job);
      break;
    case caf::resumable::shutdown_execution_unit:
      break;
  }
}

// -- scheduler ------------------------------------------------------------------------------------

loop_system_config::loop_system_config(net::multiplexer& loops) : loops_(loops) {
  load<loop_scheduler>();
  // CAF reads these from a file or the command line otherwise; neither is ours to read.
  config_file_path.clear();
}

caf::actor_system::module* loop_scheduler::make(caf::actor_system& system,
                                                caf::detail::type_list<>) {
  return new loop_scheduler(system);
}

loop_scheduler& loop_scheduler::of(caf::actor_system& system) {
  return static_cast<loop_scheduler&>(system.scheduler());
}

loop_scheduler::loop_scheduler(caf::actor_system& system)
    : abstract_coordinator(system),
      loops_(
          const_cast<loop_system_config&>(dynamic_cast<const loop_system_config&>(system.config()))
              .loops()),
      clock_(loops_.at(0)) {
  for (std::size_t i = 0; i < loops_.size(); ++i) {
    units_.push_back(std::make_unique<loop_unit>(system, loops_.at(i)));
    loops_.at(i).set_companion(units_.back().get());
  }
}

// The loops are the runtime's: they run before and after the actor system does.
void loop_scheduler::start() {
  num_workers_ = loops_.size();
  max_throughput_ = messages_per_resume;
  utility_actors_[printer_id] = system().spawn<print_actor, caf::hidden>();
}

// Called by ~actor_system, which does not wait for actors: what still stands in the loops' queues
// must not run any more when the system is gone.
void loop_scheduler::stop() {
  if (loops_.running()) {
    stop_actors();  // waits for them, so the loops must still turn
    loops_.stop();
  } else {
    for (auto& utility : utility_actors_)
      caf::anon_send_exit(utility, caf::exit_reason::user_shutdown);
    turn_until_printed();
  }
  for (auto& unit : units_)
    unit->close();
  for (auto& unit : units_)
    unit->home().remove_entries(
        run_resumable, [this](void* context) { discard(static_cast<caf::resumable*>(context)); });
  // CAF keeps its registry longer than this scheduler, which an actor needs to end.
  auto& registry = system().registry();
  for (const auto& [name, handle] : registry.named_actors())
    registry.erase(name);
  clock_.stop();
  for (auto& unit : units_)
    unit->asker_of_loop = nullptr;
  wait_for_discards();
}

// Not until there is no work: actors may have work forever.
void loop_scheduler::turn_until_printed() {
  const auto* const printer = caf::actor_cast<caf::abstract_actor*>(utility_actors_[printer_id]);
  while (!printer->getf(caf::abstract_actor::is_cleaned_up_flag))
    for (std::size_t i = 0; i < loops_.size(); ++i)
      loops_.at(i).turn(false);
}

// After the loops' end: an actor that still has work ends instead. That tells others, which then
// have work too and come here; a list, because they may be many, of which one thread takes care.
// (CAF's cleanup_and_release is not for us: it takes every pinned actor for a scheduled_actor.)
void loop_scheduler::discard(caf::resumable* job) {
  std::unique_lock lock(discard_mutex_);
  discarded_.push_back(job);
  if (std::exchange(discarding_, true))
    return;
  while (!discarded_.empty()) {
    caf::resumable* const next = discarded_.back();
    discarded_.pop_back();
    lock.unlock();
    if (auto* const actor = dynamic_cast<caf::scheduled_actor*>(next))
      end_actor(*actor, *units_.front());
    caf::intrusive_ptr_release(next);
    lock.lock();
  }
  discarding_ = false;
  discards_over_.notify_all();
}

// Another thread, whose message came too late, may be at it, and needs the actor system.
void loop_scheduler::wait_for_discards() {
  std::unique_lock lock(discard_mutex_);
  discards_over_.wait(lock, [this] { return !discarding_; });
}

caf::execution_unit& pinned_unit(caf::actor_system& system, net::loop& home) {
  return loop_scheduler::of(system).unit_of(home).pinned;
}

loop_unit* loop_scheduler::current_unit() noexcept {
  net::loop* const here = net::loop::current();
  return here ? static_cast<loop_unit*>(here->companion()) : nullptr;
}

// From a loop, work stays there until a sibling has nothing to do; from elsewhere it is spread.
void loop_scheduler::enqueue(caf::resumable* job) {
  if (loop_unit* const here = current_unit())
    return here->exec_later(job);
  units_[next_loop_.fetch_add(1, std::memory_order_relaxed) % units_.size()]->exec_later(job);
}

// -- clock ----------------------------------------------------------------------------------------

// What is still scheduled may hold the last handles of actors, whose end may use the clock. Other
// threads may be using it; once it is marked as stopped they post no entry.
void loop_clock::stop() {
  schedule_map dropped;
  {
    const std::lock_guard guard(mutex_);
    stopped_ = true;
    dropped.swap(schedule_);
    actor_lookup_.clear();
  }
  home_.timers().remove(timer_);
  home_.remove_entries(net::entry_of<&loop_clock::on_timer>(*this).run, [](void*) {});
}

loop_clock::time_point loop_clock::now() const noexcept {
  return time_point(
      std::chrono::duration_cast<time_point::duration>(home_.driver().now().time_since_epoch()));
}

void loop_clock::set_ordinary_timeout(time_point t, caf::abstract_actor* self, caf::atom_value type,
                                      std::uint64_t id) {
  const std::lock_guard guard(mutex_);
  simple_actor_clock::set_ordinary_timeout(t, self, type, id);
  rearm();
}

void loop_clock::set_multi_timeout(time_point t, caf::abstract_actor* self, caf::atom_value type,
                                   std::uint64_t id) {
  const std::lock_guard guard(mutex_);
  simple_actor_clock::set_multi_timeout(t, self, type, id);
  rearm();
}

void loop_clock::set_request_timeout(time_point t, caf::abstract_actor* self, caf::message_id id) {
  const std::lock_guard guard(mutex_);
  simple_actor_clock::set_request_timeout(t, self, id);
  rearm();
}

void loop_clock::cancel_ordinary_timeout(caf::abstract_actor* self, caf::atom_value type) {
  const std::lock_guard guard(mutex_);
  simple_actor_clock::cancel_ordinary_timeout(self, type);
}

void loop_clock::cancel_request_timeout(caf::abstract_actor* self, caf::message_id id) {
  const std::lock_guard guard(mutex_);
  simple_actor_clock::cancel_request_timeout(self, id);
}

void loop_clock::cancel_timeouts(caf::abstract_actor* self) {
  const std::lock_guard guard(mutex_);
  simple_actor_clock::cancel_timeouts(self);
}

void loop_clock::schedule_message(time_point t, caf::strong_actor_ptr receiver,
                                  caf::mailbox_element_ptr content) {
  const std::lock_guard guard(mutex_);
  simple_actor_clock::schedule_message(t, std::move(receiver), std::move(content));
  rearm();
}

void loop_clock::schedule_message(time_point t, caf::group target, caf::strong_actor_ptr sender,
                                  caf::message content) {
  const std::lock_guard guard(mutex_);
  simple_actor_clock::schedule_message(t, std::move(target), std::move(sender), std::move(content));
  rearm();
}

void loop_clock::cancel_all() {
  const std::lock_guard guard(mutex_);
  simple_actor_clock::cancel_all();
}

// Under the mutex. Only loop 0 may touch its wheel; others ask it to look.
void loop_clock::rearm() {
  if (stopped_)
    return;
  const time_point next = schedule().empty() ? time_point::max() : schedule().begin()->first;
  if (next >= armed_)
    return;
  armed_ = next;
  if (home_.in_loop())
    home_.timers().arm(timer_, net::time_point(next.time_since_epoch()));
  else
    home_.post(net::entry_of<&loop_clock::on_timer>(*this));
}

void loop_clock::on_timer() {
  const std::lock_guard guard(mutex_);
  trigger_expired_timeouts();
  armed_ = time_point::max();
  rearm();
}

}  // namespace actornet::detail
