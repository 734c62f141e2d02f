#include "peer_state.hpp"

#include <algorithm>
#include <array>

namespace actornet::sim {

using status = net::io_result::status;

peer_state::peer_state(world_state& in) : state_(in) {
  ++state_.peers;
  environment& world = state_.world;
  if (world.random.chance(world.chances.stall_probability))
    stall_offset_ = world.random.between(0, world.chances.stall_offset_bytes_max);
}

peer_state::~peer_state() {
  give_up();
  --state_.peers;
}

// -- connecting -----------------------------------------------------------------------------------

void peer_state::connect(const net::endpoint& to, const std::string& from,
                         const net::socket_options& how) {
  attempt_ = state_.net.connect(to, from, how, [this](result<socket> outcome) {
    if (outcome)
      connected(*std::move(outcome));
    else
      connect_error = outcome.error();
  });
}

void peer_state::connected(socket made) {
  socket_ = std::move(made);
  socket_.set_user(this);
  on_network();
}

void peer_state::give_up() {
  if (attempt_)
    attempt_->done = nullptr;
  if (open())
    finish_with(&socket::close);
  closed_ = true;
}

// The bytes of a held connection are let go: nobody could heal it any more.
void peer_state::finish_with(void (socket::*ending)()) {
  closed_ = true;
  script_.clear();
  (socket_.*ending)();
  set_held(false);
}

// -- at once --------------------------------------------------------------------------------------

void peer_state::reset() {
  if (!open())
    return give_up();
  finish_with(&socket::abort);
}

void peer_state::reset_after(std::size_t bytes) {
  reset_offset_ = bytes;
  run_script();
}

void peer_state::set_reading(bool reads) {
  reads_ = reads;
  if (open())
    on_network();
}

void peer_state::set_held(bool held) {
  if (!socket_ || held_ == held)
    return;
  held_ = held;
  if (held)
    socket_.hold();
  else
    socket_.release();
}

// -- input ----------------------------------------------------------------------------------------

// What it does may destroy the peer.
void peer_state::on_network() {
  const auto alive = shared_from_this();
  read_all();
  run_script();
}

void peer_state::read_all() {
  std::array<std::byte, 4096> buffer;
  while (open() && reads_ && !stalled_ && !saw_end_) {
    if (stall_offset_ && received_bytes >= *stall_offset_)
      return stall();
    const auto got = socket_.read(std::span(buffer).first(read_bytes_max()));
    if (got.state == status::would_block)
      return;
    if (got.state != status::ok) {
      saw_end_ = got.state == status::end_of_stream;
      saw_reset_ = !saw_end_;
      return;
    }
    const std::string_view bytes(reinterpret_cast<const char*>(buffer.data()), got.bytes);
    received += bytes;
    received_bytes += got.bytes;
    if (on_received)
      on_received(bytes);
  }
  if (open() && socket_.was_reset())
    saw_reset_ = true;  // noticed without reading, too
}

std::size_t peer_state::read_bytes_max() const noexcept {
  constexpr std::size_t most = 4096;
  return stall_offset_ ? std::min(most, *stall_offset_ - received_bytes) : most;
}

void peer_state::stall() {
  stall_offset_.reset();
  stalled_ = true;
  environment& world = state_.world;
  const net::duration length = world.random.between(net::duration::zero(), world.chances.stall_max);
  world.events.plan(world.now + length, [self = weak_from_this()] {
    if (const auto alive = self.lock()) {
      alive->stalled_ = false;
      if (alive->open())
        alive->on_network();
    }
  });
}

// -- output ---------------------------------------------------------------------------------------

void peer_state::add(step next) {
  if (closed())
    return;
  script_.push_back(std::move(next));
  run_script();
}

void peer_state::run_script() {
  while (open() && !pausing_) {
    if (reset_offset_ && sent_bytes >= *reset_offset_)
      return finish_with(&socket::close_with_reset);
    if (script_.empty())
      return;
    step& now = script_.front();
    const bool done = std::visit([this](auto& one) { return run(one); }, now);
    if (!done)
      return;
    if (!script_.empty())
      script_.pop_front();
  }
  if (saw_reset_)
    script_.clear();
}

bool peer_state::run(send_step& now) {
  std::string_view left = std::string_view(now.bytes).substr(now.done);
  if (reset_offset_)
    left = left.substr(0, *reset_offset_ - sent_bytes);
  if (left.empty())
    return true;
  const std::span<const std::byte> bytes = std::as_bytes(std::span(left));
  const auto outcome = socket_.write(std::span(&bytes, 1), left.size());
  if (outcome.state == status::error) {
    saw_reset_ = socket_.was_reset();
    return true;
  }
  now.done += outcome.bytes;
  sent_bytes += outcome.bytes;
  return now.done == now.bytes.size() || sent_bytes == reset_offset_;
}

bool peer_state::run(wait_step& now) {
  pausing_ = true;
  state_.world.events.plan(state_.world.now + now.pause, [self = weak_from_this()] {
    if (const auto alive = self.lock()) {
      alive->pausing_ = false;
      alive->run_script();
    }
  });
  return true;
}

bool peer_state::run(shutdown_step&) {
  socket_.shutdown_write();
  return true;
}

bool peer_state::run(close_step&) {
  finish_with(&socket::close);
  return true;
}

}  // namespace actornet::sim
