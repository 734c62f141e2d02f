// A peer that does not read: memory stays at the limit, then the overflow policy, the watermark or
// the write timeout acts.

#include <map>

#include "actornet/detail/connection_core.hpp"
#include "simulated_server.hpp"

namespace actornet {
namespace {

constexpr std::size_t output_max = 100'000;
constexpr std::size_t message_bytes = 1000;

listen_options with_policy(net::overflow_policy policy) {
  listen_options options = patient_options();
  options.stream.overflow = policy;
  options.stream.output_bytes_max = output_max;
  return options;
}

std::string numbered(int number) {
  std::string text = std::to_string(number) + ' ';
  return text + std::string(message_bytes - text.size(), 'x');
}

int number_of(const std::string& payload) {
  return std::stoi(payload);
}

/// What came of messages 0 to `count` - 1 to a peer that did not read then.
struct outcome {
  std::vector<std::error_code> answers;  // of each send
  std::vector<int> received;             // by the peer, in order, when it reads again
  std::size_t output_bytes_most = 0;
  std::uint64_t dropped = 0;
  std::uint64_t rejected = 0;

  std::vector<int> sent() const {
    std::vector<int> numbers;
    for (std::size_t i = 0; i < answers.size(); ++i)
      if (!answers[i])
        numbers.push_back(static_cast<int>(i));
    return numbers;
  }
};

using key_of = std::function<std::uint64_t(int)>;

outcome flood(sim::world& world, simulated_server& server, int count, const key_of& key) {
  outcome all;
  sim::peer peer = server.connect_now();
  peer.stop_reading();
  session_log& log = server.logs().front();
  for (int i = 0; i < count; ++i) {
    server.on_loop_of(log, [&] {
      all.answers.push_back(log.ref.send(shared(numbered(i)), key(i)).error());
      if (auto* const open = log.ref.control()->target())
        all.output_bytes_most = std::max(all.output_bytes_most, open->bytes().output_bytes());
    });
  }
  EXPECT_TRUE(world.run_for(1s));
  peer.resume_reading();
  peer.shutdown_write();
  EXPECT_TRUE(world.run_until([&] { return peer.saw_end_of_stream() || peer.closed(); })) << world;
  for (const std::string& payload : unframed(peer.received()))
    all.received.push_back(number_of(payload));
  all.dropped = server.counted(&net::counters::messages_dropped);
  all.rejected = server.counted(&net::counters::messages_rejected);
  return all;
}

outcome flood(
    net::overflow_policy policy, int count, const key_of& key = [](int) { return 0; }) {
  sim::world world(1, calm());
  simulated_server server(world, with_policy(policy));
  return flood(world, server, count, key);
}

std::ptrdiff_t count_of(const std::vector<std::error_code>& all, errc wanted) {
  return std::ranges::count(all, make_error_code(wanted));
}

TEST(slow_peers, reject_refuses_what_does_not_fit_and_delivers_the_rest) {
  const outcome all = flood(net::overflow_policy::reject, 1000);
  EXPECT_LE(all.output_bytes_most, output_max);
  EXPECT_GT(all.output_bytes_most, output_max - 2 * message_bytes);
  const auto refused = count_of(all.answers, errc::mailbox_full);
  EXPECT_GT(refused, 100);
  EXPECT_EQ(all.sent().size() + static_cast<std::size_t>(refused), 1000u);
  EXPECT_EQ(all.received, all.sent());
  EXPECT_EQ(all.rejected, static_cast<std::uint64_t>(refused));
  EXPECT_EQ(all.dropped, 0u);
}

TEST(slow_peers, drop_newest_drops_what_does_not_fit_and_delivers_the_rest) {
  const outcome all = flood(net::overflow_policy::drop_newest, 1000);
  EXPECT_LE(all.output_bytes_most, output_max);
  const auto dropped = count_of(all.answers, errc::dropped);
  EXPECT_GT(dropped, 100);
  EXPECT_EQ(all.sent().size() + static_cast<std::size_t>(dropped), 1000u);
  EXPECT_EQ(all.received, all.sent());
  EXPECT_EQ(all.dropped, static_cast<std::uint64_t>(dropped));
  EXPECT_EQ(all.rejected, 0u);
}

TEST(slow_peers, drop_oldest_delivers_the_newest_in_order) {
  const outcome all = flood(net::overflow_policy::drop_oldest, 1000);
  EXPECT_LE(all.output_bytes_most, output_max);
  EXPECT_EQ(all.sent().size(), 1000u);  // each was taken, an older one went for it
  EXPECT_EQ(all.received.size() + all.dropped, 1000u);
  EXPECT_GT(all.dropped, 100u);
  EXPECT_TRUE(std::ranges::is_sorted(all.received));
  // What the socket had taken, then the newest without a gap.
  const int newest = static_cast<int>(output_max / (message_bytes + 2));
  ASSERT_GE(all.received.size(), static_cast<std::size_t>(newest));
  for (int i = 1; i < newest; ++i)
    EXPECT_EQ(all.received[all.received.size() - static_cast<std::size_t>(i)], 1000 - i);
}

TEST(slow_peers, conflate_delivers_the_newest_of_each_key) {
  const outcome all = flood(net::overflow_policy::conflate, 1000,
                            [](int i) { return static_cast<std::uint64_t>(1 + i % 10); });
  EXPECT_EQ(all.sent().size(), 1000u);
  EXPECT_LE(all.output_bytes_most, 12 * (message_bytes + 3));
  EXPECT_EQ(all.received.size() + all.dropped, 1000u);
  std::map<int, int> last;
  for (const int number : all.received) {
    const auto [place, first] = last.try_emplace(number % 10, number);
    EXPECT_TRUE(first || place->second < number) << "messages of one key out of order";
    place->second = number;
  }
  for (int key = 0; key < 10; ++key)
    EXPECT_EQ(last[key], 990 + key);
}

TEST(slow_peers, conflate_rejects_without_a_key_when_full) {
  const outcome all = flood(net::overflow_policy::conflate, 1000);
  EXPECT_LE(all.output_bytes_most, output_max);
  EXPECT_GT(count_of(all.answers, errc::mailbox_full), 100);
  EXPECT_EQ(all.received, all.sent());
}

TEST(slow_peers, close_closes_as_slow_consumer) {
  sim::world world(1, calm());
  simulated_server server(world, with_policy(net::overflow_policy::close));
  const outcome all = flood(world, server, 1000, [](int) { return 0; });
  EXPECT_LE(all.output_bytes_most, output_max);
  EXPECT_EQ(count_of(all.answers, errc::slow_consumer), 1);
  EXPECT_GT(count_of(all.answers, errc::stale_reference), 100);
  EXPECT_EQ(server.logs().front().read_end, errc::slow_consumer);
  server.expect_only_bystander_left();
  EXPECT_EQ(server.logs().front().closed, errc::slow_consumer);
  // What the socket had taken arrives, and no message twice or out of order.
  for (std::size_t i = 0; i < all.received.size(); ++i)
    EXPECT_EQ(all.received[i], static_cast<int>(i));
}

TEST(slow_peers, policies_act_the_same_for_messages_from_other_threads) {
  // A plain thread: nothing runs while it sends, so the mailbox's own limit comes first.
  sim::world world(1, calm());
  simulated_server server(world, with_policy(net::overflow_policy::drop_oldest));
  sim::peer peer = server.connect_now();
  peer.stop_reading();
  session_log& log = server.logs().front();
  std::vector<int> taken;
  for (int i = 0; i < 1000; ++i) {
    const auto answer = log.ref.send(shared(numbered(i)));
    if (answer) {
      EXPECT_EQ(*answer, delivery::queued);
      taken.push_back(i);
    } else {
      EXPECT_EQ(answer.error(), errc::mailbox_full);
    }
    if (i % 40 == 39) {
      ASSERT_TRUE(world.run_for(10ms));
    }
  }
  EXPECT_EQ(taken.size(), 1000u);
  peer.resume_reading();
  peer.shutdown_write();
  ASSERT_TRUE(world.run_until([&] { return peer.saw_end_of_stream(); })) << world;
  std::vector<int> received;
  for (const std::string& payload : unframed(peer.received()))
    received.push_back(number_of(payload));
  EXPECT_TRUE(std::ranges::is_sorted(received));
  EXPECT_EQ(received.back(), 999);
  EXPECT_EQ(received.size() + server.counted(&net::counters::messages_dropped), 1000u);
}

TEST(slow_peers, the_mailbox_for_other_threads_is_bounded) {
  sim::world world(1, calm());
  simulated_server server(world, with_policy(net::overflow_policy::reject));
  sim::peer peer = server.connect_now();
  session_log& log = server.logs().front();
  std::size_t queued = 0;
  for (int i = 0; i < 1000; ++i) {
    const auto answer = log.ref.send(shared(numbered(i)));
    queued += answer ? 1 : 0;
    if (!answer) {
      EXPECT_EQ(answer.error(), errc::mailbox_full);
    }
  }
  EXPECT_EQ(queued, output_max / message_bytes);
  peer.shutdown_write();
  ASSERT_TRUE(world.run_until([&] { return peer.saw_end_of_stream(); })) << world;
  std::size_t rejected = server.counted(&net::counters::messages_rejected);
  EXPECT_EQ(unframed(peer.received()).size() + rejected, queued);
}

/// Writes numbered frames without end.
task<> flood_peer(byte_stream peer, session_log& log) {
  const at_end guard(log.ended);
  for (int i = 0;; ++i) {
    const auto written = co_await peer.write(numbered(i));
    if (!written) {
      log.write_end = written.error;
      co_return;
    }
    ++log.writes;
  }
}

TEST(slow_peers, a_writing_task_is_suspended_at_the_high_watermark) {
  sim::world world(2);
  listen_options options = patient_options();
  options.stream.output_high_bytes = 20'000;
  simulated_server server(world, options, flood_peer);
  sim::peer peer = server.connect_now();
  peer.stop_reading();
  ASSERT_TRUE(world.run_for(1min));
  session_log& log = server.logs().front();
  const std::size_t parked_at = log.writes;
  std::size_t output = 0;
  server.on_loop_of(log, [&] { output = log.ref.control()->target()->bytes().output_bytes(); });
  EXPECT_GT(output, 20'000u);
  EXPECT_LE(output, 20'000u + 2 * (message_bytes + 2));
  ASSERT_TRUE(world.run_for(1h));
  EXPECT_EQ(log.writes, parked_at);
  EXPECT_FALSE(log.ended);
  peer.resume_reading();
  ASSERT_TRUE(world.run_until([&] { return log.writes > parked_at + 1000; })) << world;
  peer.reset();
  server.expect_only_bystander_left();
  EXPECT_EQ(log.write_end, errc::connection_reset);
  const auto received = unframed(peer.received());
  for (std::size_t i = 0; i < received.size(); ++i)
    ASSERT_EQ(number_of(received[i]), static_cast<int>(i));
}

TEST(slow_peers, an_echo_does_not_read_on_while_its_peer_does_not_read) {
  sim::world world(3);
  simulated_server server(world, patient_options());
  sim::peer peer = server.connect_now();
  peer.stop_reading();
  std::string sent;
  for (int i = 0; i < 3000; ++i)
    sent += framed(numbered(i));
  peer.send(sent);
  ASSERT_TRUE(world.run_for(1min));
  EXPECT_FALSE(peer.script_done());  // it is told to wait
  EXPECT_LT(peer.sent_bytes(), 1'000'000u);
  peer.resume_reading();
  peer.shutdown_write();
  ASSERT_TRUE(world.run_until([&] { return peer.saw_end_of_stream(); })) << world;
  EXPECT_TRUE(peer.received() == sent);
}

// In a calm world: where the socket has room and takes nothing, a later try may send that byte.
TEST(slow_peers, the_write_timeout_counts_from_the_oldest_unsent_byte) {
  sim::world world(4, calm());
  listen_options options = patient_options();
  options.stream.write_timeout = 30s;
  simulated_server server(world, options, flood_peer);
  sim::peer peer = server.connect_now();
  peer.stop_reading();
  session_log& log = server.logs().front();
  ASSERT_TRUE(world.run_until([&] { return log.closed != errc{}; })) << world;
  EXPECT_EQ(log.closed, errc::write_timeout);
  EXPECT_EQ(log.write_end, errc::write_timeout);
  EXPECT_TRUE(log.ended);
  EXPECT_GE(log.closed_at - log.opened_at, 30s);
  EXPECT_LE(log.closed_at - log.opened_at, 31s);
  server.expect_only_bystander_left();
}

TEST(slow_peers, a_peer_that_reads_slowly_but_in_time_is_not_timed_out) {
  sim::world world(5);
  listen_options options = patient_options();
  options.stream.write_timeout = 30s;
  simulated_server server(world, options, flood_peer);
  sim::peer peer = server.connect_now();
  session_log& log = server.logs().front();
  for (int i = 0; i < 12; ++i) {
    peer.stop_reading();
    ASSERT_TRUE(world.run_for(20s));
    ASSERT_EQ(log.closed, errc{}) << describe(log.closed) << " after " << i;
    peer.resume_reading();
    ASSERT_TRUE(world.run_for(100ms));
  }
  peer.reset();
  server.expect_only_bystander_left();
}

}  // namespace
}  // namespace actornet
