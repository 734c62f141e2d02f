// Style `actor`: frames as bytes travel to the loop's one actor and back.

#include "actornet/caf.hpp"
#include "echo.hpp"

namespace actornet::echo {

namespace {

using frame_echo = interface<void(in_flight<stream_ref>, net::shared_bytes)>;

class frame_echo_actor : public frame_echo::base {
 public:
  frame_echo_actor(caf::actor_config& config, stations* counted)
      : frame_echo::base(config), counted_(*counted) {}

  behavior_type make_behavior() override {
    return {[this](const in_flight<stream_ref>& from, const net::shared_bytes& frame) {
      counted_.handled.fetch_add(1, std::memory_order_relaxed);
      if (from->send(frame))
        counted_.encoded.fetch_add(1, std::memory_order_relaxed);
      else
        from->close(errc::slow_consumer);  // a reply must not be missing among others
    }};
  }

 private:
  stations& counted_;
};

}  // namespace

void listen_actor(runtime& rt, const options& chosen, stations& counted) {
  std::vector<frame_echo> echoes;  // by loop
  for (std::size_t i = 0; i < rt.loops().size(); ++i)
    echoes.push_back(spawn_pinned<frame_echo_actor>(rt, rt.loops().at(i), &counted));
  const auto session = [echoes, &counted](byte_stream peer) -> task<> {
    const frame_echo& echo = echoes[net::loop::current()->index()];
    while (auto frame = co_await peer.read()) {
      auto from = co_await peer.begin_request();
      if (!from)
        break;
      counted.decoded.fetch_add(1, std::memory_order_relaxed);
      caf::anon_send(echo, std::move(*from), net::shared_bytes::copy_of(*frame));
    }
  };
  for (const std::string& uri : chosen.listen)
    rt.listen(uri, session, listener_options(chosen));
}

}  // namespace actornet::echo
