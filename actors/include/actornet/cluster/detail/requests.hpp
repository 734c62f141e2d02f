#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "actornet/cluster/detail/mailbox.hpp"
#include "actornet/net/loop.hpp"
#include "actornet/net/output_queue.hpp"
#include "actornet/result.hpp"

namespace actornet::cluster::detail {

/// Requests of one loop that were not answered yet, each with its deadline. On that loop.
template <class Answer>
class request_table_of {
 public:
  using outcome = result<Answer>;

  static constexpr std::size_t requests_max = 64 * 1024;

  explicit request_table_of(net::loop& home) : home_(home) {}

  /// The number of one more request. Error: `mailbox_full`.
  result<std::uint64_t> add(std::shared_ptr<completion<outcome>> told, net::duration deadline) {
    if (waiting_.size() >= requests_max)
      return errc::mailbox_full;
    const std::uint64_t request = ++last_;
    const auto added = waiting_.emplace(request, std::make_unique<entry>(*this, request, told));
    home_.timers().arm(added.first->second->deadline, net::deadline_after(home_.now(), deadline));
    return request;
  }

  /// Tells @p what; nothing when the request is over.
  void settle(std::uint64_t request, outcome what) {
    // Taken out first: who is told may ask again.
    if (const auto over = waiting_.extract(request))
      over.mapped()->told->complete(std::move(what));
  }

  /// Tells all that were there when it was called.
  void settle_all(std::error_code why) {
    std::unordered_map<std::uint64_t, std::unique_ptr<entry>> over;
    over.swap(waiting_);
    for (const auto& each : over)
      each.second->told->complete(why);
  }

  /// Drops all.
  void clear() { waiting_.clear(); }

 private:
  struct entry {
    entry(request_table_of& in, std::uint64_t number, std::shared_ptr<completion<outcome>> who)
        : of(in), request(number), told(std::move(who)) {}
    void expire() { of.settle(request, errc::timed_out); }

    request_table_of& of;
    const std::uint64_t request;
    std::shared_ptr<completion<outcome>> told;
    net::timer deadline{net::entry_of<&entry::expire>(*this)};
  };

  net::loop& home_;
  std::uint64_t last_ = 0;
  std::unordered_map<std::uint64_t, std::unique_ptr<entry>> waiting_;
};

using answer = result<net::shared_bytes>;
using request_table = request_table_of<net::shared_bytes>;

/// A loop that asks: its table, and the way to it from any thread.
class asker {
 public:
  explicit asker(net::loop& home) : table(home), box_(home) {}

  /// From any thread.
  void answer_later(std::uint64_t request, answer outcome) {
    box_.push([this, request, outcome = std::move(outcome)]() mutable {
      table.settle(request, std::move(outcome));
    });
  }

  /// No answer comes any more. While the loop is in no turn.
  void close() {
    box_.close();
    table.clear();
  }

  request_table table;

 private:
  mailbox box_;
};

/// The asking loops of a bus. Thread-safe; destroyed while none is in a turn on another thread.
class askers {
 public:
  askers() = default;
  ~askers();
  askers(const askers&) = delete;
  askers& operator=(const askers&) = delete;

  /// The loop whose turn the caller is in.
  const std::shared_ptr<asker>& here();

 private:
  std::mutex mutex_;
  std::unordered_map<net::loop*, std::shared_ptr<asker>> all_;
};

}  // namespace actornet::cluster::detail
