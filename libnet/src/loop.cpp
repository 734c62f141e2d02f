#include "actornet/net/loop.hpp"

#include <cassert>

namespace actornet::net {

namespace {

thread_local loop* current_loop = nullptr;

constexpr duration::rep nobody_waits = never.time_since_epoch().count();

// Marks the calling thread as the loop's for the time of a turn; turns do not nest.
struct current_scope {
  loop* previous;
  explicit current_scope(loop* now) : previous(current_loop) { current_loop = now; }
  ~current_scope() { current_loop = previous; }
  current_scope(const current_scope&) = delete;
  current_scope& operator=(const current_scope&) = delete;
};

}  // namespace

loop* loop::current() noexcept {
  return current_loop;
}

loop::loop(std::unique_ptr<backend> driver, std::size_t index, work_sharing* siblings)
    : driver_(std::move(driver)),
      index_(index),
      siblings_(siblings),
      chooses_(driver_->chooses()),
      now_(driver_->now()),
      timers_(now_),
      read_buffer_(new std::byte[read_buffer_bytes]) {
  driver_->bind(*this);
}

loop::~loop() = default;

// -- from any thread ------------------------------------------------------------------------------

void loop::post(entry work) {
  if (in_loop())
    return enqueue(work);
  bool wake = false;
  {
    const std::lock_guard guard(posted_mutex_);
    posted_.push_back(work);
    has_posted_.store(true, std::memory_order_relaxed);
    wake = std::exchange(asleep_, false);
  }
  if (wake)
    wake_soon();
}

// A wake-up costs a system call: what the entry that posts has for this loop besides should be
// there when it looks, or it would soon sleep again, and be woken again.
void loop::wake_soon() {
  if (current_loop)
    current_loop->to_wake_.push_back(this);
  else
    driver_->wake();
}

void loop::stop() {
  bool wake = false;
  {
    const std::lock_guard guard(posted_mutex_);
    stop_.store(true, std::memory_order_relaxed);
    wake = std::exchange(asleep_, false);
  }
  if (wake)
    driver_->wake();
}

bool loop::wake_to_search() {
  {
    const std::lock_guard guard(posted_mutex_);
    if (!std::exchange(asleep_, false))
      return false;
    search_.store(true, std::memory_order_relaxed);
  }
  driver_->wake();
  return true;
}

bool loop::give_work_to(loop& thief) {
  constexpr std::size_t stolen_max = 64;
  entry stolen[stolen_max];
  std::size_t count = 0;
  {
    const std::lock_guard guard(shared_mutex_);
    const std::size_t half = (shared_.size() + 1) / 2;
    while (count < half && count < stolen_max)
      stolen[count++] = shared_.pop();
    count_shared();
  }
  for (std::size_t i = 0; i < count; ++i)
    thief.enqueue_shared(stolen[i]);
  return count > 0;
}

void loop::remove_entries(void (*function)(void*), const std::function<void(void*)>& dispose) {
  take_posted();
  put_back_next();
  for (run_queue* queue : {&queue_, &shared_}) {
    for (std::size_t left = queue->size(); left > 0; --left) {
      const entry work = queue->pop();
      if (work.run == function)
        dispose(work.context);
      else
        queue->push(work);
    }
  }
  count_shared();
}

// -- on the loop's thread -------------------------------------------------------------------------

void loop::enqueue_next(entry work) {
  put_back_next();
  run_next_ = work;
}

void loop::enqueue_shared_next(entry work) {
  put_back_next();
  run_next_ = work;
  run_next_shared_ = true;
}

// What stands in the run-next slot goes to the end of its queue.
void loop::put_back_next() {
  if (const entry work = std::exchange(run_next_, {})) {
    if (std::exchange(run_next_shared_, false))
      enqueue_shared(work);
    else
      queue_.push(work);
  }
}

void loop::enqueue_shared(entry work) {
  if (!siblings_)
    return queue_.push(work);
  const std::lock_guard guard(shared_mutex_);
  if (shared_.empty())
    shared_since_.store(now_.time_since_epoch().count(), std::memory_order_relaxed);
  shared_.push(work);
  count_shared();
}

// For those who look without the lock.
void loop::count_shared() noexcept {
  shared_size_.store(shared_.size(), std::memory_order_relaxed);
  if (shared_.empty())
    shared_since_.store(nobody_waits, std::memory_order_relaxed);
}

void loop::flush_later(flushable& output) noexcept {
  if (output.flush_pending_)
    return;
  output.flush_pending_ = true;
  output.next_flush_ = nullptr;
  ++flush_count_;
  (flush_last_ ? flush_last_->next_flush_ : flush_first_) = &output;
  flush_last_ = &output;
}

void loop::cancel_flush(flushable& output) noexcept {
  if (!output.flush_pending_)
    return;
  output.flush_pending_ = false;
  --flush_count_;
  flushable* previous = nullptr;
  for (flushable* i = flush_first_; i != &output; i = i->next_flush_)
    previous = i;
  (previous ? previous->next_flush_ : flush_first_) = output.next_flush_;
  if (flush_last_ == &output)
    flush_last_ = previous;
}

void loop::flush_all() {
  if (flush_first_)
    set_label("output");
  while (flush_first_) {
    flushable& output = *flush_first_;
    flush_first_ = output.next_flush_;
    if (!flush_first_)
      flush_last_ = nullptr;
    output.flush_pending_ = false;
    --flush_count_;
    output.flush();
  }
}

void loop::flush_between() {
  const char* const label = label_.load(std::memory_order_relaxed);
  flush_all();
  set_label(label);
}

bool loop::has_work() const noexcept {
  return run_next_ || !queue_.empty() || flush_first_ ||
         shared_size_.load(std::memory_order_relaxed) > 0 ||
         has_posted_.load(std::memory_order_relaxed);
}

bool loop::turn(bool may_wait) {
  assert(!current_loop);
  const current_scope in_turn(this);
  look_for_events(may_wait);
  now_ = driver_->now();
  if (has_posted_.load(std::memory_order_relaxed))
    take_posted();
  set_label("timers");
  timers_.advance(now_);
  const std::size_t ran = run_batch();
  flush_all();
  wake_others();
  set_label(nullptr);
  turns_.store(turns_.load(std::memory_order_relaxed) + 2, std::memory_order_relaxed);
  return ran > 0;
}

void loop::run() {
  awake();
  while (!stop_.load(std::memory_order_relaxed))
    turn(true);
  count_turns(1);
  stop_.store(false, std::memory_order_relaxed);
}

// Ends what `count_turns(1)` began: the watchdog watches again, and is told so if it is parked.
void loop::awake() {
  count_turns(1);
  if (wake_listener_.load(std::memory_order_seq_cst))
    if (wake_listener* const listener = wake_listener_.exchange(nullptr))
      listener->on_wake();
}

void loop::look_for_events(bool may_wait) {
  if (search_.exchange(false, std::memory_order_relaxed) && siblings_)
    siblings_->find_work(*this);
  if (may_wait && !has_work() && !(siblings_ && siblings_->find_work(*this)))
    sleep();
  else
    driver_->poll();
}

void loop::sleep() {
  {
    const std::lock_guard guard(posted_mutex_);
    if (!posted_.empty() || stop_.load(std::memory_order_relaxed))
      return;
    asleep_ = true;
  }
  if (siblings_)
    siblings_->sleepers.fetch_add(1, std::memory_order_relaxed);
  count_turns(1);
  driver_->wait(timers_.next_look());
  awake();
  if (siblings_)
    siblings_->sleepers.fetch_sub(1, std::memory_order_relaxed);
  const std::lock_guard guard(posted_mutex_);
  asleep_ = false;
}

void loop::wake_others() {
  for (loop* const sleeper : to_wake_)
    sleeper->driver_->wake();
  to_wake_.clear();
}

void loop::take_posted() {
  {
    const std::lock_guard guard(posted_mutex_);
    taken_.swap(posted_);
    has_posted_.store(false, std::memory_order_relaxed);
  }
  for (const entry work : taken_)
    queue_.push(work);
  taken_.clear();
}

std::size_t loop::run_batch() {
  std::size_t ran = 0;
  // What becomes ready meanwhile waits for the next turn, unless it is handed over.
  while (ran < batch_entries_max) {
    wake_others();
    const entry work = next_entry();
    if (!work)
      break;
    ++ran;
    credit_ = credits_per_resume;
    set_label(nullptr);
    work();
    if (siblings_)
      share_if_waiting();
  }
  return ran;
}

entry loop::next_entry() {
  if (run_next_ && run_next_chain_ < run_next_max && hands_over()) {
    ++run_next_chain_;
    run_next_shared_ = false;
    return std::exchange(run_next_, {});
  }
  run_next_chain_ = 0;
  put_back_next();
  if (flush_count_ > 0 && flush_count_ <= flush_early_max)
    flush_all();
  shared_turn_ = !shared_turn_;
  if (shared_size_.load(std::memory_order_relaxed) > 0 && (shared_turn_ || queue_.empty()))
    if (const entry work = take_shared())
      return work;
  if (queue_.empty())
    return {};
  if (chooses_ && queue_.size() > 1)
    queue_.bring_forward(driver_->choose(queue_.size()));
  return queue_.pop();
}

// A simulator may also let the queue go first.
bool loop::hands_over() {
  return !chooses_ || queue_.empty() || driver_->choose(2) == 0;
}

entry loop::take_shared() {
  const std::lock_guard guard(shared_mutex_);
  if (shared_.empty())
    return {};
  const entry work = shared_.pop();
  count_shared();
  return work;
}

void loop::share_if_waiting() {
  if (shared_size_.load(std::memory_order_relaxed) == 0 ||
      siblings_->sleepers.load(std::memory_order_relaxed) == 0)
    return;
  if (fresh_now() - shared_since() >= share_after)
    siblings_->wake_a_sleeper(*this);
}

}  // namespace actornet::net
