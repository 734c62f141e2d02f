// What the load says of servers that do wrong, in simulated worlds.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "load_simulation.hpp"

namespace actornet::load {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

load_options fault_options() {
  load_options options = simulated_options();
  options.connections = options.active = 3;
  options.payload_bytes = 32;
  options.framing = net::framing::delimited;
  return options;
}

/// Echoes, but when connection 1 has received this many bytes it does something else, once.
class misbehaving {
 public:
  using act = std::function<void(sim::peer&, std::string_view)>;

  misbehaving(std::size_t after_bytes, act what)
      : after_bytes_(after_bytes), what_(std::move(what)) {}

  void operator()(sim::peer& to, std::size_t connection, std::string_view received) {
    if (connection == 1 && !done_ && to.received_bytes() >= after_bytes_) {
      done_ = true;
      return what_(to, received);
    }
    to.send(received);
  }

 private:
  std::size_t after_bytes_;
  act what_;
  bool done_ = false;
};

constexpr std::size_t in_the_middle = 100 * 33;
constexpr std::size_t while_measuring = 2'000 * 33;  // an answer takes 0.2 ms, the warm-up 100 ms

load_results results_against(const load_options& options, misbehaving server) {
  simulated_load load(1, options, sim::faults::calm(), std::move(server));
  EXPECT_TRUE(load.finish()) << load.world;
  return load.results();
}

void expect_one_error(const load_results& results, const std::string& text) {
  EXPECT_FALSE(results.not_begun);
  EXPECT_EQ(results.errors, 1u);
  ASSERT_EQ(results.complaints.size(), 1u);
  EXPECT_THAT(results.complaints[0], HasSubstr(text));
  EXPECT_GT(results.messages, 1000u) << "the other connections go on";
}

TEST(load_faults, one_wrong_bit_is_an_error_of_its_connection) {
  const auto results = results_against(
      fault_options(), {in_the_middle, [](sim::peer& to, std::string_view received) {
                          std::string wrong(received);
                          wrong.back() ^= 1;
                          to.send(wrong);
                        }});
  expect_one_error(results, "(32 bytes) is wrong from byte 31 on");
}

TEST(load_faults, an_answer_that_is_cut_short_is_an_error) {
  const auto results = results_against(
      fault_options(), {in_the_middle, [](sim::peer& to, std::string_view received) {
                          std::string shorter(received.substr(0, 32));
                          shorter[0] = 31;
                          to.send(shorter);
                        }});
  expect_one_error(results, "(31 bytes) is wrong from byte 31 on");
}

TEST(load_faults, an_answer_that_comes_twice_is_an_error) {
  const auto results = results_against(
      fault_options(), {in_the_middle, [](sim::peer& to, std::string_view received) {
                          to.send(received).send(received);
                        }});
  expect_one_error(results, "32 bytes more than it sent came back");
}

TEST(load_faults, a_connection_that_the_server_closes_is_an_error) {
  const auto results = results_against(
      fault_options(),
      {in_the_middle, [](sim::peer& to, std::string_view) { to.shutdown_write(); }});
  expect_one_error(results, "connection 1: closed by the server, 1 messages unanswered");
}

TEST(load_faults, a_reset_is_an_error) {
  const auto results = results_against(
      fault_options(), {in_the_middle, [](sim::peer& to, std::string_view) { to.reset(); }});
  expect_one_error(results, "connection 1: ");
}

TEST(load_faults, a_message_without_an_answer_is_an_error_and_a_latency) {
  const auto results =
      results_against(fault_options(), {while_measuring, [](sim::peer&, std::string_view) {}});
  expect_one_error(results, "1 messages had no answer 5 s after the end");
  EXPECT_GT(results.latency.max(), 5'000'000'000u);
}

TEST(load_faults, an_open_loop_counts_every_message_without_an_answer) {
  load_options options = fault_options();
  options.rate = 3000;
  options.depth = 10;
  const auto results = results_against(
      options, {in_the_middle, [](sim::peer& to, std::string_view) {
                  to.on_received([](std::string_view) {});  // from now on it only swallows
                }});
  EXPECT_NEAR(static_cast<double>(results.errors), 1000, 50);
  EXPECT_GT(results.latency.percentile(90), 5'000'000'000u);
}

TEST(load_faults, a_wrong_first_answer_ends_the_run) {
  const auto results =
      results_against(fault_options(), {1, [](sim::peer& to, std::string_view received) {
                                          to.send(std::string(received.size(), 'x'));
                                        }});
  ASSERT_TRUE(results.not_begun);
  EXPECT_EQ(results.errors, 1u);
}

TEST(load_faults, a_server_that_never_answers_ends_the_run_after_ten_seconds) {
  simulated_load load(1, fault_options(), sim::faults::calm(),
                      [](sim::peer&, std::size_t, std::string_view) {});
  EXPECT_TRUE(load.finish()) << load.world;
  ASSERT_TRUE(load.results().not_begun);
  EXPECT_THAT(*load.results().not_begun, HasSubstr("no answer for 10 s, after 0 of 3 connections"));
  EXPECT_GE(load.world.elapsed(), 10s);
  EXPECT_LT(load.world.elapsed(), 11s);
}

TEST(load_faults, nobody_listening_is_told_in_a_line) {
  load_options options = fault_options();
  options.target.port = 1;
  options.uri = "tcp://127.0.0.1:1";
  simulated_load load(1, options, sim::faults::calm());
  EXPECT_TRUE(load.finish()) << load.world;
  ASSERT_TRUE(load.results().not_begun);
  EXPECT_EQ(*load.results().not_begun,
            "tcp://127.0.0.1:1: " + std::string(describe(errc::connection_refused)) +
                ", after 0 of 3 connections");
  EXPECT_EQ(load.results().errors, 0u);
}

TEST(load_faults, the_next_address_of_a_name_is_tried) {
  sim::world world(1, {.faults = sim::faults::calm()});
  simulated_server server(world);
  const load_options options = fault_options();
  net::loop loop(world.make_backend());
  const net::endpoint nobody{net::endpoint::scheme::tcp, "127.0.0.9", 7411};
  load_run run(loop, options, {nobody, options.target});
  ASSERT_TRUE(world.run_on(loop, [&] { run.start(); }));
  ASSERT_TRUE(world.run_until([&] {
    server.accept_waiting();
    return run.over();
  })) << world;
  EXPECT_FALSE(run.results().not_begun);
  EXPECT_EQ(run.results().errors, 0u);
}

TEST(load_faults, when_every_connection_is_lost_the_run_ends_early) {
  load_options options = fault_options();
  options.duration = std::chrono::hours(1);
  options.depth = 8;
  simulated_load load(1, options, sim::faults::calm(),
                      [](sim::peer& to, std::size_t, std::string_view received) {
                        if (to.received_bytes() < 100 * 33)
                          to.send(received);
                        else
                          to.reset();
                      });
  ASSERT_TRUE(load.finish()) << load.world;
  EXPECT_EQ(load.results().errors, 3u);
  EXPECT_LT(load.world.elapsed(), 10s);
}

TEST(load_faults, resets_anywhere_are_counted_and_never_crash) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    sim::faults faults;
    faults.reset_probability = 0.3;
    faults.reset_offset_bytes_max = 4000;
    load_options options = fault_options();
    options.connections = options.active = 8;
    options.depth = 4;
    options.duration = 100ms;
    simulated_load load(seed, options, faults);
    ASSERT_TRUE(load.finish()) << load.world;
    EXPECT_LE(load.results().errors, 8u) << load.world;
    EXPECT_EQ(load.world.open_descriptors(), 0u) << load.world;
  }
}

}  // namespace
}  // namespace actornet::load
