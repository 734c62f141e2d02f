#include "runtime_metrics.hpp"

#include "actornet/version.hpp"

namespace actornet::apps {

namespace {

using cell = net::counter net::counters::*;

struct named_cell {
  const char* name;
  const char* help;
  cell where;
};

constexpr named_cell cells[] = {
    {"actornet_connections_opened_total", "Connections that began.",
     &net::counters::connections_opened},
    {"actornet_connections_closed_total", "Connections that ended, for any reason.",
     &net::counters::connections_closed},
    {"actornet_connections_failed_total", "Connections that did not end in order.",
     &net::counters::connections_failed},
    {"actornet_connections_refused_total", "Connections closed at once because of a limit.",
     &net::counters::connections_refused},
    {"actornet_accepts_failed_total", "Errors of accept, as when no descriptor is left.",
     &net::counters::accepts_failed},
    {"actornet_frames_received_total", "Complete frames from peers.",
     &net::counters::frames_received},
    {"actornet_frames_sent_total", "Frames handed to connections.", &net::counters::frames_sent},
    {"actornet_bytes_received_total", "Bytes read from sockets.", &net::counters::bytes_received},
    {"actornet_bytes_sent_total", "Bytes written to sockets.", &net::counters::bytes_sent},
    {"actornet_messages_dropped_total", "Messages lost to an overflow policy.",
     &net::counters::messages_dropped},
    {"actornet_messages_rejected_total", "Messages refused by a full queue.",
     &net::counters::messages_rejected},
};

std::uint64_t sum(net::multiplexer& loops, cell where) {
  std::uint64_t total = 0;
  for (std::size_t i = 0; i < loops.size(); ++i)
    total += (loops.at(i).counted.*where).value();
  return total;
}

}  // namespace

void write_runtime_metrics(metrics_text& page, runtime& rt) {
  using kind = metrics_text::kind;
  page.family("actornet_build_info", kind::gauge, "1, with the version as a label.");
  page.sample(1, {{"version", version}});
  page.gauge("actornet_loops", "Loops, each a thread.", rt.loops().size());
  page.gauge("actornet_draining", "1 while the server ends its connections to stop.",
             rt.draining() ? 1 : 0);
  page.gauge("actornet_connections", "Connections that are open.", rt.connections());
  for (const named_cell& each : cells)
    page.counter(each.name, each.help, sum(rt.loops(), each.where));
}

std::string loops_table(runtime& rt) {
  std::string text =
      "loop connections opened closed failed frames_in frames_out bytes_in bytes_out\n";
  for (std::size_t i = 0; i < rt.loops().size(); ++i) {
    const net::loop& one = rt.loops().at(i);
    const net::counters& counted = one.counted;
    text += std::to_string(i) + " " +
            std::to_string(one.connection_count.load(std::memory_order_relaxed));
    for (const net::counter* each :
         {&counted.connections_opened, &counted.connections_closed, &counted.connections_failed,
          &counted.frames_received, &counted.frames_sent, &counted.bytes_received,
          &counted.bytes_sent})
      text += " " + std::to_string(each->value());
    text += "\n";
  }
  return text;
}

}  // namespace actornet::apps
