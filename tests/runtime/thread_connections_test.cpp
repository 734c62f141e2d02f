// Connections on threads and sockets: what ThreadSanitizer is to look at.

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "actornet/runtime.hpp"
#include "event.hpp"

namespace actornet {
namespace {

using namespace std::chrono_literals;

net::backend_factory backends(net::poller kind) {
  return [kind](std::size_t) { return net::make_asio_backend(kind); };
}

/// A client without threads of its own: it lives on a loop of its own runtime's multiplexer.
class client final : public net::stream_owner {
 public:
  client(net::loop& on, const net::endpoint& to, std::size_t frames_wanted, event& done)
      : loop_(on), wanted_(frames_wanted), done_(done) {
    options_.framing = net::framing::delimited;
    connecting_ = on.driver().connect(to, {}, [this](result<std::unique_ptr<net::transport>> made) {
      ASSERT_TRUE(made) << made.error();
      stream_ = std::make_unique<net::stream>(loop_, std::move(*made), options_, *this);
      stream_->want_input();
      if (frames.empty() && wanted_ == 0)
        done_.set();
    });
  }
  ~client() { EXPECT_TRUE(!stream_ || stream_->current_state() == net::stream::state::closed); }

  void close() {
    if (stream_)
      stream_->close(errc::closed_locally);
  }
  bool gone() const { return gone_; }

  std::vector<std::string> frames;

 private:
  void on_input() override {
    for (;;) {
      const auto next = stream_->next_frame();
      if (next.state == net::stream::next::status::need_more)
        return stream_->want_input();
      if (next.state == net::stream::next::status::ended)
        return stream_->close(errc::closed_locally);
      frames.emplace_back(reinterpret_cast<const char*>(next.payload.data()), next.payload.size());
      if (frames.size() == wanted_)
        done_.set();
    }
  }
  void on_room() override {}
  void on_closed(errc) override { gone_ = true; }

  net::loop& loop_;
  net::stream_options options_;
  std::size_t wanted_;
  event& done_;
  std::unique_ptr<net::connecting_socket> connecting_;
  std::unique_ptr<net::stream> stream_;
  bool gone_ = false;
};

/// Runs @p work on @p on's thread and waits for it.
void run_on(net::loop& on, const std::function<void()>& work) {
  struct errand {
    const std::function<void()>& work;
    event done;
  } mine{work, {}};
  on.post({[](void* context) {
             auto* self = static_cast<errand*>(context);
             self->work();
             self->done.set();
           },
           &mine});
  ASSERT_TRUE(mine.done.wait());
}

/// A runtime on threads with this poller.
class threaded_runtime {
 public:
  explicit threaded_runtime(net::poller kind) : rt(on(kind)) {}
  ~threaded_runtime() { EXPECT_TRUE(stopped_); }

  void start() {
    rt.start();
    rt.loops().start();  // who brings backends runs them, too
  }

  /// Drains and joins.
  void stop() {
    event over;
    rt.drain(10s, [&over](std::size_t cut) {
      EXPECT_EQ(cut, 0u);
      over.set();
    });
    stopped_ = over.wait();
    ASSERT_TRUE(stopped_);
    rt.stop();
    EXPECT_EQ(rt.connections(), 0u);
  }

  runtime rt;

