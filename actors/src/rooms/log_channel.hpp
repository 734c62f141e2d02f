#pragma once

#include <atomic>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actornet/net/counters.hpp"
#include "actornet/net/timer_wheel.hpp"
#include "actornet/rooms/detail/channel_ring.hpp"
#include "actornet/rooms/detail/follower.hpp"
#include "actornet/rooms/log_history.hpp"
#include "log_reader.hpp"
#include "room_records.hpp"

namespace actornet::rooms::detail {

/// What waits in a history, in all channels: a place in the queue, given back when it is destroyed.
class queue_place {
 public:
  struct counts {
    std::atomic<std::size_t> waiting{0};
    std::atomic<std::size_t> bytes{0};
  };

  queue_place(std::shared_ptr<counts> of, std::size_t bytes) : of_(std::move(of)), bytes_(bytes) {
    of_->waiting.fetch_add(1);
    of_->bytes.fetch_add(bytes_);
  }
  queue_place(queue_place&&) noexcept = default;
  queue_place& operator=(queue_place&& other) noexcept {
    std::swap(of_, other.of_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ~queue_place() {
    if (!of_)
      return;
    of_->waiting.fetch_sub(1);
    of_->bytes.fetch_sub(bytes_);
  }

 private:
  std::shared_ptr<counts> of_;
  std::size_t bytes_;
};

/// Who waits for an answer, and how long.
template <class Result>
struct asked_by {
  cluster::detail::mailbox* box;
  std::shared_ptr<cluster::detail::completion<Result>> told;
  net::time_point until;
  queue_place place;

  void answer(Result outcome) {
    cluster::detail::mailboxes::answer(*box, told, std::move(outcome));
  }
};

struct waiting_append {
  draft what;
  asked_by<result<appended>> who;
};

struct waiting_read {
  std::uint64_t offset;
  std::size_t count;
  bool forward;
  asked_by<result<history_page>> who;
  bool asks = false;  // for what this copy does not have: the log is asked whether it is there
};

/// What the channels of a history share.
struct log_channels {
  shared_log& log;
  const log_history_options options;
  std::uint64_t writer = 0;  // which history this is; 0: not chosen yet
  std::uint64_t commits = 0;

  struct {
    net::counter records, messages, refused, repaired, malformed;
  } counted{};

  net::time_point now() const noexcept { return log.home().now(); }
};

/// One channel's copy in this process: what the log has of it, in order, up to some record. On the
/// log's loop.
///
/// One question to the log is under way at a time (its end, or records that are missing), and one
/// record of ours. When an answer is in, `proceed` sees what comes next. A record of ours whose
/// fate is not known is looked for in the log; it is sent again, unchanged, only while nothing else
/// came behind the record that it expects: so it cannot be there twice.
class log_channel final : private log_follower {
 public:
  static constexpr std::size_t early_max = 256;  ///< records that came before one that is missing
  static constexpr net::duration soon = std::chrono::milliseconds(10);     ///< not there yet
  static constexpr net::duration later = std::chrono::milliseconds(100);   ///< after an error
  static constexpr net::duration courtesy = std::chrono::milliseconds(2);  ///< to other writers

  log_channel(std::string_view name, log_channels& all);
  log_channel(const log_channel&) = delete;
  log_channel& operator=(const log_channel&) = delete;

  void append(waiting_append one);
  void read(waiting_read one);
  void follow(const std::shared_ptr<follower>& added);
  void unfollow(const std::shared_ptr<follower>& gone);

  /// Now and then: has anybody waited for too long, was a record lost?
  void look_after();
  bool unused() const noexcept;

 private:
  struct own_record {
    std::uint64_t commit;
    std::uint64_t expected;
    net::shared_bytes payload;
    std::vector<waiting_append> appends;  // one for each of its messages
    bool sent = false;                    // and no answer yet
  };
  struct extent {  // of a record that something is known of
    std::uint64_t number;
    std::uint64_t last;  // offset
  };

  void on_record(const log_record& next) override;
  void on_interrupted() override;

  void proceed();
  void ask_end();
  void take_end(const result<log_end>& end, std::uint64_t had);
  void begin_anew(std::uint64_t end);
  void catch_up();
  void read_on(std::uint64_t from);
  void take_records(const result<std::vector<log_record>>& records);
  void rest(net::duration length);
  void on_rested() { proceed(); }

  void apply(const log_record& next);
  void add(const log_record& from, const room_record& what);
  void take_early();
  bool begun() const noexcept { return ring_.top().epoch != 0; }
  void open();
  void answer_reads(bool end_known);

  void send_beginning();
  void send_next();
  void collect(own_record& into, room_record& what);
  void send();
  void take_outcome(std::uint64_t commit, const result<log_appended>& outcome);
  void settle(const room_record& what);
  void withdraw();
  void refuse_late();

  const std::string name_;
  log_channels& all_;
  channel_ring ring_;           // epoch 0: not begun
  std::uint64_t log_ = 0;       // which log it was; 0: not known
  std::uint64_t last_ = 0;      // number of the newest record that is in the copy
  std::uint64_t wanted_ = 0;    // of the newest that is known to be there
  std::deque<extent> extents_;  // of records, oldest first
  std::map<std::uint64_t, log_record> early_;
  std::vector<std::shared_ptr<follower>> followers_;
  std::deque<waiting_append> appends_;
  std::deque<waiting_read> reads_;
  std::optional<own_record> own_;
  bool end_unknown_ = true;  // the log is to be asked for its end
  bool asking_ = false;
  bool open_ = false;     // followers have been told where they start
  bool restart_ = false;  // they must be told anew
  net::time_point used_;
  net::time_point compared_;  // with the log's end
  net::time_point others_wrote_ = net::time_point::min();
  net::time_point open_until_ = net::never;  // then followers that did not start are told
  net::timer rest_{net::entry_of<&log_channel::on_rested>(*this)};
  net::timer courtesy_{net::entry_of<&log_channel::on_rested>(*this)};
  std::unique_ptr<log_reader> reader_;
  cluster::operation asked_;
  cluster::operation sent_;
  cluster::subscription follows_;
};

}  // namespace actornet::rooms::detail
