#include "actornet/history_sqlite/sqlite_history.hpp"

#include <algorithm>
#include <atomic>
#include <cassert>
#include <deque>
#include <memory>
#include <optional>
#include <system_error>
#include <variant>
#include <vector>

#include "actornet/cluster/detail/mailbox.hpp"
#include "actornet/log.hpp"
#include "actornet/rooms/detail/follower.hpp"
#include "store.hpp"

namespace actornet::rooms {

namespace {

using cluster::detail::completion;
using cluster::detail::mailbox;
using cluster::detail::mailboxes;
using detail::follower;

std::int64_t date_ms() {
  return net::loop::current()->wall_now().time_since_epoch().count();
}

// What was asked of the file, and what came of it.
struct append_work {
  std::string channel;
  draft what;
  mailbox* asker;
  std::shared_ptr<completion<result<appended>>> told;
  std::optional<store::outcome> outcome;
};
struct read_work {
  std::string channel;
  std::uint64_t offset;
  std::size_t count;
  bool forward;
  mailbox* asker;
  std::shared_ptr<completion<result<history_page>>> told;
  result<history_page> outcome = errc::unavailable;
};
struct follow_work {
  std::string channel;
  std::shared_ptr<follower> added;
  result<position> outcome = errc::unavailable;
};
using work = std::variant<append_work, read_work, follow_work>;
using batch = std::vector<work>;

void report(const char* what, const std::exception& failure) {
  log(log_level::error, std::string("history: ") + what + ": " + failure.what());
}

// -- on a thread of the pool ----------------------------------------------------------------------

// The appends come first, in one transaction: what is read then is what they left.
void append_all(store& file, batch& all, std::int64_t now_ms) {
  try {
    file.together([&] {
      for (work& each : all)
        if (auto* const next = std::get_if<append_work>(&each))
          next->outcome = file.append(next->channel, std::move(next->what), now_ms);
    });
  } catch (const database_error& failure) {
    report("nothing appended", failure);
    for (work& each : all)
      if (auto* const next = std::get_if<append_work>(&each))
        next->outcome = store::outcome{errc::unavailable, nullptr};
  }
}

void look_up(store& file, work& one, std::int64_t now_ms) {
  try {
    if (auto* const next = std::get_if<read_work>(&one))
      next->outcome = next->forward
                          ? file.read_after(next->channel, next->offset, next->count, now_ms)
                          : file.read_before(next->channel, next->offset, next->count, now_ms);
    else if (auto* const followed = std::get_if<follow_work>(&one))
      followed->outcome = file.newest(followed->channel, now_ms);
  } catch (const database_error& failure) {
    report("nothing read", failure);
  }
}

void do_all(store& file, batch& all, std::int64_t now_ms) {
  const auto appends = [](const work& each) { return std::holds_alternative<append_work>(each); };
  if (std::ranges::any_of(all, appends))
    append_all(file, all, now_ms);
  for (work& each : all)
    look_up(file, each, now_ms);
}

}  // namespace

// Work comes through `box` to the home loop, which gives it to a thread in batches, one at a time.
class sqlite_history::state {
 public:
  state(std::unique_ptr<store> file, net::loop& home, net::blocking_pool& pool,
        const sqlite_history_options& options)
      : file_(std::move(file)), home_(home), pool_(pool), options_(options), box_(home) {}

  ~state() { box_.close(); }

  /// False: too much waits.
  bool add(work one, std::size_t bytes);
  void unfollow(const std::string& channel, const std::shared_ptr<follower>& gone);

  mailboxes boxes;

 private:
  void begin();
  void end(batch done);
  void tell(append_work& done);
  void tell(read_work& done) { mailboxes::answer(*done.asker, done.told, std::move(done.outcome)); }
  void tell(follow_work& done);

  static std::size_t bytes_of(const work& one) {
    const auto* const append = std::get_if<append_work>(&one);
    return append ? append->what.bytes() : 0;
  }

