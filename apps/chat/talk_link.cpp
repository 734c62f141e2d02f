#include "talk_link.hpp"

#include <utility>

#include "actornet/connection.hpp"
#include "actornet/flow/blocking.hpp"
#include "actornet/flow/select.hpp"
#include "actornet/flow/time.hpp"
#include "actornet/reconnect.hpp"

namespace actornet::talk {

namespace {

using namespace std::chrono_literals;
using server_connection = connection<v1::Event, v1::Command>;

task<std::string> read_token(talk_link& link) {
  if (!link.read_token)
    co_return std::string();
  auto work = link.read_token;
  auto token = co_await blocking(std::move(work));
  if (!token)
    co_return std::string();
  co_return std::move(*token);
}

task<std::error_code> send_all(talk_link& link, server_connection& peer) {
  while (const auto command = link.client.next(peer.now())) {
    const auto sent = co_await peer.send(*command);
    if (!sent)
      co_return sent.error;
  }
  co_return std::error_code();
}

task<> renew_token(talk_link& link) {
  const std::string token = co_await read_token(link);
  net::loop& home = (co_await this_task()).home();
  link.client.renew(token, home.now());
}

// Waits for the server, the user or a time. Why the connection is lost, or none.
task<std::error_code> wait_for_news(talk_link& link, server_connection& peer) {
  talk_client& client = link.client;
  auto next = co_await select(peer.receive(), link.changed.receive(),
                              sleep_until(client.wakes_at(peer.now())));
  if (v1::Event* const event = next.get<0>())
    client.received(std::move(*event), peer.now());
  else if (next.index() == 0 || next.index() == next.none)
    co_return next.error();
  if (client.wants_token(peer.now()))
    co_await renew_token(link);
  co_return std::error_code();
}

// One connection, to its end; that ends the connection in order.
task<connection_end> talk_on(talk_link& link, outgoing<server_connection> peer) {
  talk_client& client = link.client;
  const std::string token = co_await read_token(link);
  if (link.read_token && token.empty())  // perhaps it is just being written
    co_return connection_end{.wait = 1s, .why = errc::handshake_refused};
  client.connected(token, peer.now());
  for (;;) {
    std::error_code why = co_await send_all(link, peer);
    if (const auto end = client.end(peer.now()))
      co_return *end;
    if (!why) {
      co_await wait_for_room(link.output);
      why = co_await wait_for_news(link, peer);
    }
    if (why) {
      const auto end = client.end(peer.now());  // what the server said last
      connection_end ending = end.value_or(connection_end());
      ending.why = why;
      co_return ending;
    }
  }
}

task<result<void>> serve(talk_link& link, outgoing<server_connection> peer) {
  connection_end end = co_await talk_on(link, std::move(peer));
  link.client.lost();
  if (end.for_good)
    co_return result<void>();
  const std::error_code why = end.why ? end.why : make_error_code(errc::end_of_stream);
  if (end.wait > net::duration{}) {
    link.client.waiting(end.wait, end.why);
    (void)co_await sleep(end.wait);
  }
  co_return why;
}

void tell(talk_client& client, net::loop& home, const reconnect_status& status) {
  switch (status.phase) {
    case reconnect_phase::dialing:
    case reconnect_phase::probing:
      return client.dialing();
    case reconnect_phase::waiting:
    case reconnect_phase::circuit_open:
      return client.waiting(status.next_dial_at - home.now(), status.last_error);
    default:
      return;
  }
}

// A certificate that was good may be replaced by one that is not trusted yet: who was connected
// waits for a better one.
bool is_hopeless(const reconnect_status& now) {
  return now.connections == 0 && now.last_error == errc::certificate_refused;
}

}  // namespace

task<> wait_for_room(talk_output& output) {
  bool waited = false;
  while (output.is_full()) {
    const auto taken = co_await output.taken.receive();
    if (!taken)
      co_return;
    waited = true;
  }
  if (waited)
    (void)output.taken.try_send(1);  // others may wait, too
}

task<> keep_connected(talk_link& link) {
  net::loop& home = (co_await this_task()).home();
  reconnect_options options;
  options.backoff_min = 500ms;
  options.backoff_max = 30s;
  options.steady_after = 5s;
  options.gives_up = is_hopeless;
  options.dial = link.dialing;
  options.on_change = [&link, &home](const reconnect_status& status) {
    tell(link.client, home, status);
  };
  auto session = [&link](outgoing<server_connection> peer) { return serve(link, std::move(peer)); };
  const auto ended =
      co_await reconnecting<server_connection>(link.uri, std::move(session), std::move(options));
  if (ended.error() == errc::address_invalid || ended.error() == errc::filter_missing ||
      ended.error() == errc::certificate_refused)
    link.unreachable = ended.error();
}

}  // namespace actornet::talk
