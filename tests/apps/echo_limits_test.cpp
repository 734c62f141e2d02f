// The options of actornet-echo that limit something, on real sockets, and a process without
// descriptors.

#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <filesystem>

#include "actornet/net/process_clock.hpp"
#include "load_programs.hpp"
#include "plain_client.hpp"

namespace actornet::echo {
namespace {

using namespace std::chrono_literals;
using load::child_program;
using outcome = plain_client::outcome;
using words = std::vector<std::string>;
using clock = std::chrono::steady_clock;

/// A running actornet-echo with delimited frames on one loop, and a connection to it that must not
/// notice what happens to the others.
class limited_server {
 public:
  explicit limited_server(const words& limit, unsigned open_files_max = 0)
      : program_("actornet-echo", arguments(limit), open_files_max),
        port_(port_of(program_.read_line())),
        bystander_(port_) {
    expect_bystander_well();
  }

  ~limited_server() {
    expect_bystander_well();
    bystander_.close();
    program_.signal(SIGTERM);
    EXPECT_EQ(program_.wait(), 0) << program_.errors();
  }

  child_program& program() noexcept { return program_; }
  plain_client connect() const { return plain_client(port_); }
  void expect_bystander_well() { EXPECT_TRUE(bystander_.echoes(delimited("bystander"))); }

 private:
  static words arguments(const words& limit) {
    words all{"--listen", "tcp://127.0.0.1:0", "--framing", "delimited", "--loops", "1"};
    all.insert(all.end(), limit.begin(), limit.end());
    return all;
  }

  child_program program_;
  std::uint16_t port_;
  plain_client bystander_;
};

bool ended(outcome what) {
  return what == outcome::end || what == outcome::reset;
}

std::size_t threads_with_loops(const char* count) {
  child_program program("actornet-echo", {"--listen", "tcp://127.0.0.1:0", "--loops", count});
  EXPECT_NE(program.read_line(), "");
  const std::filesystem::directory_iterator tasks("/proc/" + std::to_string(program.id()) +
                                                  "/task");
  return static_cast<std::size_t>(std::distance(begin(tasks), end(tasks)));
}

TEST(echo_limits, each_loop_is_a_thread) {
  EXPECT_EQ(threads_with_loops("3"), threads_with_loops("1") + 2);
}

TEST(echo_limits, a_frame_of_frame_max_is_echoed_and_one_more_byte_ends_the_connection) {
  limited_server server({"--frame-max", "300"});
  plain_client client = server.connect();
  EXPECT_TRUE(client.echoes(delimited(std::string(300, 'x'))));
  EXPECT_NE(client.send_some(delimited(std::string(301, 'x'))), 0u);
  EXPECT_TRUE(ended(client.wait_for_end()));
}

TEST(echo_limits, half_a_frame_has_as_long_as_read_timeout_says) {
  limited_server server({"--read-timeout", "200ms"});
  plain_client client = server.connect();
  EXPECT_TRUE(client.echoes(delimited("whole")));
  const auto begun = clock::now();
  EXPECT_EQ(client.send_some(delimited("half").substr(0, 2)), 2u);
  EXPECT_TRUE(ended(client.wait_for_end()));
  const auto took = clock::now() - begun;
  EXPECT_GE(took, 200ms);
  EXPECT_LT(took, 1200ms);
}

TEST(echo_limits, a_connection_beyond_connections_max_is_closed_until_there_is_room) {
  limited_server server({"--connections-max", "2"});  // the bystander is one
  plain_client second = server.connect();
  EXPECT_TRUE(second.echoes(delimited("there is room")));
  EXPECT_TRUE(ended(server.connect().wait_for_end()));
  EXPECT_TRUE(second.echoes(delimited("still there")));
  second.close();
  while (!server.connect().echoes(delimited("when the server has noticed"))) {
  }
}

TEST(echo_limits, without_descriptors_it_neither_spins_nor_forgets_and_recovers_within_a_second) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "UndefinedBehaviorSanitizer, which comes with AddressSanitizer here, looks at an "
                  "object through a pipe: without descriptors it takes each for a broken one. The "
                  "presets release and select run this";
#endif
  constexpr unsigned open_files_max = 40;
  const std::string ping = delimited("ping");
  limited_server server({}, open_files_max);
  std::vector<plain_client> clients;
  for (int i = 0; i < 60; ++i) {
    clients.push_back(server.connect());
    ASSERT_EQ(clients.back().send_some(ping), ping.size());
  }
  std::size_t served = 0;
  while (served < clients.size() && clients[served].readable_within(1000))
    EXPECT_TRUE(clients[served++].receives(ping));
  EXPECT_GT(served, 10u);
  ASSERT_LT(served, std::size_t{open_files_max});

  const auto id = static_cast<std::uint32_t>(server.program().id());
  const auto before = net::process_cpu_time(id);
  EXPECT_FALSE(clients[served].readable_within(1000));
  EXPECT_LT(*net::process_cpu_time(id) - *before, 100ms) << "it spins";
  for (std::size_t i = 0; i < served; ++i)
    EXPECT_TRUE(clients[i].echoes(ping)) << i;

  constexpr std::size_t leaving = 5;
  const auto left = clock::now();
  for (std::size_t i = 0; i < leaving; ++i)
    clients[i].close();
  for (std::size_t i = served; i < served + leaving; ++i)
    EXPECT_TRUE(clients[i].receives(ping)) << i;
  EXPECT_LE(clock::now() - left, 1s);
}

}  // namespace
}  // namespace actornet::echo
