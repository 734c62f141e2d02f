#pragma once

// A runtime under simulation with a listener under test, what its sessions saw, and a bystander: a
// connection that must not notice what happens to the others.

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actornet/net/framing.hpp"
#include "actornet/runtime.hpp"
#include "actornet/sim/peer.hpp"
#include "actornet/sim/world.hpp"

namespace actornet {

using namespace std::chrono_literals;

inline std::string framed(std::string_view payload, net::framing kind = net::framing::delimited) {
  const auto around = net::encode_frame(kind, payload.size());
  std::string bytes(reinterpret_cast<const char*>(around.prefix.data()), around.prefix_bytes);
  bytes += payload;
  bytes.append(around.suffix_bytes, '\n');
  return bytes;
}

/// The payloads of the complete frames at the front of @p bytes.
inline std::vector<std::string> unframed(std::string_view bytes,
                                         net::framing kind = net::framing::delimited) {
  net::frame_decoder decoder(kind, 1 << 30);
  std::vector<std::string> payloads;
  for (;;) {
    const auto next = decoder.decode(std::as_bytes(std::span(bytes)));
    if (next.state != net::frame_decoder::status::frame)
      return payloads;
    payloads.emplace_back(reinterpret_cast<const char*>(next.payload.data()), next.payload.size());
    bytes.remove_prefix(next.consumed);
  }
}

inline net::shared_bytes shared(std::string_view payload) {
  return net::shared_bytes::copy_of(std::as_bytes(std::span(payload)));
}

inline listen_options framed_options(net::framing kind = net::framing::delimited) {
  listen_options options;
  options.stream.framing = kind;
  return options;
}

/// Nothing closes a connection for being slow.
inline listen_options patient_options(net::framing kind = net::framing::delimited) {
  listen_options options = framed_options(kind);
  options.stream.handshake_timeout = options.stream.read_timeout = options.stream.write_timeout =
      options.stream.idle_timeout = {};
  return options;
}

/// What a session saw and how it ended.
struct session_log {
  std::vector<std::string> frames;
  std::error_code read_end;   ///< of the read that gave no frame
  std::error_code write_end;  ///< of the first write that failed
  std::size_t writes = 0;     ///< that succeeded
  bool ended = false;         ///< the session's frame is gone
  errc closed{};              ///< why the connection closed; 0: not yet
  net::time_point opened_at{};
  net::time_point closed_at{};
  stream_ref ref;
};

using session = std::function<task<>(byte_stream, session_log&)>;

/// Sets a flag when a scope, such as a session's frame, ends.
class at_end {
 public:
  explicit at_end(bool& flag) : flag_(flag) {}
  ~at_end() { flag_ = true; }
  at_end(const at_end&) = delete;
  at_end& operator=(const at_end&) = delete;

 private:
  bool& flag_;
};

inline task<> echo_frames(byte_stream peer, session_log& log) {
  const at_end guard(log.ended);
  for (;;) {
    auto chunk = co_await peer.read();
    if (!chunk) {
      log.read_end = chunk.error();
      co_return;
    }
    log.frames.emplace_back(chunk->text());
    if (const auto written = co_await peer.write(*chunk); !written) {
      log.write_end = written.error;
      co_return;
    }
    ++log.writes;
  }
}

inline task<> consume(byte_stream peer, session_log& log) {
  const at_end guard(log.ended);
  for (;;) {
    auto chunk = co_await peer.read();
    if (!chunk) {
      log.read_end = chunk.error();
      co_return;
    }
    log.frames.emplace_back(chunk->text());
  }
}

/// Writes down when and why a connection closed.
class close_note final : public connection_observer {
 public:
  close_note(net::loop& home, session_log& log) : home_(home), log_(log) {}
  void on_closed(errc reason) override {
    EXPECT_EQ(log_.closed, errc{}) << "closed twice";
    log_.closed = reason;
    log_.closed_at = home_.now();
  }

 private:
  net::loop& home_;
  session_log& log_;
};

/// Begins the log of a session; works for `byte_stream` and `connection`.
inline void begin_log(session_log& log, control_ref control) {
  net::loop& home = control->home();
  log.opened_at = home.now();
  log.ref = stream_ref(control);
  control->observe(std::make_unique<close_note>(home, log));
}

class simulated_server {
 public:
  explicit simulated_server(sim::world& in, listen_options options = framed_options(),
                            session run = echo_frames, std::size_t loops = 2)
      : world_(in), session_(std::move(run)), rt_(on(in, loops)) {
    where_ = rt_.listen(
        "tcp://127.0.0.1:0",
        [this](byte_stream peer) -> task<> {
          session_log& log = logs_.emplace_back();
          begin_log(log, peer.ref().control());
          return session_(std::move(peer), log);
        },
        std::move(options));
    begin();
  }

