// Uses CAF's half: a typed actor, a connection's CAF identity, a task that asks.

#include <actornet/echo/v1/echo.pb.h>

#include <actornet/caf.hpp>
#include <actornet/caf_ask.hpp>
#include <actornet/connection.hpp>
#include <cstdio>

using namespace actornet;
using echo::v1::Echo;
using length_of = interface<std::uint64_t(Echo)>;

class length_actor : public length_of::base {
 public:
  explicit length_actor(caf::actor_config& config) : length_of::base(config) {}

  behavior_type make_behavior() override {
    return {[](const Echo& message) -> std::uint64_t { return message.payload().size(); }};
  }
};

int main() {
  runtime_options options;
  options.loops = 1;
  runtime rt(options);
  const auto lengths = spawn_pinned<length_actor>(rt, rt.loops().at(0));
  rt.listen("tcp://127.0.0.1:0", [lengths](connection<Echo, Echo> peer) -> task<> {
    const interface<void(Echo)> me = as_actor(peer.ref());
    while (auto message = co_await peer.receive()) {
      const auto length = co_await ask(lengths, *message, peer.now() + std::chrono::seconds(2));
      message->set_payload(length ? std::to_string(*length) : length.error().message());
      caf::anon_send(me, std::move(*message));
    }
  });
  rt.start();
  std::printf("%zu listener\n", rt.listening().size());
}
