// What the members of a run exchange: when messages are published, what is recorded, what is an
// error.

#include <algorithm>
#include <utility>

#include "chat_run.hpp"
#include "number_text.hpp"

namespace actornet::load {

namespace {

constexpr unsigned publishes_max = 64;  // at a time, so that events are read in time
constexpr net::duration spin = std::chrono::milliseconds(2);  // a timer's tick, and waking up
constexpr net::duration drain_look = std::chrono::milliseconds(10);

}  // namespace

bool chat_run::publishes() const noexcept {
  return !options_.listen_only && phase_ >= phase::warming && phase_ <= phase::draining;
}

// -- publishing -----------------------------------------------------------------------------------

// The next publisher in turn says something. False: there is none that could.
bool chat_run::publish(room& in, net::time_point due) {
  for (std::size_t tried = 0; tried < in.publishers.size(); ++tried) {
    chat_member& who = *in.publishers[in.next];
    in.next = (in.next + 1) % in.publishers.size();
    if (!who.is_joined())
      continue;
    in.told.published();
    ++unacknowledged_;
    if (phase_ == phase::measuring)
      ++results_.published;
    who.publish(due);
    if (in.publishers.size() > 1 || options_.open_loop())
      who.flush();  // else `fill` does it once for all
    return true;
  }
  return false;
}

// Closed loop: as many messages are under way as may be.
void chat_run::fill(room& in) {
  if (options_.listen_only)
    return;
  const net::time_point now = loop_.fresh_now();
  bool published = false;
  while (in.told.outstanding() < options_.outstanding && publish(in, now))
    published = true;
  if (published && in.publishers.size() == 1)
    in.publishers.front()->flush();
}

void chat_run::fill_all() {
  if (!options_.open_loop() && (phase_ == phase::warming || phase_ == phase::measuring))
    for (room& each : rooms_)
      fill(each);
}

void chat_run::send_due() {
  if (!options_.open_loop() || !publishes())
    return;
  for (unsigned i = 0; i < publishes_max; ++i) {
    const net::time_point due = schedule_.due(next_due_);
    const net::time_point now = loop_.fresh_now();
    if (due > now || due >= measured_to_)
      break;
    publish(rooms_[schedule_.connection_of(next_due_++)], due);
    if (phase_ == phase::measuring)
      results_.lateness.record(static_cast<std::uint64_t>((now - due).count()));
  }
  arm_tick();
}

void chat_run::arm_tick() {
  if (phase_ == phase::draining)
    return loop_.timers().arm(tick_, loop_.now() + drain_look);
  const net::time_point due = schedule_.due(next_due_);
  const bool far = due - spin > loop_.now();
  loop_.timers().arm(tick_, far ? due - spin : due);
}

bool chat_run::due_soon() const noexcept {
  if (!options_.open_loop() || !publishes())
    return false;
  const net::time_point due = schedule_.due(next_due_);
  return due < measured_to_ && due - spin <= loop_.now();
}

// -- events ---------------------------------------------------------------------------------------

void chat_run::on_message(chat_member& who, const chat_delivery& what, net::time_point now) {
  ++results_.deliveries_total;
  if (phase_ == phase::measuring && !who.stalls())
    ++results_.deliveries;
  check_content(who, what, now);
}

void chat_run::check_content(chat_member& who, const chat_delivery& what, net::time_point now) {
  const auto number = chat_text::number(what.id);
  const std::uint64_t key = number ? *number : std::hash<std::string_view>()(what.id);
  if (who.stalls())
    return;
  if (!rooms_[who.room()].told.told(what.position.offset, key, number && format_.is_own(*number)))
    ++results_.counts.wrong;
  if (!number)
    return;
  const auto due = format_.texts().due(what.text);
  if (!due)
    ++results_.counts.wrong;
  else if (phase_ >= phase::measuring && *due >= measured_from_ && *due < measured_to_)
    results_.latency.record(now > *due ? static_cast<std::uint64_t>((now - *due).count()) : 0);
}

void chat_run::on_gap(chat_member& who, std::uint64_t from, std::uint64_t to) {
  if (!who.stalls())
    rooms_[who.room()].told.skipped(from, to);
}

void chat_run::on_published(chat_member& who, std::uint64_t offset, std::string_view id) {
  --unacknowledged_;
  const auto number = chat_text::number(id);
  if (!number || !rooms_[who.room()].told.acknowledged(offset, *number))
    ++results_.counts.wrong;
}

// The message counts as under way for ever: a closed loop must not press a server that refuses.
void chat_run::on_refused(chat_member&, const std::string& why) {
  --unacknowledged_;
  ++results_.refused;
  complain(why);
}

void chat_run::on_events_told(chat_member& who, net::time_point) {
  const bool goes_on = phase_ == phase::warming || phase_ == phase::measuring;
  if (goes_on && !options_.open_loop())
    fill(rooms_[who.room()]);
}

// -- draining -------------------------------------------------------------------------------------

void chat_run::on_tick() {
  send_due();
  if (phase_ != phase::draining)
    return fill_all();
  if (drained())
    return enter(phase::waking);
  arm_tick();
}

// Other processes may go on publishing: what must have come is what was there when our last message
// was acknowledged.
void chat_run::set_targets() {
  if (std::exchange(targets_known_, true))
    return;
  for (room& each : rooms_)
    each.target = std::max(each.target, each.told.newest());
}

bool chat_run::drained() {
  const bool all_sent = !options_.open_loop() || schedule_.due(next_due_) >= measured_to_;
  if (!all_sent || unacknowledged_ > 0)
    return false;
  set_targets();
  return std::ranges::all_of(members_, [this](chat_member& each) {
    return each.stalls() || !each.is_open() || each.order().last() >= rooms_[each.room()].target;
  });
}

// What has not come by now is lost.
void chat_run::count_missing() {
  set_targets();
  results_.unacknowledged += unacknowledged_;
  const std::uint64_t lost_before = results_.counts.lost;
  for (chat_member& each : members_)
    if (!each.stalls() && each.is_open())
      each.order().end(rooms_[each.room()].target, results_.counts);
  if (const std::uint64_t missing = results_.counts.lost - lost_before; missing > 0)
    complain(number_text(static_cast<std::int64_t>(missing)) + " messages had not come " +
             std::to_string(draining_max / std::chrono::seconds(1)) + " s after the end");
}

void chat_run::complain(const std::string& line) {
  if (results_.complaints.size() < chat_results::complaints_max)
    results_.complaints.push_back(line);
}

}  // namespace actornet::load
