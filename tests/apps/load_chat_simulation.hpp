#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "actornet/chat/v1/chat.pb.h"
#include "chat_run.hpp"
#include "load_simulation.hpp"

namespace actornet::load {

/// A chat server in a simulated world, of one epoch: Hello, Join, Publish. What goes to a member
/// may be changed on its way.
class simulated_chat {
 public:
  using event = chat::v1::Event;

  /// What member @p index (of the load's run) gets instead of @p one. An event of no kind: its
  /// connection is reset.
  using tampering = std::function<std::vector<event>(std::size_t index, const event& one)>;

  explicit simulated_chat(tampering tamper) : tamper_(std::move(tamper)) {}

  void answer(sim::peer& to, std::size_t index, std::string_view received);

 private:
  struct member {
    sim::peer* at = nullptr;
    std::string unread;
    std::string user;
  };

  struct room {
    std::uint64_t newest = 0;
    std::vector<std::size_t> members;
  };

  void take(std::size_t from, const chat::v1::Command& command);
  void publish(std::size_t from, const chat::v1::Command& command);
  void send(std::size_t to, const event& one);

  const tampering tamper_;
  std::map<std::size_t, member> members_;
  std::map<std::string, room> rooms_;
};

/// One run of the chat load against such a server.
class simulated_chat_load {
 public:
  simulated_chat_load(std::uint64_t seed, const chat_options& options, const sim::faults& faults,
                      simulated_chat::tampering tamper = {})
      : world(seed, {.faults = faults, .steps_max = 20'000'000}),
        chat_(std::move(tamper)),
        server(world, [this](sim::peer& to, std::size_t index,
                             std::string_view received) { chat_.answer(to, index, received); }),
        options_(options),
        loop_(world.make_backend()),
        run(loop_, options_, {options.target}) {}

  /// Runs it to its end. False when the world stood still before.
  [[nodiscard]] bool finish() {
    return world.run_on(loop_, [this] { run.start(); }) && world.run_until([this] {
      server.accept_waiting();
      return run.over();
    });
  }

  const chat_results& results() const { return run.results(); }

  sim::world world;

 private:
  simulated_chat chat_;

 public:
  simulated_server server;

 private:
  const chat_options options_;
  net::loop loop_;

 public:
  chat_run run;
};

inline chat_options simulated_chat_options() {
  chat_options options;
  options.uri = "tcp://127.0.0.1:7411";
  options.target = {net::endpoint::scheme::tcp, "127.0.0.1", 7411};
  options.members = 6;
  options.warm_up = std::chrono::milliseconds(20);
  options.duration = std::chrono::milliseconds(200);
  return options;
}

}  // namespace actornet::load
