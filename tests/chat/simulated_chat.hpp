#pragma once

// A chat server under simulation and clients that speak its protocol over TCP.

#include <actornet/chat/v1/chat.pb.h>
#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "actornet/net/framing.hpp"
#include "actornet/rooms/memory_history.hpp"
#include "actornet/runtime.hpp"
#include "actornet/sim/peer.hpp"
#include "actornet/sim/world.hpp"
#include "session.hpp"

namespace actornet::chat {

using namespace std::chrono_literals;

/// A client: what it says, and the events that it got and nobody took yet.
class simulated_member {
 public:
  simulated_member(sim::world& in, sim::peer connection)
      : world_(in), peer_(std::move(connection)) {}

  sim::peer& peer() noexcept { return peer_; }

  void say(const v1::Command& command) {
    const std::string payload = command.SerializeAsString();
    const auto around = net::encode_frame(net::framing::delimited, payload.size());
    peer_.send(std::span(around.prefix).first(around.prefix_bytes));
    peer_.send(payload);
  }

  /// The next event of this kind; those before it are dropped.
  v1::Event hear(v1::Event::KindCase kind) {
    v1::Event found;
    EXPECT_TRUE(world_.run_until([&] { return take(kind, found) || peer_.closed(); })) << world_;
    EXPECT_EQ(found.kind_case(), kind);
    return found;
  }

  /// Whether an event of this kind is there now or comes within @p patience.
  bool hears(v1::Event::KindCase kind, net::duration patience = 2s) {
    v1::Event found;
    return world_.run_until([&] { return take(kind, found); }, world_.now() + patience);
  }

  v1::FailureCode hear_failure() { return hear(v1::Event::kFailed).failed().code(); }

  bool ended() {
    return world_.run_until([&] { return peer_.closed() || peer_.saw_end_of_stream(); });
  }

  // -- commands -----------------------------------------------------------------------------------

  v1::Event hello(const std::string& name, const std::string& token = {}) {
    v1::Command command;
    command.mutable_hello()->set_version(1);
    command.mutable_hello()->set_name(name);
    command.mutable_hello()->set_token(token);
    say(command);
    return hear(v1::Event::kWelcome);
  }

  v1::Event join(const std::string& room, std::optional<v1::Position> after = {},
                 std::uint32_t history = 0) {
    v1::Command command;
    command.set_request(++requests_);
    command.mutable_join()->set_room(room);
    command.mutable_join()->set_history(history);
    if (after)
      *command.mutable_join()->mutable_after() = *after;
    say(command);
    return hear(v1::Event::kJoined);
  }

  /// The number of the request.
  std::uint32_t publish(const std::string& room, const std::string& text,
                        const std::string& id = {}) {
    v1::Command command;
    command.set_request(++requests_);
    command.mutable_publish()->set_room(room);
    command.mutable_publish()->set_id(id.empty() ? "m" + std::to_string(requests_) : id);
    command.mutable_publish()->set_text(text);
    say(command);
    return requests_;
  }

 private:
  bool take(v1::Event::KindCase kind, v1::Event& into) {
    parse();
    while (!events_.empty()) {
      const v1::Event next = std::move(events_.front());
      events_.pop_front();
      if (next.kind_case() == kind) {
        into = next;
        return true;
      }
    }
    return false;
  }

  void parse() {
    unparsed_ += peer_.take_received();
    std::string_view rest = unparsed_;
    for (;;) {
      const auto next = decoder_.decode(std::as_bytes(std::span(rest)));
      if (next.state != net::frame_decoder::status::frame)
        break;
      v1::Event event;
      EXPECT_TRUE(event.ParseFromArray(next.payload.data(), static_cast<int>(next.payload.size())));
      events_.push_back(std::move(event));
      rest.remove_prefix(next.consumed);
    }
    unparsed_.erase(0, unparsed_.size() - rest.size());
  }

  sim::world& world_;
  sim::peer peer_;
  net::frame_decoder decoder_{net::framing::delimited, 1 << 20};
  std::string unparsed_;
  std::deque<v1::Event> events_;
  std::uint32_t requests_ = 0;
};

class simulated_chat {
 public:
  explicit simulated_chat(sim::world& in, service_options options = {}, std::size_t loops = 2)
      : world_(in), rt_({.loops = loops, .backends = in.backends()}) {
    auto history = std::make_unique<rooms::memory_history>(7);
    service_ = std::make_shared<service>(rt_.loops(), std::move(history), std::move(options));
    rt_.keep(service_);
    listen_options listener;
    listener.stream.idle_timeout = {};
    listener.stream.handshake_timeout = {};
    where_ = rt_.listen(
        "tcp://127.0.0.1:0",
        [this](session::peer_type peer) -> task<> {
          session here(*service_, std::move(peer));
          co_await here.run();
        },
        listener);
    rt_.start();
  }
  ~simulated_chat() {
    if (!draining_)
      begin_drain();
    EXPECT_TRUE(world_.run_until([&] { return over_; })) << world_;
    EXPECT_TRUE(world_.run_until_idle()) << world_;
  }

  simulated_member connect() {
    sim::peer made(world_, where_);
    EXPECT_TRUE(world_.run_until([&] { return made.connected(); })) << world_;
    return {world_, std::move(made)};
  }

  simulated_member welcomed(const std::string& name) {
    simulated_member member = connect();
    member.hello(name);
    return member;
  }

  simulated_member in_room(const std::string& name, const std::string& room) {
    simulated_member member = welcomed(name);
    member.join(room);
    return member;
  }

  void begin_drain() {
    draining_ = true;
    rt_.drain(10s, [this](std::size_t) { over_ = true; });
  }

  service& of() noexcept { return *service_; }
  runtime& rt() noexcept { return rt_; }

 private:
  sim::world& world_;
  runtime rt_;
  std::shared_ptr<service> service_;
  net::endpoint where_;
  bool draining_ = false;
  bool over_ = false;
};

}  // namespace actornet::chat
