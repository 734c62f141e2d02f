#include "echo.hpp"

#include <algorithm>

namespace actornet::echo {

namespace {

task<> session(byte_stream peer) {
  while (auto frame = co_await peer.read())
    co_await peer.write(*frame);
}

}  // namespace

listen_options listener_options(const options& chosen) {
  listen_options listener;
  listener.stream.framing = chosen.framing;
  listener.stream.frame_bytes_max = chosen.frame_bytes_max;
  listener.stream.idle_timeout = chosen.idle_timeout;
  listener.stream.read_timeout = chosen.read_timeout;
  // Any reply fits in behind what may wait (see `begin_request`): no room means that the peer does
  // not read, and that something is wrong with our sums.
  constexpr std::size_t envelope_bytes_max = 6;
  listener.stream.overflow = net::overflow_policy::close;
  listener.stream.output_bytes_max =
      std::max(listener.stream.output_bytes_max, 2 * (chosen.frame_bytes_max + envelope_bytes_max));
  listener.acceptor.connections_max = chosen.connections_max;
  return listener;
}

void listen_session(runtime& rt, const options& chosen) {
  for (const std::string& uri : chosen.listen)
    rt.listen(uri, session, listener_options(chosen));
}

void set_up(runtime& rt, const options& chosen, stations& counted) {
  switch (chosen.serve) {
    case style::session:
      return listen_session(rt, chosen);
    case style::actor:
      return listen_actor(rt, chosen, counted);
    case style::typed:
      return listen_typed(rt, chosen, counted);
  }
}

}  // namespace actornet::echo
