#pragma once

// A chat server of a few lines in a simulated world, and a client that talks with it.

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actornet/flow/cancel.hpp"
#include "actornet/net/framing.hpp"
#include "actornet/runtime.hpp"
#include "actornet/sim/peer.hpp"
#include "actornet/sim/world.hpp"
#include "json_view.hpp"
#include "talk_filters.hpp"
#include "talk_run.hpp"

namespace actornet::talk {

using namespace std::chrono_literals;

/// Rooms that keep everything, as long as it does not start anew.
class simulated_chat_server {
 public:
  explicit simulated_chat_server(sim::world& in) : world_(in) { listen(); }

  /// What a Hello is answered with instead of Welcome; none: Welcome.
  std::function<std::optional<v1::Failed>(const v1::Hello&)> judge;
  /// Whether a Publish is answered; it is kept in any case.
  std::function<bool(const v1::Publish&)> acknowledges = [](const auto&) { return true; };
  std::uint64_t epoch = 7;
  std::vector<v1::Command> heard;

  void accept_waiting() {
    while (listener_ && listener_->waiting() > 0) {
      client& added = clients_.emplace_back(listener_->accept());
      added.peer.on_received([this, &added](std::string_view bytes) { take(added, bytes); });
    }
  }

  void reset_all() {
    for (client& each : clients_)
      each.peer.reset();
  }
  void stop() {
    listener_.reset();
    reset_all();
  }
  void listen() {
    listener_.emplace(world_, net::endpoint{net::endpoint::scheme::tcp, "127.0.0.1", 7411});
  }

  /// To all that stand.
  void tell(const v1::Event& event) {
    for (client& each : clients_)
      if (!each.peer.closed())
        say(each.peer, event);
  }

  void publish(const std::string& room, const std::string& user, const std::string& id,
               const std::string& text) {
    auto& kept = rooms_[room];
    v1::Event event;
    v1::Message& added = *event.mutable_message();
    added.set_room(room);
    added.set_user(user);
    added.set_id(id);
    added.set_text(text);
    fill(*added.mutable_position(), {epoch, kept.size() + 1});
    kept.push_back(added);
    for (client& each : clients_)
      if (std::ranges::count(each.rooms, room) > 0 && !each.peer.closed())
        say(each.peer, event);
  }

  std::vector<std::string> texts(const std::string& room) {
    std::vector<std::string> all;
    for (const v1::Message& each : rooms_[room])
      all.push_back(each.text());
    return all;
  }

  std::size_t connections() const { return clients_.size(); }
  bool all_ended() const {
    return std::ranges::all_of(clients_, [](const client& each) {
      return each.peer.closed() || each.peer.saw_end_of_stream();
    });
  }

 private:
  struct client {
    explicit client(sim::peer accepted) : peer(std::move(accepted)) {}
    sim::peer peer;
    std::string unparsed{};
    std::string user{};
    std::vector<std::string> rooms{};
    net::frame_decoder decoder{net::framing::delimited, 1 << 20};
  };

  static void say(sim::peer& to, const v1::Event& event) {
    const std::string payload = event.SerializeAsString();
    const auto around = net::encode_frame(net::framing::delimited, payload.size());
    to.send(std::span(around.prefix).first(around.prefix_bytes));
    to.send(payload);
  }

  void take(client& from, std::string_view bytes) {
    from.unparsed += bytes;
    std::string_view rest = from.unparsed;
    for (;;) {
      const auto next = from.decoder.decode(std::as_bytes(std::span(rest)));
      if (next.state != net::frame_decoder::status::frame)
        break;
      v1::Command command;
      EXPECT_TRUE(
          command.ParseFromArray(next.payload.data(), static_cast<int>(next.payload.size())));
      heard.push_back(command);
      answer(from, command);
      rest.remove_prefix(next.consumed);
    }
    from.unparsed.erase(0, from.unparsed.size() - rest.size());
  }

