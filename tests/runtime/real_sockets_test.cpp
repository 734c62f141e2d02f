// What sessions see of real sockets, with each poller; the peer is a plain blocking client.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <chrono>
#include <optional>
#include <thread>

#include "actornet/log.hpp"
#include "actornet/runtime.hpp"
#include "event.hpp"
#include "real_sockets_client.hpp"
#include "sim/loop_support.hpp"

namespace actornet {
namespace {

using namespace std::chrono_literals;

/// A value that another thread hands over once.
template <class T>
class handed_over {
 public:
  void set(T value) {
    value_.emplace(std::move(value));
    came_.set();
  }
  const T& wait() {
    if (!came_.wait())
      ADD_FAILURE() << "it never came";
    return *value_;
  }

 private:
  std::optional<T> value_;
  event came_;
};

class real_sockets : public ::testing::TestWithParam<net::poller> {
 protected:
  real_sockets() : rt_(options()) {}

  // Every test closes its clients before: the drain has nothing to cut.
  void TearDown() override {
    if (!started_)
      return;
    handed_over<std::size_t> cut;
    rt_.drain(10s, [&cut](std::size_t count) { cut.set(count); });
    EXPECT_EQ(cut.wait(), 0u);
    rt_.stop();
    EXPECT_EQ(rt_.connections(), 0u);
  }

  /// Begins to serve; returns the port.
  template <class Session>
  std::uint16_t serve(Session session, net::framing framing = net::framing::raw,
                      const char* uri = "tcp://127.0.0.1:0") {
    listen_options how;
    how.stream.framing = framing;
    how.stream.frame_bytes_max = framing == net::framing::raw ? 64 * 1024 : 10;
    const net::endpoint where = rt_.listen(uri, std::move(session), how);
    rt_.start();
    rt_.loops().start();  // who brings backends runs them, too
    started_ = true;
    return where.port;
  }

  std::uint64_t accepts_failed() {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < rt_.loops().size(); ++i)
      sum += rt_.loops().at(i).counted.accepts_failed.value();
    return sum;
  }

 private:
  static runtime_options options() {
    runtime_options options;
    options.loops = 2;
    options.backends = [](std::size_t) { return net::make_asio_backend(GetParam()); };
    return options;
  }

  runtime rt_;
  bool started_ = false;
};

task<> echo(byte_stream peer) {
  for (;;) {
    auto got = co_await peer.read();
    if (!got)
      co_return;
    (void)co_await peer.write(got->text());
  }
}

void expect_echo(socket_client& client, std::string_view text) {
  client.send(text);
  EXPECT_EQ(client.receive(text.size()), text);
}

// -- readiness ------------------------------------------------------------------------------------

TEST_P(real_sockets, what_arrives_is_read) {
  socket_client client;
  client.connect(serve(echo));
  expect_echo(client, "hello");
  const std::string much = sim::pattern(200'000);
  client.send(much);
  EXPECT_TRUE(client.receive(much.size()) == much);
}

TEST_P(real_sockets, a_session_that_filled_the_sockets_buffer_goes_on_when_the_peer_reads) {
  const std::string all = sim::pattern(4 << 20);
  handed_over<write_result> first;
  const auto port = serve([&](byte_stream peer) -> task<> {
    peer.set_write_deadline(peer.now() + 20ms);
    const write_result stuck = co_await peer.write(all);
    first.set(stuck);
    peer.set_write_deadline(net::never);
    (void)co_await peer.write(std::string_view(all).substr(stuck.bytes));
  });
  socket_client client;
  client.set_receive_buffer(128 * 1024);
  client.connect(port);
  EXPECT_EQ(first.wait().error, errc::timed_out) << "nobody reads";
  EXPECT_LT(first.wait().bytes, all.size());
  EXPECT_TRUE(client.receive(all.size()) == all);
  EXPECT_TRUE(client.at_end());
}

TEST_P(real_sockets, ipv6_connections_are_served) {
  std::uint16_t port = 0;
  try {
    port = serve(echo, net::framing::raw, "tcp://[::1]:0");
  } catch (const std::system_error& failure) {
    GTEST_SKIP() << "this machine has no IPv6: " << failure.what();
  }
  socket_client client(AF_INET6);
  client.connect(port);
  expect_echo(client, "hello");
}

// -- ends -----------------------------------------------------------------------------------------

TEST_P(real_sockets, a_peers_end_is_read_after_its_last_byte_and_can_be_answered) {
  handed_over<std::error_code> end;
  const auto port = serve([&](byte_stream peer) -> task<> {
    std::string text;
    for (;;) {
      auto got = co_await peer.read();
      if (!got) {
        end.set(got.error());
        break;
      }
      text += got->text();
    }
    (void)co_await peer.write(text);
  });
  socket_client client;
  client.connect(port);
  client.send("last words");
  client.shutdown_write();
  EXPECT_EQ(end.wait(), errc::end_of_stream);
  EXPECT_EQ(client.receive(100), "last words");
  EXPECT_TRUE(client.at_end());
}

/// Greets, then waits for input and tells how that ended.
template <class Greet>
auto greet_and_read(Greet greet, handed_over<std::error_code>& end) {
  return [greet, &end](byte_stream peer) -> task<> {
    greet(peer);
    (void)co_await peer.write("hello");
    auto got = co_await peer.read();
    end.set(got.error());
  };
}

TEST_P(real_sockets, a_peers_reset_ends_the_read_that_waits) {
  handed_over<std::error_code> end;
  socket_client client;
  client.connect(serve(greet_and_read([](byte_stream&) {}, end)));
  EXPECT_EQ(client.receive(5), "hello");
  client.reset();
  EXPECT_EQ(end.wait(), errc::connection_reset);
}

TEST_P(real_sockets, a_local_close_ends_the_read_that_waits) {
  handed_over<std::error_code> end;
  handed_over<stream_ref> ref;
  socket_client client;
  client.connect(serve(greet_and_read([&ref](byte_stream& peer) { ref.set(peer.ref()); }, end)));
  EXPECT_EQ(client.receive(5), "hello");
  ref.wait().close();
  EXPECT_EQ(end.wait(), errc::closed_locally);
  EXPECT_TRUE(client.at_end());
}

TEST_P(real_sockets, a_read_deadline_passes_and_the_connection_goes_on) {
  handed_over<std::error_code> first;
  const auto port = serve([&](byte_stream peer) -> task<> {
    peer.set_read_deadline(peer.now() + 10ms);
    first.set((co_await peer.read()).error());
    peer.set_read_deadline(net::never);
    co_await echo(std::move(peer));
  });
  socket_client client;
  client.connect(port);
  EXPECT_EQ(first.wait(), errc::timed_out);
  expect_echo(client, "still here");
}

// -- logs -----------------------------------------------------------------------------------------

/// Collects log lines as long as it lives.
class log_watch {
 public:
  log_watch() {
    current = this;
    set_log_sink([](log_level, std::string_view line) { current->add(line); });
  }
  ~log_watch() { set_log_sink(nullptr); }

  /// Waits for a line with @p text.
  [[nodiscard]] bool saw(std::string_view text) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, long_time, [&] { return lines_.find(text) != lines_.npos; });
  }
  std::string lines() {
    const std::lock_guard guard(mutex_);
    return lines_;
  }

