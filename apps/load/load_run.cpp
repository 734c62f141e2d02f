// A run's phases. What its connections exchange is in load_exchange.cpp.

#include "load_run.hpp"

#include <cassert>
#include <utility>

#include "number_text.hpp"

namespace actornet::load {

namespace {

// The schedule divides by the rate, which the closed loop has not.
constexpr double rate_of_closed_loop = 1;

}  // namespace

load_run::load_run(net::loop& on, const load_options& options, std::vector<net::endpoint> addresses)
    : loop_(on),
      options_(options),
      format_(options),
      stream_options_(format_.stream_options()),
      opener_(
          on, std::move(addresses), options.connections,
          [this](std::uint32_t index, std::unique_ptr<net::transport> socket) {
            on_connected(index, std::move(socket));
          },
          [this](std::error_code why) { on_not_connected(why); }),
      schedule_(options.open_loop() ? options.rate : rate_of_closed_loop, options.active) {
  for (std::uint32_t id = 0; id < options.connections; ++id)
    connections_.emplace_back(id, options.depth, format_, static_cast<connection_observer&>(*this));
  if (!options.open_loop())
    sent_at_.resize(std::size_t{options.active} * options.depth);
}

void load_run::start() {
  if (std::string complaint = server_.begin(); !complaint.empty()) {
    results_.not_begun = std::move(complaint);
    return enter(phase::over);
  }
  opener_.start();
}

// -- connecting -----------------------------------------------------------------------------------

void load_run::on_connected(std::uint32_t index, std::unique_ptr<net::transport> socket) {
  if (phase_ != phase::connecting)
    return;
  ++open_;
  connections_[index].open(loop_, std::move(socket), stream_options_);
  release(connections_[index], 1, loop_.now());
}

void load_run::on_not_connected(std::error_code why) {
  const std::string so_far =
      number_text(opener_.settled()) + " of " + number_text(options_.connections) + " connections";
  if (why == errc::timed_out)
    results_.not_begun = options_.uri + ": no answer for " +
                         std::to_string(connection_opener::patience / std::chrono::seconds(1)) +
                         " s, after " + so_far + "; has the server the same --framing?";
  else
    results_.not_begun = options_.uri + ": " + why.message() + ", after " + so_far;
  enter(phase::closing);
}

const char* load_run::phase_name() const noexcept {
  switch (phase_) {
    case phase::connecting:
      return "connecting";
    case phase::warming:
      return "warming up";
    case phase::measuring:
      return "measuring";
    case phase::draining:
      return "waiting for answers";
    default:
      return "closing";
  }
}

// -- phases ---------------------------------------------------------------------------------------

void load_run::enter(phase next) {
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
    case phase::closing:
      return begin_closing();
    case phase::over:
      loop_.timers().remove(tick_);
      break;
  }
}

void load_run::begin_warming() {
  loop_.timers().arm(phase_timer_, phase_began_ + warming_min);
  schedule_.begin(phase_began_);
  if (options_.open_loop())
    return send_due();
  for (std::uint32_t id = 0; id < options_.active; ++id)
    if (connections_[id].is_open())
      release(connections_[id], options_.depth, loop_.now());
}

bool load_run::warm() const noexcept {
  return options_.open_loop() || served_ + lost_active_ >= options_.active ||
         loop_.now() >= phase_began_ + warming_max;
}

void load_run::begin_measuring() {
  measured_from_ = phase_began_;
  loop_.timers().arm(phase_timer_, net::deadline_after(measured_from_, options_.duration));
  server_.measure_from();
}

void load_run::end_measuring() {
  measured_to_ = phase_began_;
  results_.measured = measured_to_ - measured_from_;
  server_.measure_to();
  loop_.timers().arm(phase_timer_, phase_began_ + draining_max);
  send_due();
  if (phase_ == phase::draining)
    move_on_if_done();
}

void load_run::begin_closing() {
  server_.end();
  count_unanswered();
  loop_.timers().remove(tick_);
  loop_.enqueue(net::entry_of<&load_run::close_all>(*this));  // not inside what led here
}

void load_run::close_all() {
  opener_.stop();
  for (load_connection& each : connections_)
    each.shut();
  all_shut_ = true;
  if (open_ == 0)
    enter(phase::over);
}

void load_run::on_phase_timer() {
  switch (phase_) {
    case phase::warming:
      if (!warm())
        return loop_.timers().arm(phase_timer_, loop_.now() + net::timer_wheel::tick);
      return enter(phase::measuring);
    case phase::measuring:
      return enter(phase::draining);
    case phase::draining:
      return enter(phase::closing);
    default:
      return;
  }
}

// Draining ends when all is answered; without a connection left, anything but silence is over.
void load_run::move_on_if_done() {
  const bool all_sent = !options_.open_loop() || schedule_.due(next_due_) >= measured_to_;
  if (phase_ == phase::draining && in_flight_ == 0 && all_sent)
    return enter(phase::closing);
  if (lost_active_ < options_.active)
    return;
  if (phase_ == phase::measuring)
    return enter(phase::draining);
  if (phase_ == phase::warming || phase_ == phase::draining)
    enter(phase::closing);
}

void load_run::on_closed(load_connection&) {
  if (--open_ == 0 && all_shut_)
    enter(phase::over);
}

}  // namespace actornet::load
