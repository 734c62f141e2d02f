// How actornet-echo ends: signals, under load and with peers that do not go.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <random>

#include "load_programs.hpp"
#include "plain_client.hpp"

namespace actornet::echo {
namespace {

using namespace std::chrono_literals;
using load::child_program;
using ::testing::HasSubstr;
using outcome = plain_client::outcome;

constexpr const char* any_port = "tcp://127.0.0.1:0";
constexpr std::size_t connections = 200;
constexpr std::size_t depth = 4;

/// A connection that keeps `depth` requests in flight, as frames, until the server ends it.
class requester {
 public:
  requester(std::uint16_t port, std::size_t index) : socket_(port), index_(index) {}

  const plain_client& socket() const noexcept { return socket_; }
  bool over() const noexcept { return !socket_.is_open(); }
  std::size_t answered() const noexcept { return frames_within(received_.size()); }

  void send_requests() {
    while (ends_.size() - answered() < depth) {
      sent_ += delimited(payload());
      ends_.push_back(sent_.size());
    }
    taken_ += socket_.send_some(std::string_view(sent_).substr(taken_));
  }

  /// Takes what came, and closes at the end.
  void receive() {
    const outcome what = socket_.receive_some(received_);
    reset_ = what == outcome::reset;
    if (what == outcome::bytes)
      return send_requests();
    if (what != outcome::nothing_yet)
      socket_.close();
  }

  /// From now on: what the server's system has is accepted, and must be answered.
  void expect_answers() { accepted_ = frames_within(taken_ - socket_.unacknowledged()); }

  void expect_well_ended() const {
    EXPECT_FALSE(reset_) << index_ << ": the end is a reset";
    EXPECT_EQ(received_, std::string_view(sent_).substr(0, received_.size())) << index_;
    EXPECT_TRUE(received_.empty() || ends_[answered() - 1] == received_.size())
        << index_ << ": the end cuts a frame";
    EXPECT_GE(answered(), accepted_) << index_ << ": an accepted request is not answered";
  }

 private:
  std::string payload() const {
    const std::size_t number = ends_.size();
    const std::size_t bytes = number % 16 == index_ % 16 ? 3000 : 20 + number % 100;
    std::string text = std::to_string(index_) + '.' + std::to_string(number) + ' ';
    text.resize(bytes, static_cast<char>('a' + number % 26));
    return text;
  }

  std::size_t frames_within(std::size_t bytes) const {
    return static_cast<std::size_t>(std::ranges::upper_bound(ends_, bytes) - ends_.begin());
  }

  plain_client socket_;
  std::size_t index_;
  std::string sent_;
  std::size_t taken_ = 0;          // bytes of `sent_` that the socket took
  std::vector<std::size_t> ends_;  // of the frames in `sent_`
  std::string received_;
  std::size_t accepted_ = 0;
  bool reset_ = false;
};

class load_of_requests {
 public:
  explicit load_of_requests(std::uint16_t port) {
    for (std::size_t i = 0; i < connections; ++i)
      all_.emplace_back(port, i).send_requests();
  }

  std::size_t answered() const {
    std::size_t sum = 0;
    for (const requester& each : all_)
      sum += each.answered();
    return sum;
  }
  bool over() const { return std::ranges::all_of(all_, &requester::over); }

  /// Exchanges messages until @p done. False when nothing comes for a minute.
  template <class Predicate>
  bool run_until(Predicate done) {
    while (!done()) {
      std::vector<const plain_client*> sockets;
      for (const requester& each : all_)
        sockets.push_back(&each.socket());
      const auto ready = wait_for_readable(sockets);
      if (ready.empty())
        return false;
      for (const std::size_t i : ready)
        all_[i].receive();
    }
    return true;
  }

  void expect_answers() { std::ranges::for_each(all_, &requester::expect_answers); }
  void expect_well_ended() const { std::ranges::for_each(all_, &requester::expect_well_ended); }

 private:
  std::vector<requester> all_;
};

/// SIGTERM after a number of answers that comes from @p seed.
void terminate_under_load(unsigned seed, const std::string& style) {
  SCOPED_TRACE("seed " + std::to_string(seed) + ", style " + style);
  std::mt19937_64 random(seed);
  const std::size_t answers = random() % (10 * connections * depth);
  child_program server("actornet-echo", {"--listen", any_port, "--style", style, "--framing",
                                         "delimited", "--loops", "2"});
  load_of_requests load(port_of(server.read_line()));
  ASSERT_TRUE(load.run_until([&] { return load.answered() >= answers; }));
  load.expect_answers();
  const auto asked = std::chrono::steady_clock::now();
  server.signal(SIGTERM);
  ASSERT_TRUE(load.run_until([&] { return load.over(); }));
  EXPECT_EQ(server.wait(), 0) << server.errors();
  EXPECT_LT(std::chrono::steady_clock::now() - asked, 10s);
  load.expect_well_ended();
  const std::string sum = std::to_string(load.answered());
  EXPECT_EQ(server.output(), style == "session"
                                 ? ""
                                 : "decoded " + sum + " handled " + sum + " encoded " + sum + "\n");
}

TEST(echo_program, sigterm_under_load_answers_every_accepted_request) {
  for (unsigned seed = 1; seed <= 20 && !HasFailure(); ++seed)
    terminate_under_load(seed, seed % 2 == 0 ? "session" : "actor");
}

TEST(echo_program, the_drain_deadline_cuts_what_does_not_end_and_says_so) {
  child_program program("actornet-echo", {"--listen", any_port, "--drain-timeout", "100ms"});
  plain_client stuck(port_of(program.read_line()));
  stuck.stuff();
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(), 3);
  EXPECT_THAT(program.errors(), HasSubstr("the drain deadline cut 1 connection"));
}

TEST(echo_program, a_second_sigterm_ends_it_at_once) {
  child_program program("actornet-echo", {"--listen", any_port, "--drain-timeout", "10m"});
  const std::uint16_t port = port_of(program.read_line());
  plain_client stuck(port);
  stuck.stuff();
  program.signal(SIGTERM);
  while (plain_client(port).is_open()) {  // until the drain has begun
  }
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(), 128 + SIGTERM);
}

}  // namespace
}  // namespace actornet::echo
