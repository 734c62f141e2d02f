// A stream's life: states, turns, limits. Its input is in stream_input.cpp, its output in
// stream_output.cpp.

#include "actornet/net/stream.hpp"

#include <cassert>

#include "poison.hpp"

namespace actornet::net {

stream::stream(loop& on, std::unique_ptr<transport> socket, const stream_options& options,
               stream_owner& owner, std::unique_ptr<filter> transform)
    : loop_(on),
      options_(&options),
      owner_(owner),
      transport_(std::move(socket)),
      filter_(transform && !transform->identity() ? std::move(transform) : nullptr),
      decoder_(options.framing, options.frame_bytes_max),
      output_(options.overflow == overflow_policy::drop_oldest ||
              options.overflow == overflow_policy::conflate),
      wire_(filter_ ? std::make_unique<wire>() : nullptr),
      last_frame_(on.now()) {
  transport_->set_owner(entry_of<&stream::on_ready>(*this));
  loop_.counted.connections_opened.add();
  arm_limits();
  if (filter_)
    begin_filter();
}

void stream::begin_filter() {
  filter_->begin(wire_->bytes);
  if (!wire_->bytes.empty())
    loop_.flush_later(*this);
  if (in_handshake())
    arm_read();
}

stream::~stream() {
  assert(!transport_->in_queue());
  loop_.cancel_flush(*this);
  loop_.timers().remove(limit_);
}

void stream::enter(state target) {
  assert(target > state_);  // only forward, see the picture in the header
  state_ = target;
  loop_.timers().remove(limit_);  // another limit counts now, often a later one
  if (target != state::closed)
    arm_limits();
}

// -- turns ----------------------------------------------------------------------------------------

void stream::on_ready() {
  transport_->leave_queue();
  loop_.set_label("a connection");
  if (state_ == state::closed)
    return owner_.on_closed(close_reason_);
  in_turn_ = true;
  if (write_armed_ && transport_->writable())
    write_armed_ = false;
  const bool may_read = wants_more() || state_ == state::lingering;
  if ((read_armed_ && transport_->readable()) || (sweeping_ && may_read)) {
    read_armed_ = false;
    if (may_read && !has_more())
      read_input();
  }
  if (std::exchange(open_due_, false))
    owner_.on_open();
  if (wants_input_ && has_more())
    take_filtered({});
  if (wants_input_ && (input_end_ != errc{} || !input_.empty())) {
    wants_input_ = false;
    owner_.on_input();
  }
  if (room_due_) {
    room_due_ = false;
    owner_.on_room();
  }
  in_turn_ = false;
  settle();
}

// What a turn leaves behind: rest of the input, readiness to ask for, output to send.
void stream::settle() {
  if (state_ != state::closed)
    flush();
  if (state_ == state::closed)
    input_ = {};
  if (!input_.empty() && in_loop_buffer(input_.data()))
    hold({});
  poison(loop_.read_buffer());
  if (is_open() && !wants_input_ && in_handshake() && input_end_ != errc{})
    return finish();  // nobody else would: what was written is never sent
  if (wants_input_ || wants_more() || state_ == state::lingering)
    arm_read();
  else
    waiting_since_ = never;
}

// The handshake needs no owner who wants its messages.
bool stream::wants_more() const noexcept {
  return input_end_ == errc{} && (wants_input_ || (is_open() && in_handshake()));
}

// What a filter answers by itself is not bounded by anybody who waits: it is not asked for more
// while the peer does not take it. The turn that sends it comes here again.
bool stream::answers_wait() const noexcept {
  return wire_ && wire_->unsent() > options_->output_high_bytes && state_ != state::lingering;
}

void stream::arm_read() {
  if (answers_wait()) {
    waiting_since_ = never;
    return;
  }
  if ((sweeping_ || has_more()) && state_ != state::lingering)
    return transport_->run_owner(loop_);
  if (std::exchange(read_armed_, true))
    return;
  transport_->arm_read();
  if (waiting_since_ == never)
    wait_for_peer();
}

void stream::wait_for_peer() noexcept {
  waiting_since_ = loop_.now();
  pinged_ = false;
}

// What the filter keeps for later is only wanted as long as there may be input.
bool stream::has_more() const noexcept {
  return filter_ && input_end_ == errc{} && filter_->has_more();
}

// -- limits ---------------------------------------------------------------------------------------

stream::limit stream::earliest_limit() const noexcept {
  limit earliest;
  const auto consider = [&earliest](time_point since, duration wait, errc reason) {
    if (since == never || wait <= duration::zero())
      return;
    if (const time_point at = deadline_after(since, wait); at < earliest.at)
      earliest = {at, reason};
  };
  consider(unsent_since_, options_->write_timeout, errc::write_timeout);
  if (state_ == state::lingering) {
    consider(last_frame_, options_->linger_timeout, close_reason_);
    return earliest;
  }
  if (state_ == state::draining)
    return earliest;
  consider(frame_began_, options_->read_timeout, errc::read_timeout);
  if (state_ == state::handshaking) {
    consider(last_frame_, options_->handshake_timeout, errc::handshake_timeout);
    return earliest;
  }
  consider(last_frame_, options_->idle_timeout, errc::idle_timeout);
  // A peer whom we do not listen to cannot be heard: it is asked when we do again.
  const bool waits = waiting_since_ != never;
  const time_point since = waits ? waiting_since_ : loop_.now();
  const duration interval = ping_interval();
  if (pinged_ && waits)
    consider(since, 2 * interval, errc::ping_timeout);
  else
    consider(since, interval, errc{});
  return earliest;
}

duration stream::ping_interval() const noexcept {
  return filter_ ? filter_->ping_interval() : duration::zero();
}

void stream::ping() {
  pinged_ = true;
  filter_->ping(wire_->bytes);
  loop_.flush_later(*this);
}

void stream::arm_limits() {
  loop_.timers().arm(limit_, earliest_limit().at);
}

void stream::on_limit() {
  const limit due = earliest_limit();
  if (due.at > loop_.now())
    return loop_.timers().arm(limit_, due.at);
  if (due.reason != errc{})
    return close(due.reason);
  ping();
  arm_limits();
}

// -- end ------------------------------------------------------------------------------------------

// Whether it is worth a line in a log.
static bool is_failure(errc reason) {
  return reason != errc::end_of_stream && reason != errc::closed_locally &&
         reason != errc::shutting_down;
}

// While the socket still knows: it does not when both directions have ended.
void stream::remember_peer() {
  if (is_failure(close_reason_) && !failed_peer_)
    failed_peer_ = std::make_unique<endpoint>(transport_->peer());
}

void stream::finish() {
  if (!is_open())
    return;
  close_reason_ = input_end_ == errc{} ? errc::closed_locally : input_end_;
  remember_peer();
  wants_input_ = wants_room_ = sweeping_ = false;
  input_ = {};
  if (in_handshake())
    output_.clear(loop_.blocks());  // it can never be sent
  enter(state::draining);
  if (!in_turn_)
    loop_.flush_later(*this);
}

// Everything is sent. The peer must get it even though it may still be sending: a close with
// unread input would be a reset that overtakes our last bytes.
void stream::linger() {
  transport_->shutdown_write();
  if (socket_ended_)
    return close(close_reason_);
  last_frame_ = loop_.now();
  enter(state::lingering);
  arm_read();
}

void stream::close(errc reason) {
  if (state_ == state::closed)
    return;
  enter(state::closed);
  close_reason_ = reason;
  if (input_end_ == errc{})
    input_end_ = reason;
  wants_input_ = wants_room_ = room_due_ = false;
  output_.clear(loop_.blocks());
  remember_peer();
  transport_->close();
  loop_.counted.connections_closed.add();
  if (is_failure(reason))
    loop_.counted.connections_failed.add();
  transport_->run_owner(loop_);  // the owner learns of it there, never inline
}

}  // namespace actornet::net
