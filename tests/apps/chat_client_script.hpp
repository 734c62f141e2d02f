#pragma once

// A client without a connection: the test says what the server does, and when.

#include <chrono>
#include <deque>
#include <string>
#include <vector>

#include "talk_client.hpp"

namespace actornet::talk {

using namespace std::chrono_literals;

/// Keeps what was shown.
struct recorded_view final : talk_view {
  void on_phase(const phase_change& change) override { phases.push_back(change); }
  void on_event(const v1::Event& event, v1::Command::KindCase) override { events.push_back(event); }
  void on_kept(const std::string&) override { ++kept; }

  /// Texts of messages, `[from-to]` for gaps, `!text` for failures.
  std::vector<std::string> shown() const {
    std::vector<std::string> all;
    for (const v1::Event& each : events)
      if (each.has_message())
        all.push_back(each.message().text());
      else if (each.has_gap())
        all.push_back("[" + std::to_string(each.gap().from().offset()) + "-" +
                      std::to_string(each.gap().to().offset()) + "]");
      else if (each.has_failed())
        all.push_back("!" + each.failed().text());
    return all;
  }

  std::vector<phase_change> phases;
  std::vector<v1::Event> events;
  int kept = 0;
};

struct scripted_client {
  explicit scripted_client(talk_settings settings = {.name = "ann", .rooms = {"lobby"}})
      : client(std::move(settings), view, [this] { return ++chance; }) {}

  /// What it says now.
  std::vector<v1::Command> said() {
    std::vector<v1::Command> all;
    while (auto command = client.next(now))
      all.push_back(std::move(*command));
    return all;
  }

  /// The same, of which there must be one.
  v1::Command said_once() {
    auto all = said();
    return all.size() == 1 ? all.front() : v1::Command();
  }

  void connect(const std::string& token = {}) {
    client.dialing();
    client.connected(token, now);
    v1::Event event = answer_to(said_once());
    event.mutable_welcome()->set_user("ann");
    event.mutable_welcome()->set_heartbeat_ms(30'000);
    client.received(event, now);
  }

  /// Connected and in the lobby, in which `newest` messages are.
  void enter(std::uint64_t newest = 0, std::uint64_t epoch = 7) {
    connect();
    join(said_once(), newest, epoch);
  }

  void join(const v1::Command& asked, std::uint64_t newest, std::uint64_t epoch = 7) {
    v1::Event event = answer_to(asked);
    event.mutable_joined()->set_room(asked.join().room());
    fill(*event.mutable_joined()->mutable_newest(), {epoch, newest});
    client.received(event, now);
  }

  void deliver(std::uint64_t offset, std::uint64_t epoch = 7, const std::string& room = "lobby") {
    v1::Event event;
    event.mutable_message()->set_room(room);
    event.mutable_message()->set_text("m" + std::to_string(offset));
    fill(*event.mutable_message()->mutable_position(), {epoch, offset});
    client.received(event, now);
  }

  void acknowledge(const v1::Command& published) {
    v1::Event event = answer_to(published);
    event.mutable_published()->set_room(published.publish().room());
    event.mutable_published()->set_id(published.publish().id());
    client.received(event, now);
  }

  void refuse(const v1::Command& what, v1::FailureCode code, std::uint32_t retry_after_ms = 0) {
    v1::Event event = answer_to(what);
    event.mutable_failed()->set_code(code);
    event.mutable_failed()->set_text("no");
    event.mutable_failed()->set_retry_after_ms(retry_after_ms);
    client.received(event, now);
  }

  static v1::Event answer_to(const v1::Command& command) {
    v1::Event event;
    event.set_request(command.request());
    return event;
  }

  recorded_view view;
  std::uint64_t chance = 0;
  net::time_point now{1h};
  talk_client client;
};

}  // namespace actornet::talk
