// What a channel's copy writes into the log, one record at a time.

#include <algorithm>
#include <unordered_set>

#include "log_channel.hpp"

namespace actornet::rooms::detail {

void log_channel::send_beginning() {
  const std::uint64_t commit = ++all_.commits;
  own_ = own_record{commit, last_, encode_beginning(all_.writer, commit), {}};
  send();
}

void log_channel::send_next() {
  if (appends_.empty())
    return;
  const std::uint64_t oldest = extents_.empty() ? 0 : extents_.front().number;
  room_record what{.epoch = ring_.top().epoch,
                   .first = ring_.top().offset + 1,
                   .oldest = oldest,
                   .writer = all_.writer,
                   .commit = all_.commits + 1};
  own_record next{what.commit, last_, {}, {}};
  collect(next, what);
  if (next.appends.empty())
    return;
  ++all_.commits;
  next.payload = encode_record(what);
  own_ = std::move(next);
  send();
}

// Retries get their answers; of what is new, as much as one record takes.
void log_channel::collect(own_record& into, room_record& what) {
  std::unordered_set<std::string> ids;
  std::size_t bytes = 0;
  const std::int64_t now_ms = all_.log.date_ms();
  while (!appends_.empty() && into.appends.size() < log_history::record_messages_max) {
    waiting_append& next = appends_.front();
    if (const std::uint64_t first = ring_.find(next.what); first != 0) {
      next.who.answer(appended{{what.epoch, first}, true});
      appends_.pop_front();
      continue;
    }
    bytes += next.what.bytes();
    if (!into.appends.empty() && bytes > log_history::record_bytes_max)
      break;
    const std::string key = std::to_string(next.what.user.size()) + next.what.user + next.what.id;
    if (!next.what.id.empty() && !ids.insert(key).second)
      break;  // a retry of one that is in this record: it waits for that one's fate
    const position at{what.epoch, what.first + into.appends.size()};
    what.messages.push_back(std::make_shared<const message>(at, now_ms, next.what));
    into.appends.push_back(std::move(next));
    appends_.pop_front();
  }
}

void log_channel::send() {
  own_->sent = true;
  auto told = [this, commit = own_->commit](const result<log_appended>& outcome) {
    take_outcome(commit, outcome);
    proceed();
  };
  sent_ = all_.log.append(name_, own_->expected, own_->payload, std::move(told));
}

void log_channel::take_outcome(std::uint64_t commit, const result<log_appended>& outcome) {
  if (!own_ || own_->commit != commit)
    return;  // it was seen in the log before
  own_->sent = false;
  if (!outcome) {
    end_unknown_ = true;
    return rest(later);
  }
  if (outcome->refused) {
    all_.counted.refused.add();
    wanted_ = std::max(wanted_, outcome->number);
    // Nothing was learned if the copy has that record: then the log is asked.
    end_unknown_ = end_unknown_ || outcome->number <= own_->expected;
    return end_unknown_ ? rest(soon) : void();
  }
  if (last_ != own_->expected) {
    end_unknown_ = true;  // it is there, and the copy does not have it
    return;
  }
  wanted_ = std::max(wanted_, outcome->number);
  compared_ = all_.now();
  apply({outcome->number, last_, net::shared_bytes(own_->payload)});
  take_early();
  // Who just wrote would be first again: others who write get a turn.
  if (others_wrote_ + 5 * courtesy > all_.now() && !appends_.empty())
    all_.log.home().timers().arm(courtesy_, all_.now() + courtesy);
}

// The record of ours is in the log.
void log_channel::settle(const room_record& what) {
  own_record done = *std::move(own_);
  own_.reset();
  all_.counted.records.add();
  all_.counted.messages.add(done.appends.size());
  for (std::size_t i = 0; i < done.appends.size(); ++i)
    done.appends[i].who.answer(appended{{what.epoch, what.first + i}, false});
}

// The record of ours is not in the log and never will be: others came behind what it expects.
void log_channel::withdraw() {
  own_record done = *std::move(own_);
  own_.reset();
  for (auto next = done.appends.rbegin(); next != done.appends.rend(); ++next)
    appends_.push_front(std::move(*next));
}

void log_channel::refuse_late() {
  const auto late = [now = all_.now()](auto& one) {
    if (one.who.until > now)
      return false;
    one.who.answer(errc::unavailable);
    one.who.until = net::never;
    return true;
  };
  std::erase_if(appends_, late);
  std::erase_if(reads_, late);
  if (own_)
    for (waiting_append& each : own_->appends)
      (void)late(each);
}

}  // namespace actornet::rooms::detail
