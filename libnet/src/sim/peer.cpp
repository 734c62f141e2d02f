#include "actornet/sim/peer.hpp"

#include <cassert>

#include "peer_state.hpp"

namespace actornet::sim {

peer::peer(world& in, const net::endpoint& to, const std::string& from,
           const net::socket_options& how)
    : state_(std::make_shared<peer_state>(*in.state_)) {
  state_->connect(to, from, how);
}

peer::peer(std::shared_ptr<peer_state> state) noexcept : state_(std::move(state)) {}

peer::~peer() {
  if (state_)
    state_->give_up();
}

peer::peer(peer&&) noexcept = default;

peer& peer::operator=(peer&& moved) noexcept {
  if (state_ && state_ != moved.state_)
    state_->give_up();
  state_ = std::move(moved.state_);
  return *this;
}

// -- script ---------------------------------------------------------------------------------------

peer& peer::send(std::string_view bytes) {
  state_->add(peer_state::send_step{std::string(bytes)});
  return *this;
}

peer& peer::send(std::span<const std::byte> bytes) {
  return send(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

peer& peer::send_in_pieces(std::string_view bytes, std::span<const std::size_t> offsets,
                           net::duration pause) {
  std::size_t from = 0;
  for (const std::size_t offset : offsets) {
    assert(offset >= from && offset <= bytes.size());
    send(bytes.substr(from, offset - from)).wait(pause);
    from = offset;
  }
  return send(bytes.substr(from));
}

peer& peer::wait(net::duration pause) {
  state_->add(peer_state::wait_step{pause});
  return *this;
}

peer& peer::shutdown_write() {
  state_->add(peer_state::shutdown_step{});
  return *this;
}

peer& peer::close() {
  state_->add(peer_state::close_step{});
  return *this;
}

// -- at once --------------------------------------------------------------------------------------

void peer::reset() {
  state_->reset();
}

peer& peer::reset_after(std::size_t bytes) {
  state_->reset_after(bytes);
  return *this;
}

void peer::stop_reading() {
  state_->set_reading(false);
}

void peer::resume_reading() {
  state_->set_reading(true);
}

void peer::partition() {
  state_->set_held(true);
}

void peer::heal() {
  state_->set_held(false);
}

void peer::on_received(std::function<void(std::string_view)> callback) {
  state_->on_received = std::move(callback);
}

// -- what it saw ----------------------------------------------------------------------------------

bool peer::connected() const noexcept {
  return state_->was_connected();
}

std::error_code peer::connect_error() const noexcept {
  return state_->connect_error;
}

const std::string& peer::received() const noexcept {
  return state_->received;
}

std::string peer::take_received() {
  return std::exchange(state_->received, {});
}

std::size_t peer::received_bytes() const noexcept {
  return state_->received_bytes;
}

std::size_t peer::sent_bytes() const noexcept {
  return state_->sent_bytes;
}

bool peer::script_done() const noexcept {
  return state_->script_done();
}

bool peer::saw_end_of_stream() const noexcept {
  return state_->saw_end();
}

bool peer::saw_reset() const noexcept {
  return state_->saw_reset();
}

bool peer::closed() const noexcept {
  return state_->closed();
}

// -- a peer that listens --------------------------------------------------------------------------

struct peer_listener::inside {
  inside(world_state& in, const std::string& host, const net::socket_options& how)
      : state(in), listening(in.net, host, how, [] {}) {}

  world_state& state;
  port listening;
};

peer_listener::peer_listener(world& in, const net::endpoint& where, const std::string& host,
                             const net::socket_options& how)
    : inside_(std::make_unique<inside>(*in.state_, host, how)) {
  if (const auto opened = inside_->listening.open(where); !opened)
    throw std::system_error(opened.error(), net::to_string(where));
}

peer_listener::~peer_listener() = default;
peer_listener::peer_listener(peer_listener&&) noexcept = default;
peer_listener& peer_listener::operator=(peer_listener&&) noexcept = default;

const net::endpoint& peer_listener::local() const noexcept {
  return inside_->listening.local();
}

std::size_t peer_listener::waiting() const noexcept {
  return inside_->listening.waiting();
}

peer peer_listener::accept() {
  auto state = std::make_shared<peer_state>(inside_->state);
  state->connected(inside_->listening.pop());
  return peer(std::move(state));
}

}  // namespace actornet::sim
