// How the copy follows the log. What is written into it: log_channel_writes.cpp.

#include "log_channel.hpp"

#include <algorithm>

#include "actornet/log.hpp"

namespace actornet::rooms::detail {

log_channel::log_channel(std::string_view name, log_channels& all)
    : name_(name), all_(all), used_(all.now()), compared_(used_) {
  follows_ = all_.log.follow(name_, *this);
}

void log_channel::append(waiting_append one) {
  used_ = all_.now();
  appends_.push_back(std::move(one));
  proceed();
}

void log_channel::read(waiting_read one) {
  used_ = all_.now();
  reads_.push_back(std::move(one));
  if (open_)
    answer_reads(false);
  proceed();
}

void log_channel::follow(const std::shared_ptr<follower>& added) {
  followers_.push_back(added);
  if (open_)
    return added->start(ring_.top());
  open_until_ = std::min(open_until_, all_.now() + all_.options.patience);
  proceed();
}

void log_channel::unfollow(const std::shared_ptr<follower>& gone) {
  used_ = all_.now();
  std::erase(followers_, gone);
}

bool log_channel::unused() const noexcept {
  return followers_.empty() && appends_.empty() && reads_.empty() && !own_ &&
         used_ + log_history::forget_after <= all_.now();
}

void log_channel::look_after() {
  refuse_late();
  if (!open_ && open_until_ <= all_.now()) {
    open_until_ = net::never;
    for (const auto& each : std::exchange(followers_, {}))
      each->fail(errc::unavailable);
  }
  if (!followers_.empty() && compared_ + all_.options.look_after <= all_.now())
    end_unknown_ = true;
  proceed();
}

// -- what comes next ------------------------------------------------------------------------------

void log_channel::proceed() {
  if (asking_ || rest_.armed())
    return;
  const bool needed = !followers_.empty() || !appends_.empty() || own_;
  if (!needed && reads_.empty())
    return;
  if (end_unknown_)
    return ask_end();
  if (last_ < wanted_)
    return catch_up();
  if (own_ && !own_->sent) {
    if (own_->expected == last_)
      return send();
    withdraw();
  }
  if (!begun() && needed)
    return own_ ? void() : send_beginning();
  open();
  answer_reads(true);
  if (!begun())
    end_unknown_ = true;  // for who asks next
  else if (end_unknown_)
    return ask_end();
  if (!own_ && begun() && !courtesy_.armed())
    send_next();
}

void log_channel::rest(net::duration length) {
  all_.log.home().timers().arm(rest_, all_.now() + length);
}

void log_channel::ask_end() {
  asking_ = true;
  auto told = [this, had = last_](const result<log_end>& end) {
    asking_ = false;
    take_end(end, had);
    proceed();
  };
  asked_ = all_.log.end_of(name_, std::move(told));
}

// @p had: the newest record in the copy when it was asked; more may have come since.
void log_channel::take_end(const result<log_end>& end, std::uint64_t had) {
  if (!end)
    return rest(later);
  end_unknown_ = false;
  compared_ = all_.now();
  if (std::exchange(log_, end->log) != end->log) {
    early_.clear();
    begin_anew(0);
  } else if (end->number < had && end->number == 0)
    last_ = 0;  // all that was there is too old; the epoch goes on where it is known
  else if (end->number < had)
    begin_anew(end->number);  // the log lost some: its positions are of no worth any more
  wanted_ = std::max(end->number, last_);
}

// Nothing before record @p end is looked at any more; the next one begins an epoch.
void log_channel::begin_anew(std::uint64_t end) {
  if (end > 0)
    log(log_level::error, "history: the log lost records of a room; it begins anew");
  ring_ = channel_ring();
  extents_.clear();
  last_ = end;
  open_ = false;
}

// -- records that are missing ---------------------------------------------------------------------

void log_channel::catch_up() {
  if (begun())
    return read_on(last_ + 1);
  last_ = 0;
  asking_ = true;
  auto told = [this](const result<std::optional<log_record>>& newest) {
    asking_ = false;
    if (!newest || !*newest) {
      end_unknown_ = true;
      return rest(newest ? soon : later);
    }
    const auto what = decode_record(**newest, log_);
    wanted_ = std::max(wanted_, (*newest)->number);
    read_on(what ? what->oldest : 1);  // from there on it can be understood
  };
  asked_ = all_.log.read(name_, wanted_, std::move(told));
}

void log_channel::read_on(std::uint64_t from) {
  asking_ = true;
  auto told = [this](const result<std::vector<log_record>>& records) {
    const auto over = std::move(reader_);
    asking_ = false;
    take_records(records);
    proceed();
  };
  reader_ =
      std::make_unique<log_reader>(all_.log, name_, from, std::max(from, wanted_), std::move(told));
}

void log_channel::take_records(const result<std::vector<log_record>>& records) {
  if (records)
    for (const log_record& each : *records)
      apply(each);
  take_early();
  if (last_ >= wanted_)
    return;
  end_unknown_ = true;
  rest(records ? soon : later);
}

void log_channel::on_record(const log_record& next) {
  if (next.number <= last_)
    return;
  wanted_ = std::max(wanted_, next.number);
  if (early_.size() < early_max)
    early_.emplace(next.number, next);
  if (begun())
    take_early();
  if (begun() && last_ < wanted_)
    all_.counted.repaired.add();
  proceed();
}

void log_channel::on_interrupted() {
  end_unknown_ = true;
  proceed();
}

void log_channel::take_early() {
  while (!early_.empty()) {
    const auto next = early_.begin();
    if (next->first > last_ && next->second.before != last_)
      return;
    const log_record record = std::move(next->second);
    early_.erase(next);
    apply(record);
  }
}

// -- the copy -------------------------------------------------------------------------------------

// The next record there is, or one that is known.
void log_channel::apply(const log_record& next) {
  if (next.number <= last_)
    return;
  last_ = next.number;
  const auto what = decode_record(next, log_);
  if (what)
    add(next, *what);
  else
    all_.counted.malformed.add();
}

void log_channel::add(const log_record& from, const room_record& what) {
  const position& top = ring_.top();
  if (what.epoch == top.epoch && what.last() <= top.offset && !what.messages.empty())
    return;
  if (what.epoch != top.epoch || what.first != top.offset + 1) {  // anew, or some were too old
    ring_ = channel_ring({what.epoch, what.first - 1});
    extents_.clear();
    restart_ = open_;
  }
  extents_.push_back({from.number, what.last()});
  for (const message_ref& each : what.messages) {
    ring_.add(each);
    if (open_ && !restart_)
      for (const auto& to : followers_)
        to->append(each);
  }
  ring_.expire(all_.options.keep, all_.log.date_ms());
  while (extents_.front().last < ring_.first_known() && extents_.size() > 1)
    extents_.pop_front();
  if (std::exchange(restart_, false))
    for (const auto& to : followers_)
      to->start(ring_.top());
  if (what.writer != all_.writer)
    others_wrote_ = all_.now();
  else if (own_ && own_->commit == what.commit)
    settle(what);
}

void log_channel::open() {
  if (!begun() || std::exchange(open_, true))
    return;
  open_until_ = net::never;
  for (const auto& each : followers_)
    each->start(ring_.top());
}

void log_channel::answer_reads(bool end_known) {
  ring_.expire(all_.options.keep, all_.log.date_ms());
  for (std::size_t left = reads_.size(); left > 0; --left) {
    waiting_read next = std::move(reads_.front());
    reads_.pop_front();
    if (next.forward && next.offset > ring_.top().offset && !(next.asks && end_known)) {
      next.asks = true;  // who knows of more than this copy has may be right
      end_unknown_ = true;
      reads_.push_back(std::move(next));
      continue;
    }
    const channel_ring& from = ring_;
    next.who.answer(next.forward ? from.after(next.offset, next.count)
                                 : from.before(next.offset, next.count));
  }
}

}  // namespace actornet::rooms::detail
