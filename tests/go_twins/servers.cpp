// Servers; compare.py talks to them.

#include <string>

#include "twins.hpp"

namespace actornet::twins {
namespace {

// [echo]
task<> echo(byte_stream peer) {
  while (auto chunk = co_await peer.read())
    co_await peer.write(*chunk);
}

void echo_server(runtime& rt) {
  rt.listen("tcp://127.0.0.1:0", echo);
}
// [/echo]

// [read-deadline]
task<> impatient(byte_stream peer) {
  peer.set_read_deadline(peer.now() + 50ms);
  for (;;) {
    auto chunk = co_await peer.read();
    if (chunk) {
      co_await peer.write(*chunk);
    } else if (chunk.error() == errc::timed_out) {
      co_await peer.write("still there?\n");
      peer.set_read_deadline(net::never);  // from here on it is patient
    } else {
      co_return;
    }
  }
}

void read_deadline(runtime& rt) {
  rt.listen("tcp://127.0.0.1:0", impatient);
}
// [/read-deadline]

// [traced-listener]
class life final : public connection_observer {
 public:
  life() { println("opened"); }
  void on_closed(errc reason) override { println("closed:", describe(reason)); }
};

/// The same sessions, each with its life told.
template <class Session>
auto traced(Session session) {
  return [session](byte_stream peer) {
    peer.ref().control()->observe(std::make_unique<life>());
    return session(std::move(peer));
  };
}

void traced_listener(runtime& rt) {
  rt.listen("tcp://127.0.0.1:0", traced(echo));
}
// [/traced-listener]

// [graceful-shutdown]
task<> answer_slowly(byte_stream peer) {
  while (auto request = co_await peer.read()) {  // fails with shutting_down after SIGTERM
    co_await peer.write("working\n");
    (void)co_await sleep(50ms);
    co_await peer.write("done\n");
  }
}

void graceful_shutdown(runtime& rt) {
  rt.listen("tcp://127.0.0.1:0", answer_slowly);  // run_main does the rest
}
// [/graceful-shutdown]

// [session-select]
task<> subscriber(byte_stream peer, channel<std::string> news) {
  for (;;) {
    auto next = co_await select(peer.read(), news.receive(), after(1s));
    if (auto* chunk = next.get<0>())
      co_await peer.write(*chunk);
    else if (auto* item = next.get<1>())
      co_await peer.write(*item);
    else
      co_return;  // the peer has ended, or said nothing for a second
  }
}

task<> publish(channel<std::string> news) {
  (void)co_await news.send("news\n");  // waits for a subscriber
}

void news_server(runtime& rt) {
  const channel<std::string> news;
  rt.listen("tcp://127.0.0.1:0",
            [news](byte_stream peer) { return subscriber(std::move(peer), news); });
  rt.spawn([news] { return publish(news); });
}
// [/session-select]

}  // namespace

const std::vector<named<server>> server_programs = {
    {"echo_server", echo_server},         {"read_deadline", read_deadline},
    {"traced_listener", traced_listener}, {"graceful_shutdown", graceful_shutdown},
    {"news_server", news_server},
};

}  // namespace actornet::twins
