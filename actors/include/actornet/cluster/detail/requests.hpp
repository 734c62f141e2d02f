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

using answer = result<net::shared_bytes>;

/// Requests of one loop that were not answered yet, each with its deadline. On that loop.
class request_table {
 public:
  static constexpr std::size_t requests_max = 64 * 1024;

  explicit request_table(net::loop& home) : home_(home) {}

  /// The number of one more request. Error: `mailbox_full`.
  result<std::uint64_t> add(std::shared_ptr<completion<answer>> told, net::duration deadline);

  /// Tells @p outcome; nothing when the request is over.
  void settle(std::uint64_t request, answer outcome);

  /// Drops all.
  void clear() { waiting_.clear(); }

 private:
  struct entry {
    entry(request_table& in, std::uint64_t number, std::shared_ptr<completion<answer>> who)
        : of(in), request(number), told(std::move(who)) {}
    void expire() { of.settle(request, errc::timed_out); }

    request_table& of;
    const std::uint64_t request;
    std::shared_ptr<completion<answer>> told;
    net::timer deadline{net::entry_of<&entry::expire>(*this)};
  };

  net::loop& home_;
  std::uint64_t last_ = 0;
  std::unordered_map<std::uint64_t, std::unique_ptr<entry>> waiting_;
};

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