  void answer(client& to, const v1::Command& command) {
    v1::Event event;
    event.set_request(command.request());
    if (command.has_hello()) {
      const auto refused = judge ? judge(command.hello()) : std::nullopt;
      if (refused)
        *event.mutable_failed() = *refused;
      else
        event.mutable_welcome()->set_heartbeat_ms(30'000);
      to.user = command.hello().name();
      event.has_welcome() ? event.mutable_welcome()->set_user(to.user) : void();
    } else if (command.has_refresh()) {
      event.mutable_welcome()->set_heartbeat_ms(30'000);
    } else if (command.has_ping()) {
      event.mutable_pong();
    } else if (command.has_publish()) {
      return keep(to, command);
    } else if (command.has_join()) {
      return join(to, command);
    } else {
      return;
    }
    say(to.peer, event);
  }

  void keep(client& from, const v1::Command& command) {
    const v1::Publish& wanted = command.publish();
    const bool known = std::ranges::any_of(
        rooms_[wanted.room()], [&](const v1::Message& each) { return each.id() == wanted.id(); });
    if (!known)
      publish(wanted.room(), from.user, wanted.id(), wanted.text());
    v1::Event event;
    event.set_request(command.request());
    event.mutable_published()->set_room(wanted.room());
    event.mutable_published()->set_id(wanted.id());
    if (acknowledges(wanted))
      say(from.peer, event);
  }

  void join(client& who, const v1::Command& command) {
    const v1::Join& wanted = command.join();
    const auto& kept = rooms_[wanted.room()];
    who.rooms.push_back(wanted.room());
    v1::Event event;
    event.set_request(command.request());
    event.mutable_joined()->set_room(wanted.room());
    fill(*event.mutable_joined()->mutable_newest(), {epoch, kept.size()});
    say(who.peer, event);
    std::size_t from = kept.size() - std::min<std::size_t>(kept.size(), wanted.history());
    if (wanted.has_after())
      from = wanted.after().epoch() == epoch ? wanted.after().offset() : 0;
    for (std::size_t i = from; i < kept.size(); ++i) {
      v1::Event missed;
      *missed.mutable_message() = kept[i];
      say(who.peer, missed);
    }
  }

  sim::world& world_;
  std::optional<sim::peer_listener> listener_;
  std::deque<client> clients_;
  std::map<std::string, std::vector<v1::Message>> rooms_;
};

/// One client with its runtime; what it shows is JSON lines.
class simulated_talk {
 public:
  simulated_talk(sim::world& in, talk_settings settings)
      : world_(in),
        rt_({.loops = 1, .backends = in.backends()}),
        view_([this](std::string_view text) { shown += text; }),
        client(std::move(settings), view_, [this] { return rt_.loops().at(0).random(); }),
        user_(client, nullptr, false) {
    rt_.start();
  }
  ~simulated_talk() {
    cancelled_.cancel();
    std::optional<std::size_t> cut;
    rt_.drain(10s, [&cut](std::size_t count) { cut = count; });
    EXPECT_TRUE(world_.run_until([&cut] { return cut.has_value(); })) << world_;
    EXPECT_EQ(cut.value_or(1), 0u);
    EXPECT_TRUE(world_.run_until_idle()) << world_;
  }

  void begin() {
    rt_.spawn_on(rt_.loops().at(0), [this] { return run(); });
  }

  void type(const std::string& line) { EXPECT_TRUE(input_.try_send(line + "\n")); }
  void end_input() { input_.close(); }

  std::string shown;
  std::function<std::string()> token;
  std::optional<int> code;

 private:
  task<> run() {
    link_ = std::make_unique<talk_link>(
        talk_link{client, output_, "tcp://127.0.0.1:7411",
                  dialing_of({net::endpoint::scheme::tcp, "127.0.0.1", 7411}, "")});
    link_->read_token = token;
    code = co_await with_token(cancelled_.token(), talk(*link_, user_, input_));
  }

  sim::world& world_;
  runtime rt_;
  json_view view_;

 public:
  talk_client client;

 private:
  talk_user user_;
  talk_output output_;
  channel<std::string> input_{64};
  cancel_source cancelled_;
  std::unique_ptr<talk_link> link_;
};

}  // namespace actornet::talk
