#include "actornet/net/blocking_pool.hpp"

#include <algorithm>
#include <cassert>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include "actornet/log.hpp"

namespace actornet::net {

namespace detail {

namespace {

using job_ref = std::shared_ptr<blocking_job>;

// Finished work on its way to a loop. One entry in the loop's queue stands for all of it.
struct arrivals {
  blocking_state* pool;
  loop* home;
  std::deque<job_ref> jobs;
  bool posted = false;
};

}  // namespace

errc blocking_failure() noexcept {
  try {
    throw;
  } catch (const std::bad_alloc&) {
    return errc::out_of_memory;
  } catch (const std::exception& failure) {
    log(log_level::error, failure.what());
  } catch (...) {
    log(log_level::error, "blocking work threw what is no std::exception");
  }
  return errc::handler_failed;
}

class blocking_state {
 public:
  explicit blocking_state(std::size_t threads) : threads_wanted_(threads) {}

  errc add(loop& on, const job_ref& job);
  void abandon(const job_ref& job);
  void stop();

 private:
  struct waiting {
    loop* home;
    job_ref job;
  };

  bool have_thread();
  void serve();
  arrivals& arrivals_at(loop& home);
  void arrive(loop& home, job_ref job);
  static void deliver(void* context);

  const std::size_t threads_wanted_;
  std::mutex mutex_;  // guards all below
  std::condition_variable changed_;
  bool stop_ = false;
  std::size_t idle_ = 0;  // threads that wait for work; a waiting piece of work needs one of them
  std::deque<waiting> queue_;
  std::map<loop*, arrivals> arrivals_;  // nodes stay where they are: entries point to them
  std::vector<std::thread> threads_;
};

errc blocking_state::add(loop& on, const job_ref& job) {
  const std::lock_guard guard(mutex_);
  if (threads_wanted_ == 0) {
    if (arrivals_at(on).jobs.size() >= blocking_pool::queue_max)
      return errc::mailbox_full;
    arrive(on, job);
    return {};
  }
  if (queue_.size() >= blocking_pool::queue_max)
    return errc::mailbox_full;
  if (!have_thread())
    return errc::out_of_memory;
  queue_.push_back({&on, job});
  changed_.notify_one();
  return {};
}

// Under mutex_.
bool blocking_state::have_thread() {
  if (idle_ > queue_.size() || threads_.size() == threads_wanted_)
    return true;
  try {
    threads_.emplace_back([this] { serve(); });
  } catch (const std::system_error&) {
    return !threads_.empty();
  }
  return true;
}

void blocking_state::serve() {
  std::unique_lock lock(mutex_);
  for (;;) {
    ++idle_;
    changed_.wait(lock, [this] { return stop_ || !queue_.empty(); });
    --idle_;
    if (stop_)
      return;
    waiting next = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    next.job->work();
    lock.lock();
    arrive(*next.home, std::move(next.job));
  }
}

// Under mutex_. What `deliver` reads without it is written once, before anything is posted.
arrivals& blocking_state::arrivals_at(loop& home) {
  return arrivals_.try_emplace(&home, arrivals{this, &home, {}}).first->second;
}

// Under mutex_.
void blocking_state::arrive(loop& home, job_ref job) {
  arrivals& here = arrivals_at(home);
  here.jobs.push_back(std::move(job));
  if (!stop_ && !std::exchange(here.posted, true))
    home.post({deliver, &here});
}

// On the loop. A handler may abandon what arrived after it, and give the pool more work: that has
// an entry of its own.
void blocking_state::deliver(void* context) {
  auto& here = *static_cast<arrivals*>(context);
  blocking_state& self = *here.pool;
  std::unique_lock lock(self.mutex_);
  here.posted = false;
  for (std::size_t left = here.jobs.size(); left > 0 && !here.jobs.empty(); --left) {
    job_ref job = std::move(here.jobs.front());
    here.jobs.pop_front();
    lock.unlock();
    if (self.threads_wanted_ == 0)
      job->work();
    job->finish();
    job.reset();
    lock.lock();
  }
}

void blocking_state::abandon(const job_ref& job) {
  job->forget();
  const std::lock_guard guard(mutex_);
  std::erase_if(queue_, [&job](const waiting& each) { return each.job == job; });
  for (auto& [home, here] : arrivals_)
    std::erase(here.jobs, job);
}

void blocking_state::stop() {
  {
    const std::lock_guard guard(mutex_);
    stop_ = true;
    queue_.clear();
    changed_.notify_all();
  }
  for (auto& thread : threads_)
    thread.join();
  for (auto& entry : arrivals_) {
    loop* const home = entry.first;
    auto& here = entry.second;
    if (!std::exchange(here.posted, false))
      continue;
    home->remove_entries(deliver, [&on = *home, &here](void* context) {
      if (context != &here)
        on.enqueue({deliver, context});  // another pool's
    });
  }
  arrivals_.clear();
}

}  // namespace detail

blocking_pool::blocking_pool(std::size_t threads)
    : state_(std::make_shared<detail::blocking_state>(std::min(threads, threads_max))) {}

blocking_pool::~blocking_pool() {
  state_->stop();
}

result<blocking_work> blocking_pool::add(loop& on, std::shared_ptr<detail::blocking_job> job) {
  if (const errc refused = state_->add(on, job); refused != errc{})
    return refused;
  return blocking_work(state_, std::move(job));
}

blocking_work::~blocking_work() {
  if (job_)
    pool_->abandon(job_);
}

}  // namespace actornet::net