 private:
  void add(std::string_view line) {
    const std::lock_guard guard(mutex_);
    lines_.append(line).push_back('\n');
    changed_.notify_all();
  }

  inline static log_watch* current = nullptr;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::string lines_;
};

class logged_peers : public real_sockets {
 protected:
  log_watch log_;  // longer than the runtime's threads: they end in TearDown
};

std::string closed_line(std::uint16_t port, errc reason) {
  return "connection from tcp://127.0.0.1:" + std::to_string(port) + " closed: " + describe(reason);
}

TEST_P(logged_peers, a_failed_connection_is_logged_with_the_peers_address) {
  const auto server = serve(echo, net::framing::line);
  socket_client client;
  client.connect(server);
  const auto port = client.port();
  client.send("more than ten bytes");
  EXPECT_TRUE(client.at_end());
  client.close();
  EXPECT_TRUE(log_.saw(closed_line(port, errc::frame_too_large))) << log_.lines();
}

TEST_P(logged_peers, also_when_both_directions_have_ended) {
  const auto server = serve(echo, net::framing::line);
  socket_client client;
  client.connect(server);
  const auto port = client.port();
  client.send("half");
  client.shutdown_write();
  EXPECT_TRUE(client.at_end());
  client.close();
  EXPECT_TRUE(log_.saw(closed_line(port, errc::frame_truncated))) << log_.lines();
}

// -- without descriptors --------------------------------------------------------------------------

/// As long as it lives, this process can open `spare()` descriptors at most.
class descriptor_shortage {
 public:
  descriptor_shortage() {
    EXPECT_EQ(::getrlimit(RLIMIT_NOFILE, &before_), 0);
    lowest_free_ = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    EXPECT_GE(lowest_free_, 0);
    rlimit lowered = before_;
    lowered.rlim_cur = static_cast<rlim_t>(lowest_free_) + 1;
    EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &lowered), 0);
  }
  ~descriptor_shortage() {
    give_one_back();
    EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &before_), 0);
  }

  void give_one_back() {
    if (lowest_free_ >= 0)
      ::close(std::exchange(lowest_free_, -1));
  }

 private:
  rlimit before_{};
  int lowest_free_ = -1;
};

// UndefinedBehaviorSanitizer looks at an object's type through a pipe, the first time that it sees
// it somewhere: so whatever looks at an error sees one of the system before there are no pipes.
void meet_an_error() {
  net::loop home(net::make_asio_backend());
  const auto refused = home.driver().listen(*net::parse_endpoint("unix:///dev/null/no"), {});
  EXPECT_EQ(refused.error(), errc::network_failure) << refused.error().message();
}

TEST_P(logged_peers, without_descriptors_accepting_pauses_and_recovers_and_others_are_served) {
  meet_an_error();
  const auto port = serve(echo);
  socket_client existing, waiting;
  existing.connect(port);
  expect_echo(existing, "before");
  {
    descriptor_shortage shortage;
    waiting.connect(port);  // the system's queue takes it
    waiting.send("hello");
    EXPECT_TRUE(log_.saw(std::string("cannot accept connections: ") +
                         describe(errc::descriptors_exhausted)))
        << log_.lines();
    while (accepts_failed() < 3)
      std::this_thread::yield();
    expect_echo(existing, "during");
    const auto began = std::chrono::steady_clock::now();
    shortage.give_one_back();
    EXPECT_EQ(waiting.receive(5), "hello");
    EXPECT_LE(std::chrono::steady_clock::now() - began, 1s);
    EXPECT_LE(accepts_failed(), 20u) << "it spins";
  }
  expect_echo(existing, "after");
}

INSTANTIATE_TEST_SUITE_P(pollers, real_sockets,
                         ::testing::Values(net::poller::native, net::poller::portable),
                         [](const auto& value) {
                           return value.param == net::poller::native ? "native" : "portable";
                         });
INSTANTIATE_TEST_SUITE_P(pollers, logged_peers,
                         ::testing::Values(net::poller::native, net::poller::portable),
                         [](const auto& value) {
                           return value.param == net::poller::native ? "native" : "portable";
                         });

}  // namespace
}  // namespace actornet
