// A run's phases. What its members exchange is in chat_exchange.cpp.

#include "chat_run.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "number_text.hpp"

namespace actornet::load {

namespace {

constexpr double rate_of_closed_loop = 1;  // the schedule divides by the rate

// Messages that are compared over the members of a room: fewer where there are many rooms.
std::size_t window_of(const chat_options& options) {
  const std::size_t shared = std::clamp<std::size_t>(65'536 / options.rooms, 64, 1024);
  return std::max<std::size_t>(shared, 2 * options.outstanding);
}

}  // namespace

chat_run::chat_run(net::loop& on, const chat_options& options, std::vector<net::endpoint> addresses)
    : loop_(on),
      options_(options),
      format_(options),
      stream_options_(format_.stream_options()),
      opener_(
          on, std::move(addresses), options.members,
          [this](std::uint32_t index, std::unique_ptr<net::transport> socket) {
            on_connected(index, std::move(socket));
          },
          [this](std::error_code why) { on_not_connected(why); }),
      schedule_(options.open_loop() ? options.rate : rate_of_closed_loop, options.rooms) {
  opener_.tune([this](std::uint32_t index, net::socket_options& socket) {
    if (options_.stalls(index))
      socket.receive_buffer_bytes = stalled_receive_buffer_bytes;
  });
  make_members();
}

void chat_run::make_members() {
  for (std::uint32_t number = 0; number < options_.rooms; ++number)
    rooms_.push_back({chat_room(window_of(options_)), {}});
  for (std::uint32_t index = 0; index < options_.members; ++index) {
    const std::uint32_t number = (options_.members_from + index) % options_.rooms;
    room& in = rooms_[number];
    chat_member& made =
        members_.emplace_back(index, number, options_.stalls(index), format_, results_.counts,
                              static_cast<member_observer&>(*this));
    const bool enough = options_.publishers != 0 && in.publishers.size() >= options_.publishers;
    if (!made.stalls() && !enough && !options_.listen_only)
      in.publishers.push_back(&made);
  }
}

void chat_run::start() {
  if (std::string complaint = server_.begin(); !complaint.empty()) {
    results_.not_begun = std::move(complaint);
    return enter(phase::over);
  }
  opener_.start();
}

const char* chat_run::phase_name() const noexcept {
  switch (phase_) {
    case phase::connecting:
      return "joining";
    case phase::warming:
      return "warming up";
    case phase::measuring:
      return "measuring";
    case phase::draining:
      return "waiting for messages";
    case phase::waking:
      return "waking the stalled";
    default:
      return "closing";
  }
}

// -- connecting -----------------------------------------------------------------------------------

void chat_run::on_connected(std::uint32_t index, std::unique_ptr<net::transport> socket) {
  if (phase_ != phase::connecting)
    return;
  ++open_;
  stalled_open_ += options_.stalls(index);
  members_[index].open(loop_, std::move(socket), stream_options_, format_.make_filter(loop_));
}

void chat_run::on_not_connected(std::error_code why) {
  const std::string so_far =
      number_text(opener_.settled()) + " of " + number_text(options_.members) + " members";
  const bool silent = why == errc::timed_out;
  results_.not_begun = options_.uri + ": " + (silent ? "no answer" : why.message()) + ", after " +
                       so_far + (silent ? "; is it a chat server?" : "");
  enter(phase::closing);
}

void chat_run::on_joined(chat_member& who, std::uint64_t newest) {
  room& in = rooms_[who.room()];
  if (!who.stalls())
    in.told.add_reader();
  in.target = std::max(in.target, newest);
  opener_.settle(who.index());
  if (opener_.all_settled() && phase_ == phase::connecting)
    enter(phase::warming);
}

// -- phases ---------------------------------------------------------------------------------------

void chat_run::enter(phase next) {
  assert(next > phase_);
  phase_ = next;
  phase_began_ = loop_.fresh_now();
  loop_.timers().remove(phase_timer_);
  switch (next) {
    case phase::connecting:
      break;
    case phase::warming:
      return begin_warming();
    case phase::measuring:
      return begin_measuring();
    case phase::draining:
      return end_measuring();
    case phase::waking:
      return begin_waking();
    case phase::closing:
      return begin_closing();
    case phase::over:
      loop_.timers().remove(tick_);
      break;
  }
}

void chat_run::begin_warming() {
  loop_.timers().arm(phase_timer_, net::deadline_after(phase_began_, options_.warm_up));
  schedule_.begin(phase_began_);
  if (options_.open_loop())
    return send_due();
  fill_all();
}

void chat_run::begin_measuring() {
  measured_from_ = phase_began_;
  loop_.timers().arm(phase_timer_, net::deadline_after(measured_from_, options_.duration));
  server_.measure_from();
}

void chat_run::end_measuring() {
  measured_to_ = phase_began_;
  results_.measured = measured_to_ - measured_from_;
  server_.measure_to();
  loop_.timers().arm(phase_timer_, phase_began_ + draining_max);
  on_tick();
}

void chat_run::begin_waking() {
  server_.end();
  count_missing();
  if (stalled_open_ == 0)
    return enter(phase::closing);
  loop_.timers().arm(phase_timer_, phase_began_ + waking_max);
  for (chat_member& each : members_)
    if (each.stalls())
      each.wake();
}

void chat_run::begin_closing() {
  loop_.timers().remove(tick_);
  loop_.enqueue(net::entry_of<&chat_run::close_all>(*this));  // not inside what led here
}

void chat_run::close_all() {
  opener_.stop();
  for (chat_member& each : members_)
    each.shut();
  all_shut_ = true;
  if (open_ == 0)
    enter(phase::over);
}

void chat_run::on_phase_timer() {
  switch (phase_) {
    case phase::warming:
      return enter(phase::measuring);
    case phase::measuring:
      return enter(phase::draining);
    case phase::draining:
      return enter(phase::waking);
    case phase::waking:
      return enter(phase::closing);
    default:
      return;
  }
}

// -- the end of connections -----------------------------------------------------------------------

void chat_run::on_lost(chat_member& who, const std::string& why) {
  if (phase_ >= phase::closing)
    return;
  if (phase_ == phase::connecting) {
    results_.not_begun = options_.uri + ": " + why;
    ++results_.lost_connections;
    complain(why);
    return enter(phase::closing);
  }
  if (who.stalls()) {
    ++results_.stalled_closed;
    if (--stalled_open_ == 0 && phase_ == phase::waking)
      enter(phase::closing);
    return;
  }
  ++results_.lost_connections;
  complain(why);
  unacknowledged_ -= who.unacknowledged();
  results_.unacknowledged += who.unacknowledged();
  room& in = rooms_[who.room()];
  in.told.give_up(who.unacknowledged());
  in.told.remove_reader();
  if (!options_.open_loop() && phase_ <= phase::measuring)
    loop_.timers().arm(tick_, loop_.now());  // to publish, but not inside what led here
}

void chat_run::on_closed(chat_member&) {
  if (--open_ == 0 && all_shut_)
    enter(phase::over);
}

}  // namespace actornet::load
