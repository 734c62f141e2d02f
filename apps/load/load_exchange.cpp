// What the connections of a run exchange: when messages are due, what is recorded, what is an
// error.

#include "load_run.hpp"
#include "number_text.hpp"

namespace actornet::load {

namespace {

constexpr std::uint64_t first_sequence = 1;  // message 0 proves that the server took the connection
constexpr unsigned releases_max = 64;        // at a time, so that answers are read in time
constexpr net::duration spin = std::chrono::milliseconds(2);  // a timer's tick, and waking up

std::uint64_t nanoseconds_between(net::time_point from, net::time_point to) {
  return to > from ? static_cast<std::uint64_t>((to - from).count()) : 0;
}

}  // namespace

bool load_run::is_active(const load_connection& which) const noexcept {
  return which.id() < options_.active;
}

// -- sending --------------------------------------------------------------------------------------

void load_run::release(load_connection& on, std::uint64_t count, net::time_point now) {
  if (!options_.open_loop() && is_active(on))
    for (std::uint64_t sequence = on.released(); sequence < on.released() + count; ++sequence)
      sent_at_[std::size_t{on.id()} * options_.depth + sequence % options_.depth] = now;
  in_flight_ += count;
  on.release(count);
}

void load_run::send_due() {
  if (!options_.open_loop() || phase_ < phase::warming || phase_ > phase::draining)
    return;
  for (unsigned i = 0; i < releases_max; ++i) {
    const net::time_point due = schedule_.due(next_due_);
    const net::time_point now = loop_.fresh_now();
    if (due > now || due >= measured_to_)
      break;
    load_connection& on = connections_[schedule_.connection_of(next_due_++)];
    if (!on.is_open())
      continue;
    release(on, 1, now);
    on.flush();
    if (phase_ == phase::measuring)
      results_.lateness.record(nanoseconds_between(due, now));
  }
  arm_tick();
  if (phase_ == phase::draining)
    move_on_if_done();
}

void load_run::arm_tick() {
  const net::time_point due = schedule_.due(next_due_);
  if (due >= measured_to_)
    return loop_.timers().cancel(tick_);
  const bool far = due - spin > loop_.now();
  loop_.timers().arm(tick_, far ? due - spin : due);
}

bool load_run::due_soon() const noexcept {
  if (!options_.open_loop() || phase_ < phase::warming || phase_ > phase::draining)
    return false;
  const net::time_point due = schedule_.due(next_due_);
  return due < measured_to_ && due - spin <= loop_.now();
}

// -- answers --------------------------------------------------------------------------------------

void load_run::on_answer(load_connection& from, std::uint64_t sequence, net::time_point now) {
  --in_flight_;
  ++answers_;
  if (sequence < first_sequence) {
    opener_.settle(from.id());
    return;
  }
  if (sequence == first_sequence)
    ++served_;
  if (phase_ == phase::measuring)
    ++results_.messages;
  record(from, sequence, now);
}

void load_run::on_answers_told(load_connection& from, net::time_point now) {
  if (phase_ == phase::connecting && opener_.all_settled())
    return enter(phase::warming);
  const bool sends = phase_ == phase::warming || phase_ == phase::measuring;
  if (sends && !options_.open_loop() && is_active(from)) {
    const std::uint64_t room = options_.depth - from.in_flight();
    if (room > 0 && (!options_.burst || from.in_flight() == 0))
      release(from, room, now);
  }
  if (phase_ == phase::draining)
    move_on_if_done();
}

net::time_point load_run::due_at(const load_connection& of, std::uint64_t sequence) const noexcept {
  if (options_.open_loop())
    return schedule_.due(of.id(), sequence - first_sequence);
  return sent_at_[std::size_t{of.id()} * options_.depth + sequence % options_.depth];
}

void load_run::record(const load_connection& of, std::uint64_t sequence, net::time_point now) {
  if (phase_ < phase::measuring)
    return;
  const net::time_point due = due_at(of, sequence);
  if (due >= measured_from_ && due < measured_to_)
    results_.latency.record(nanoseconds_between(due, now));
}

// -- errors ---------------------------------------------------------------------------------------

void load_run::on_lost(load_connection& which, const std::string& why) {
  ++results_.errors;
  complain(why);
  in_flight_ -= which.in_flight();
  if (phase_ == phase::connecting) {
    results_.not_begun = options_.uri + ": " + why;
    return enter(phase::closing);
  }
  if (is_active(which))
    ++lost_active_;
  move_on_if_done();
}

// What is still unanswered, and what we did not get to send, counts with the least latency that it
// can have.
void load_run::count_unanswered() {
  if (measured_to_ == net::never)
    return;
  const std::uint64_t count = in_flight_ + record_unsent();
  if (count == 0)
    return;
  for (const load_connection& each : connections_)
    if (each.is_open() && is_active(each))
      for (std::uint64_t sequence = each.answered(); sequence < each.released(); ++sequence)
        record(each, sequence, phase_began_);
  results_.errors += count;
  complain(number_text(static_cast<std::int64_t>(count)) + " messages had no answer " +
           std::to_string(draining_max / std::chrono::seconds(1)) + " s after the end");
}

std::uint64_t load_run::record_unsent() {
  std::uint64_t count = 0;
  if (!options_.open_loop())
    return count;
  for (; schedule_.due(next_due_) < measured_to_; ++next_due_) {
    if (!connections_[schedule_.connection_of(next_due_)].is_open())
      continue;
    ++count;
    if (const net::time_point due = schedule_.due(next_due_); due >= measured_from_)
      results_.latency.record(nanoseconds_between(due, phase_began_));
  }
  return count;
}

void load_run::complain(const std::string& line) {
  if (results_.complaints.size() < load_results::complaints_max)
    results_.complaints.push_back(line);
}

}  // namespace actornet::load
