// Style `typed`: protobuf messages travel to the loop's one typed actor and back.

#include <actornet/echo/v1/echo.pb.h>

#include "actornet/caf.hpp"
#include "actornet/connection.hpp"
#include "echo.hpp"

namespace actornet::echo {

namespace {

using v1::Echo;
using echo_client = in_flight<connection_ref<Echo>>;
using message_echo = interface<void(echo_client, Echo)>;

class message_echo_actor : public message_echo::base {
 public:
  message_echo_actor(caf::actor_config& config, stations* counted)
      : message_echo::base(config), counted_(*counted) {}

  behavior_type make_behavior() override {
    return {[this](const echo_client& from, const Echo& message) {
      counted_.handled.fetch_add(1, std::memory_order_relaxed);
      Echo answer;
      answer.set_payload(message.payload());
      if (from->send(answer))
        counted_.encoded.fetch_add(1, std::memory_order_relaxed);
      else
        from->close(errc::slow_consumer);  // a reply must not be missing among others
    }};
  }

 private:
  stations& counted_;
};

}  // namespace

void listen_typed(runtime& rt, const options& chosen, stations& counted) {
  std::vector<message_echo> echoes;  // by loop
  for (std::size_t i = 0; i < rt.loops().size(); ++i)
    echoes.push_back(spawn_pinned<message_echo_actor>(rt, rt.loops().at(i), &counted));
  const auto session = [echoes, &counted](connection<Echo, Echo> peer) -> task<> {
    const message_echo& echo = echoes[net::loop::current()->index()];
    while (auto message = co_await peer.receive()) {
      auto from = co_await peer.begin_request();
      if (!from)
        break;
      counted.decoded.fetch_add(1, std::memory_order_relaxed);
      caf::anon_send(echo, std::move(*from), std::move(*message));
    }
  };
  for (const std::string& uri : chosen.listen)
    rt.listen(uri, session, listener_options(chosen));
}

}  // namespace actornet::echo
