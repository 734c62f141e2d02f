#include "actornet/cluster/detail/mailbox.hpp"

#include <cassert>
#include <condition_variable>
#include <deque>

namespace actornet::cluster::detail {

struct mailbox::inside {
  explicit inside(net::loop& at) : home(at) {}

  void post(std::shared_ptr<inside> self);
  void deliver();

  net::loop& home;
  std::mutex mutex;  // guards the rest
  std::condition_variable idle;
  std::deque<std::unique_ptr<job>> jobs;
  std::shared_ptr<inside> posted;  // keeps this for the entry in the loop's queue
  bool running = false;
  bool closed = false;
};

// Under the mutex.
void mailbox::inside::post(std::shared_ptr<inside> self) {
  posted = std::move(self);
  home.post(net::entry_of<&inside::deliver>(*this));
}

void mailbox::inside::deliver() {
  std::shared_ptr<inside> self;  // before the lock: it may be the last to go
  std::unique_lock lock(mutex);
  self = std::move(posted);
  running = true;
  for (std::size_t left = batch_max; left > 0 && !jobs.empty(); --left) {
    std::unique_ptr<job> next = std::move(jobs.front());
    jobs.pop_front();
    lock.unlock();
    next->run();
    next.reset();
    lock.lock();
  }
  running = false;
  if (closed)
    idle.notify_all();
  else if (!jobs.empty() && !posted)
    post(self);
}

mailbox::mailbox(net::loop& home) : inside_(std::make_shared<inside>(home)) {}

mailbox::~mailbox() {
  close();
}

void mailbox::push_job(std::unique_ptr<job> work) {
  const std::lock_guard guard(inside_->mutex);
  if (inside_->closed)
    return;
  inside_->jobs.push_back(std::move(work));
  if (!inside_->posted && !inside_->running)
    inside_->post(inside_);
}

void mailbox::close() {
  std::deque<std::unique_ptr<job>> dropped;
  std::unique_lock lock(inside_->mutex);
  inside_->closed = true;
  dropped.swap(inside_->jobs);
  inside_->idle.wait(lock, [this] { return !inside_->running; });
}

mailbox& mailboxes::here() {
  net::loop* const home = net::loop::current();
  assert(home);
  const std::lock_guard guard(mutex_);
  auto& box = boxes_[home];
  if (!box)
    box = std::make_unique<mailbox>(*home);
  return *box;
}

}  // namespace actornet::cluster::detail