  const std::shared_ptr<store> file_;  // a thread has it while a batch is under way
  net::loop& home_;
  net::blocking_pool& pool_;
  const sqlite_history_options options_;
  std::atomic<std::size_t> waiting_{0};
  std::atomic<std::size_t> waiting_bytes_{0};
  std::deque<work> queue_;
  cluster::detail::name_map<std::vector<std::shared_ptr<follower>>> followers_;
  bool busy_ = false;
  net::blocking_work under_way_;
  mailbox box_;
};

bool sqlite_history::state::add(work one, std::size_t bytes) {
  if (waiting_.load() >= options_.queue_max ||
      waiting_bytes_.load() + bytes > options_.queue_bytes_max)
    return false;
  waiting_.fetch_add(1);
  waiting_bytes_.fetch_add(bytes);
  box_.push([this, one = std::move(one)]() mutable {
    queue_.push_back(std::move(one));
    begin();
  });
  return true;
}

void sqlite_history::state::begin() {
  if (busy_ || queue_.empty())
    return;
  auto all = std::make_shared<batch>();
  while (!queue_.empty() && all->size() < options_.batch_max) {
    waiting_.fetch_sub(1);
    waiting_bytes_.fetch_sub(bytes_of(queue_.front()));
    all->push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  auto started = pool_.run(
      home_,
      [file = file_, all, now_ms = date_ms()]() -> result<void> {
        do_all(*file, *all, now_ms);
        return {};
      },
      [this, all](const result<void>&) { end(std::move(*all)); });
  busy_ = true;
  if (started)
    under_way_ = *std::move(started);
  else
    end(std::move(*all));  // the pool takes nothing: they are unavailable
}

void sqlite_history::state::end(batch done) {
  busy_ = false;
  for (work& each : done)
    if (auto* const next = std::get_if<append_work>(&each))
      tell(*next);
  for (work& each : done) {
    if (auto* const next = std::get_if<read_work>(&each))
      tell(*next);
    else if (auto* const followed = std::get_if<follow_work>(&each))
      tell(*followed);
  }
  begin();
}

void sqlite_history::state::tell(append_work& done) {
  if (!done.outcome)
    done.outcome = store::outcome{errc::unavailable, nullptr};
  if (const message_ref& added = done.outcome->added)
    if (const auto found = followers_.find(done.channel); found != followers_.end())
      for (const auto& each : found->second)
        each->append(added);
  mailboxes::answer(*done.asker, done.told, std::move(done.outcome->answer));
}

void sqlite_history::state::tell(follow_work& done) {
  if (done.added->ended())
    return;
  if (!done.outcome)
    return done.added->fail(static_cast<errc>(done.outcome.error().value()));
  cluster::detail::at_name(followers_, done.channel).push_back(done.added);
  done.added->start(*done.outcome);
}

// The subscription has ended already; here it is forgotten, wherever it stands.
void sqlite_history::state::unfollow(const std::string& channel,
                                     const std::shared_ptr<follower>& gone) {
  box_.push([this, channel, gone] {
    const auto found = followers_.find(channel);
    if (found == followers_.end())
      return;
    std::erase(found->second, gone);
    if (found->second.empty())
      followers_.erase(found);
  });
}

// -- sqlite_history -------------------------------------------------------------------------------

namespace {

std::unique_ptr<store> open_store(const std::filesystem::path& file, std::uint64_t new_epoch,
                                  const sqlite_history_options& options) {
  try {
    return std::make_unique<store>(file.string(), new_epoch, options);
  } catch (const database_error& failure) {
    throw std::system_error(errc::unavailable, file.string() + ": " + failure.what());
  }
}

}  // namespace

sqlite_history::sqlite_history(const std::filesystem::path& file, std::uint64_t new_epoch,
                               net::loop& home, net::blocking_pool& pool,
                               sqlite_history_options options)
    : state_(std::make_unique<state>(open_store(file, new_epoch, options), home, pool, options)) {}

sqlite_history::~sqlite_history() = default;

cluster::operation sqlite_history::append(std::string_view channel, draft what, append_done done) {
  auto told = std::make_shared<completion<result<appended>>>(std::move(done));
  mailbox& here = state_->boxes.here();
  const std::size_t bytes = what.bytes();
  if (!state_->add(append_work{std::string(channel), std::move(what), &here, told, {}}, bytes))
    mailboxes::answer(here, told, result<appended>(errc::unavailable));
  return cluster::operation(told);
}

cluster::operation sqlite_history::read(std::string_view channel, std::uint64_t offset,
                                        std::size_t count, bool forward, read_done done) {
  auto told = std::make_shared<completion<result<history_page>>>(std::move(done));
  mailbox& here = state_->boxes.here();
  const std::size_t allowed = std::min(count, page_messages_max);
  if (!state_->add(read_work{std::string(channel), offset, allowed, forward, &here, told}, 0))
    mailboxes::answer(here, told, result<history_page>(errc::unavailable));
  return cluster::operation(told);
}

cluster::operation sqlite_history::read_after(std::string_view channel, std::uint64_t after,
                                              std::size_t count, read_done done) {
  return read(channel, after, count, true, std::move(done));
}

cluster::operation sqlite_history::read_before(std::string_view channel, std::uint64_t before,
                                               std::size_t count, read_done done) {
  return read(channel, before, count, false, std::move(done));
}

cluster::subscription sqlite_history::live(std::string_view channel, live_sink& sink) {
  class following final : public cluster::subscription::state {
   public:
    following(sqlite_history::state& from, std::string_view channel, live_sink& sink)
        : from_(from),
          channel_(channel),
          mine_(std::make_shared<follower>(from.boxes.here(), sink)) {
      if (!from_.add(follow_work{channel_, mine_}, 0))
        mine_->fail(errc::unavailable);
    }
    ~following() override {
      mine_->end();
      from_.unfollow(channel_, mine_);
    }

   private:
    sqlite_history::state& from_;
    const std::string channel_;
    const std::shared_ptr<follower> mine_;
  };
  return cluster::subscription(std::make_unique<following>(*state_, channel, sink));
}

}  // namespace actornet::rooms
