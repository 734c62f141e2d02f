#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <type_traits>
#include <unordered_map>
#include <utility>

#include "actornet/cluster/operation.hpp"
#include "actornet/net/loop.hpp"

namespace actornet::cluster::detail {

/// Work for one loop from any thread, in order; one entry in the loop's queue stands for all of it,
/// so that the order holds under a simulator, too. It does not bound itself: who pushes does.
///
/// It may be destroyed on any thread while its loop runs, waits then for the work under way, and
/// drops the rest; also after its loop.
class mailbox {
 public:
  static constexpr std::size_t batch_max = 128;  ///< pieces of work before the loop's others

  explicit mailbox(net::loop& home);
  ~mailbox();
  mailbox(const mailbox&) = delete;
  mailbox& operator=(const mailbox&) = delete;

  template <class Work>
  void push(Work work) {
    push_job(std::make_unique<job_of<Work>>(std::move(work)));
  }

  /// Nothing runs any more. Not by a piece of its work.
  void close();

 private:
  struct job {
    virtual ~job() = default;
    virtual void run() = 0;
  };
  template <class Work>
  struct job_of final : job {
    explicit job_of(Work what) : work(std::move(what)) {}
    void run() override { work(); }
    Work work;
  };
  struct inside;

  void push_job(std::unique_ptr<job> work);

  std::shared_ptr<inside> inside_;
};

/// A mailbox for each loop that asked something of a service. Thread-safe.
class mailboxes {
 public:
  /// That of the loop whose turn the caller is in.
  mailbox& here();

  /// Has @p told told of @p outcome on the loop that @p box belongs to.
  template <class Result>
  static void answer(mailbox& box, std::shared_ptr<completion<Result>> told, Result outcome) {
    box.push([told = std::move(told), outcome = std::move(outcome)]() mutable {
      told->complete(std::move(outcome));
    });
  }

 private:
  std::mutex mutex_;
  std::unordered_map<net::loop*, std::unique_ptr<mailbox>> boxes_;
};

}  // namespace actornet::cluster::detail