 private:
  static runtime_options on(net::poller kind) {
    runtime_options options;
    options.loops = 2;
    options.backends = backends(kind);
    return options;
  }
  bool stopped_ = false;
};

class thread_connections : public ::testing::TestWithParam<net::poller> {};

TEST_P(thread_connections, messages_of_plain_threads_arrive_once_and_in_order_by_thread) {
  constexpr std::size_t senders = 3;
  constexpr int messages = 2000;
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<stream_ref> refs;
  listen_options how;
  how.stream.framing = net::framing::delimited;
  how.stream.output_bytes_max = 64 << 20;
  net::multiplexer client_loops(1, backends(GetParam()));
  {
    threaded_runtime server(GetParam());
    const auto where = server.rt.listen(
        "tcp://127.0.0.1:0",
        [&](byte_stream peer) -> task<> {
          {
            const std::lock_guard guard(mutex);
            refs.push_back(peer.ref());
            changed.notify_all();
          }
          (void)co_await peer.read();
        },
        how);
    server.start();
    client_loops.start();
    event got_all[2];
    std::unique_ptr<client> clients[2];
    for (int i = 0; i < 2; ++i)
      run_on(client_loops.at(0), [&] {
        clients[i] =
            std::make_unique<client>(client_loops.at(0), where, senders * messages, got_all[i]);
      });
    {
      std::unique_lock lock(mutex);
      ASSERT_TRUE(changed.wait_for(lock, long_time, [&] { return refs.size() == 2; }));
    }
    std::vector<std::thread> threads;
    for (std::size_t thread = 0; thread < senders; ++thread) {
      threads.emplace_back([&, thread] {
        for (int i = 0; i < messages; ++i) {
          const std::string text = std::to_string(thread) + ' ' + std::to_string(i);
          const auto message =
              net::shared_bytes::copy_of(std::as_bytes(std::span(text)));  // shared by both
          for (const stream_ref& ref : refs) {
            while (!ref.send(message))
              std::this_thread::yield();  // 4096 travel already
          }
        }
      });
    }
    for (std::thread& each : threads)
      each.join();
    EXPECT_TRUE(got_all[0].wait());
    EXPECT_TRUE(got_all[1].wait());
    run_on(client_loops.at(0), [&] {
      for (const auto& each : clients) {
        std::vector<int> next(senders);
        for (const std::string& text : each->frames) {
          const auto thread = static_cast<std::size_t>(text[0] - '0');
          EXPECT_EQ(std::stoi(text.substr(2)), next[thread]++);
        }
        EXPECT_EQ(next, std::vector<int>(senders, messages));
        each->close();
      }
    });
    server.stop();
    run_on(client_loops.at(0), [&] {
      for (auto& each : clients) {
        EXPECT_TRUE(each->gone());
        each.reset();
      }
    });
  }
  client_loops.stop();
  for (const stream_ref& ref : refs) {
    EXPECT_EQ(ref.send(net::shared_bytes::copy_of({})).error(), errc::stale_reference);
    ref.close();
  }
}

TEST_P(thread_connections, threads_that_use_references_while_connections_come_and_go) {
  net::multiplexer client_loops(1, backends(GetParam()));
  std::mutex mutex;
  std::vector<stream_ref> refs;
  std::vector<in_flight<stream_ref>> requests;
  threaded_runtime server(GetParam());
  listen_options how;
  how.stream.framing = net::framing::delimited;
  const auto where = server.rt.listen(
      "tcp://127.0.0.1:0",
      [&](byte_stream peer) -> task<> {
        {
          auto request = co_await peer.begin_request();
          const std::lock_guard guard(mutex);
          refs.push_back(peer.ref());
          if (request)
            requests.push_back(std::move(*request));
        }
        while (co_await peer.read()) {
        }
      },
      how);
  server.start();
  client_loops.start();
  std::atomic<bool> stop{false};
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 2; ++thread) {
    threads.emplace_back([&] {
      const auto message = net::shared_bytes::copy_of(std::as_bytes(std::span("hello")));
      while (!stop.load()) {
        std::vector<stream_ref> some;
        std::vector<in_flight<stream_ref>> answered;
        {
          const std::lock_guard guard(mutex);
          some = refs;
          answered.swap(requests);
        }
        for (const stream_ref& ref : some)
          (void)ref.send(message);
        if (!some.empty() && some.size() % 3 == 0)
          some.back().close(errc::killed);
        std::this_thread::yield();
      }
    });
  }
  for (int round = 0; round < 40; ++round) {
    event connected;
    std::unique_ptr<client> one;
    run_on(client_loops.at(0),
           [&] { one = std::make_unique<client>(client_loops.at(0), where, 0, connected); });
    ASSERT_TRUE(connected.wait());
    run_on(client_loops.at(0), [&] { one->close(); });
    run_on(client_loops.at(0), [&] {
      EXPECT_TRUE(one->gone());
      one.reset();
    });
  }
  server.stop();  // while the threads go on, answering the requests that sessions wait for
  stop.store(true);
  for (std::thread& each : threads)
    each.join();
  client_loops.stop();
  const std::lock_guard guard(mutex);
  requests.clear();
}

INSTANTIATE_TEST_SUITE_P(pollers, thread_connections,
                         ::testing::Values(net::poller::native, net::poller::portable),
                         [](const auto& value) {
                           return value.param == net::poller::native ? "native" : "portable";
                         });

}  // namespace
}  // namespace actornet
