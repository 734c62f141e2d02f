// A server whose own task uses it through a pool of connections.

#include <string>

#include "actornet/connection_pool.hpp"
#include "twins.hpp"

namespace actornet::twins {
namespace {

task<> echo(byte_stream peer) {
  while (auto chunk = co_await peer.read())
    co_await peer.write(*chunk);
}

task<std::string> exchange(byte_stream& peer, std::string_view text) {
  co_await peer.write(text);
  const auto answer = co_await peer.read();
  if (!answer)
    co_return "no answer";
  co_return std::string(answer->text());
}

// [pool]
task<> use_pool(runtime& rt, std::string uri) {
  pool_options<byte_stream> options;
  options.limits.open_max = 2;
  options.limits.idle_timeout = 300ms;
  connection_pool<byte_stream> pool(rt, uri, std::move(options));
  for (int i = 0; i < 3; ++i) {
    auto peer = co_await pool.lease();
    if (!peer)
      co_return;
    println(co_await exchange(**peer, "hello"));
  }  // given back
  println("made", pool.statistics().created);
  {
    auto first = co_await pool.lease();
    auto second = co_await pool.lease();
    if (!first || !second)
      co_return;
    auto third = co_await pool.lease((*first)->now() + 20ms);
    println("third timed out:", third.error() == errc::timed_out);
  }
  while (pool.statistics().open > 0 && co_await sleep(10ms)) {
  }
  println("made", pool.statistics().created, "left", pool.statistics().open);
}

void connection_pool_in_use(runtime& rt) {
  const net::endpoint where = rt.listen("tcp://127.0.0.1:0", echo);
  rt.spawn([&rt, uri = net::to_string(where)] { return use_pool(rt, uri); });
}
// [/pool]

}  // namespace

const std::vector<named<server>> pool_programs = {
    {"connection_pool", connection_pool_in_use},
};

}  // namespace actornet::twins
