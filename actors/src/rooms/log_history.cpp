#include "actornet/rooms/log_history.hpp"

#include "actornet/cluster/detail/names.hpp"
#include "log_channel.hpp"

namespace actornet::rooms {

namespace {

using cluster::detail::completion;
using cluster::detail::mailbox;
using cluster::detail::mailboxes;
using detail::asked_by;
using detail::follower;
using detail::log_channel;
using detail::queue_place;

constexpr net::duration look_every = std::chrono::seconds(1);

}  // namespace

// What is asked comes through `box_` to the log's loop, where the channels are.
class log_history::state {
 public:
  state(shared_log& log, const log_history_options& options)
      : all_{log, options}, box_(log.home()) {}
  ~state() { box_.close(); }

  /// Has @p make's waiting something wait in @p channel. Answers itself when it cannot.
  template <class Result, class Done, class Make>
  cluster::operation ask(std::string_view channel, std::size_t bytes, Done done, Make make);

  void follow(const std::string& channel, const std::shared_ptr<follower>& added);
  void unfollow(const std::string& channel, const std::shared_ptr<follower>& gone);

  mailboxes boxes;
  detail::log_channels& all() noexcept { return all_; }

 private:
  log_channel* get(std::string_view name);
  void look_after();

  detail::log_channels all_;
  const std::shared_ptr<queue_place::counts> queue_ = std::make_shared<queue_place::counts>();
  cluster::detail::name_map<std::unique_ptr<log_channel>> channels_;
  net::timer look_{net::entry_of<&state::look_after>(*this)};
  mailbox box_;
};

// Null: there are too many.
log_channel* log_history::state::get(std::string_view name) {
  if (const auto found = channels_.find(name); found != channels_.end())
    return found->second.get();
  if (channels_.size() >= all_.options.channels_max)
    return nullptr;
  if (!look_.armed())
    all_.log.home().timers().arm(look_, all_.now() + look_every);
  if (all_.writer == 0)
    all_.writer = all_.log.home().random() | 1;
  auto& made = channels_[std::string(name)];
  made = std::make_unique<log_channel>(name, all_);
  return made.get();
}

void log_history::state::look_after() {
  for (auto next = channels_.begin(); next != channels_.end();) {
    next->second->look_after();
    next = next->second->unused() ? channels_.erase(next) : std::next(next);
  }
  if (!channels_.empty())
    all_.log.home().timers().arm(look_, all_.now() + look_every);
}

template <class Result, class Done, class Make>
cluster::operation log_history::state::ask(std::string_view channel, std::size_t bytes, Done done,
                                           Make make) {
  auto told = std::make_shared<completion<Result>>(std::move(done));
  mailbox& here = boxes.here();
  const bool full = queue_->waiting.load() >= all_.options.queue_max ||
                    queue_->bytes.load() + bytes > all_.options.queue_bytes_max;
  if (full) {
    mailboxes::answer(here, told, Result(errc::unavailable));
    return cluster::operation(told);
  }
  asked_by<Result> who{&here, told, net::never, queue_place(queue_, bytes)};
  box_.push(
      [this, name = std::string(channel), who = std::move(who), make = std::move(make)]() mutable {
        who.until = net::deadline_after(all_.now(), all_.options.patience);
        if (log_channel* const to = get(name))
          make(*to, std::move(who));
        else
          who.answer(errc::channels_exhausted);
      });
  return cluster::operation(told);
}

void log_history::state::follow(const std::string& channel,
                                const std::shared_ptr<follower>& added) {
  box_.push([this, channel, added] {
    if (added->ended())
      return;
    if (log_channel* const to = get(channel))
      to->follow(added);
    else
      added->fail(errc::channels_exhausted);
  });
}

void log_history::state::unfollow(const std::string& channel,
                                  const std::shared_ptr<follower>& gone) {
  gone->end();
  box_.push([this, channel, gone] {
    if (const auto found = channels_.find(channel); found != channels_.end())
      found->second->unfollow(gone);
  });
}

// -- log_history ----------------------------------------------------------------------------------

log_history::log_history(shared_log& log, log_history_options options)
    : state_(std::make_unique<state>(log, options)) {}

log_history::~log_history() = default;

cluster::operation log_history::append(std::string_view channel, draft what, append_done done) {
  const std::size_t bytes = what.bytes();
  auto wait = [bytes, what = std::move(what)](log_channel& to,
                                              asked_by<result<appended>> who) mutable {
    if (bytes > record_bytes_max)
      who.answer(errc::message_too_large);
    else
      to.append({std::move(what), std::move(who)});
  };
  return state_->ask<result<appended>>(channel, bytes, std::move(done), std::move(wait));
}

cluster::operation log_history::read(std::string_view channel, std::uint64_t offset,
                                     std::size_t count, bool forward, read_done done) {
  const std::size_t allowed = std::min(count, page_messages_max);
  auto wait = [offset, allowed, forward](log_channel& from, asked_by<result<history_page>> who) {
    from.read({offset, allowed, forward, std::move(who)});
  };
  return state_->ask<result<history_page>>(channel, 0, std::move(done), std::move(wait));
}

cluster::operation log_history::read_after(std::string_view channel, std::uint64_t after,
                                           std::size_t count, read_done done) {
  return read(channel, after, count, true, std::move(done));
}

cluster::operation log_history::read_before(std::string_view channel, std::uint64_t before,
                                            std::size_t count, read_done done) {
  return read(channel, before, count, false, std::move(done));
}

cluster::subscription log_history::live(std::string_view channel, live_sink& sink) {
  class following final : public cluster::subscription::state {
   public:
    following(log_history::state& from, std::string_view channel, live_sink& sink)
        : from_(from),
          channel_(channel),
          mine_(std::make_shared<follower>(from.boxes.here(), sink)) {
      from_.follow(channel_, mine_);
    }
    ~following() override { from_.unfollow(channel_, mine_); }

   private:
    log_history::state& from_;
    const std::string channel_;
    const std::shared_ptr<follower> mine_;
  };
  return cluster::subscription(std::make_unique<following>(*state_, channel, sink));
}

log_history::counts log_history::counted() const {
  const auto& counted = state_->all().counted;
  return {counted.records.value(), counted.messages.value(), counted.refused.value(),
          counted.repaired.value(), counted.malformed.value()};
}

}  // namespace actornet::rooms