  /// With sessions of typed messages; see `runtime::listen`.
  template <class Handler>
  simulated_server(std::in_place_t, sim::world& in, Handler handler,
                   listen_options options = framed_options())
      : world_(in), rt_(on(in, 2)), where_(rt_.listen("tcp://127.0.0.1:0", handler, options)) {
    begin();
  }

  ~simulated_server() {
    if (!over_)
      end();
  }

  runtime& rt() { return rt_; }
  const net::endpoint& where() const { return where_; }
  std::deque<session_log>& logs() { return logs_; }
  sim::peer connect(const std::string& from = sim::home_address,
                    const net::socket_options& how = {}) {
    ++connects_;
    return sim::peer(world_, where_, from, how);
  }

  /// Connects and waits for the session.
  sim::peer connect_now(const net::socket_options& how = {}) {
    const std::size_t before = logs_.size();
    sim::peer made = connect(sim::home_address, how);
    EXPECT_TRUE(world_.run_until([&] { return logs_.size() > before && made.connected(); }))
        << world_;
    return made;
  }

  /// Waits until all who connected came and only the bystander is left, and looks at it.
  void expect_only_bystander_left() {
    (void)world_.run_until(
        [this] { return counted(&net::counters::connections_opened) > connects_; });
    EXPECT_TRUE(world_.run_until([this] { return rt_.connections() == 1; })) << world_;
    EXPECT_EQ(world_.open_descriptors(), descriptors_);
    expect_bystander_well();
  }

  /// The bystander's connection works as if nothing had happened.
  void expect_bystander_well() {
    const std::string ping = framed("bystander " + std::to_string(++pings_));
    bystander_->take_received();
    bystander_->send(ping);
    EXPECT_TRUE(world_.run_until([&] { return bystander_->received().size() >= ping.size(); }))
        << world_;
    EXPECT_EQ(bystander_->received(), ping);
    EXPECT_FALSE(bystander_->closed());
  }

  void drop_bystander() { bystander_.reset(); }

  /// Drains; everything must be gone then. Returns how many connections were cut.
  std::size_t drain(net::duration patience = 10s) {
    over_ = true;
    std::optional<std::size_t> cut;
    rt_.drain(patience, [&cut](std::size_t count) { cut = count; });
    EXPECT_TRUE(world_.run_until([&cut] { return cut.has_value(); })) << world_;
    EXPECT_TRUE(world_.run_until_idle()) << world_;
    EXPECT_EQ(rt_.connections(), 0u);
    EXPECT_EQ(world_.open_descriptors(), 0u);
    return cut.value_or(~std::size_t{0});
  }

  /// The end of a test whose connections are gone.
  void end() {
    if (bystander_)
      expect_only_bystander_left();
    drop_bystander();
    EXPECT_TRUE(world_.run_until([this] { return rt_.connections() == 0; })) << world_;
    EXPECT_EQ(drain(), 0u);
    for (const session_log& each : logs_)
      EXPECT_NE(each.closed, errc{});
  }

  /// The sum over the loops.
  std::uint64_t counted(net::counter net::counters::*which) {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < rt_.loops().size(); ++i)
      sum += (rt_.loops().at(i).counted.*which).value();
    return sum;
  }

  /// Runs @p work in a turn of the loop of @p log's connection.
  void on_loop_of(session_log& log, const std::function<void()>& work) {
    EXPECT_TRUE(world_.run_on(log.ref.control()->home(), work)) << world_;
  }

 private:
  static runtime_options on(sim::world& in, std::size_t loops) {
    runtime_options options;
    options.loops = loops;
    options.backends = in.backends();
    return options;
  }

  void begin() {
    const net::endpoint bystanders = rt_.listen(
        "tcp://127.0.0.1:0",
        [this](byte_stream peer) -> task<> { return echo_frames(std::move(peer), bystander_log_); },
        patient_options());
    rt_.start();
    bystander_.emplace(world_, bystanders);
    expect_bystander_well();
    descriptors_ = world_.open_descriptors();
  }

  sim::world& world_;
  session session_;
  std::deque<session_log> logs_;
  session_log bystander_log_;
  runtime rt_;
  net::endpoint where_;
  std::optional<sim::peer> bystander_;
  std::size_t descriptors_ = 0;
  std::size_t connects_ = 0;  // without the bystander
  int pings_ = 0;
  bool over_ = false;
};

inline sim::options calm() {
  return {.faults = sim::faults::calm()};
}

/// @p bytes of text that does not repeat soon.
inline std::string pattern(std::size_t bytes) {
  std::string text;
  for (std::size_t i = 0; text.size() < bytes; ++i)
    text += std::to_string(i) + ',';
  text.resize(bytes);
  return text;
}

}  // namespace actornet
