// A whole server on simulated networks: the property that every simulation of a server builds on.

#include "echo_server.hpp"

#include <algorithm>
#include <set>
#include <sstream>
#include <vector>

#include "loop_support.hpp"
#include "seeds.hpp"

namespace actornet::sim {
namespace {

struct client {
  client(world& in, const net::endpoint& to) : sent(in.random().below(20'000), '\0'), end(in, to) {
    generator& random = in.random();
    random.fill(std::as_writable_bytes(std::span(sent)));
    for (std::size_t from = 0; from < sent.size();) {
      const std::size_t length = random.between(1, sent.size() - from);
      end.send(std::string_view(sent).substr(from, length));
      end.wait(random.between(net::duration::zero(), net::duration(5ms)));
      from += length;
    }
    end.shutdown_write();
  }

  bool done() const { return end.closed() || end.saw_end_of_stream(); }

  std::string sent;
  peer end;
};

/// Runs clients against the server until all are done; returns them.
std::vector<client> run_clients(world& in) {
  net::loop loop(in.make_backend());
  std::vector<client> clients;
  {
    echo_server server(loop, tcp("127.0.0.1", 0));
    const std::size_t count = in.random().between(1, 8);
    for (std::size_t i = 0; i < count; ++i)
      clients.emplace_back(in, server.local());
    EXPECT_TRUE(in.run_until([&] {
      return std::ranges::all_of(clients, &client::done) && server.sessions() == 0;
    })) << in;
    EXPECT_EQ(in.open_descriptors(), 1u);
  }
  EXPECT_EQ(in.open_descriptors(), 0u);
  return clients;
}

TEST(echo, every_byte_comes_back_once_and_in_order) {
  for_each_seed([](world& world) {
    for (const client& one : run_clients(world)) {
      EXPECT_TRUE(one.end.saw_end_of_stream());
      EXPECT_TRUE(one.end.received() == one.sent);
    }
  });
}

TEST(echo, whatever_goes_wrong_what_comes_back_is_a_prefix_of_what_was_sent) {
  const options harsh{.faults = faults::harsh()};
  for_each_seed(
      [](world& world) {
        for (const client& one : run_clients(world)) {
          EXPECT_TRUE(one.sent.starts_with(one.end.received()));
          EXPECT_TRUE(one.end.received() == one.sent || one.end.saw_reset() ||
                      one.end.connect_error());
        }
      },
      harsh);
}

TEST(echo, the_same_seed_gives_the_same_trace_hash_and_others_give_others) {
  const auto hash_of = [](std::uint64_t seed) {
    world world(seed, {.faults = faults::harsh()});
    run_clients(world);
    return world.trace_hash();
  };
  std::set<std::uint64_t> hashes;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    const std::uint64_t hash = hash_of(seed);
    EXPECT_EQ(hash, hash_of(seed));
    hashes.insert(hash);
  }
  EXPECT_EQ(hashes.size(), 50u);
}

TEST(echo, the_same_seed_writes_the_same_trace) {
  const auto trace_of = [](std::uint64_t seed) {
    std::ostringstream text;
    world world(seed);
    world.set_trace(&text);
    run_clients(world);
    return text.str();
  };
  const std::string trace = trace_of(5);
  EXPECT_TRUE(trace == trace_of(5));
  EXPECT_NE(trace.find(" landed #1 "), std::string::npos);
}

TEST(echo, harsh_faults_make_everything_happen) {
  std::set<std::string> kinds;
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    std::ostringstream text;
    world world(seed, {.faults = faults::harsh()});
    world.set_trace(&text);
    run_clients(world);
    std::istringstream lines(text.str());
    std::string seconds, unit, kind;
    for (std::string line; std::getline(lines, line);) {
      std::istringstream words(line);
      words >> seconds >> unit >> kind;
      kinds.insert(kind);
    }
  }
  const std::set<std::string> all{
      "accepted", "choice", "closed", "connected", "connecting", "cut",  "end",  "failed",
      "healed",   "landed", "read",   "reset",     "spurious",   "time", "turn", "written"};
  EXPECT_EQ(kinds, all);
}

TEST(echo, different_bytes_give_different_trace_hashes) {
  const auto hash_of = [](std::string_view bytes) {
    world world(1, calm());
    pair_of_ends both(world);
    both.peer.send(bytes);
    EXPECT_TRUE(world.run_until_idle());
    return world.trace_hash();
  };
  EXPECT_EQ(hash_of("abc"), hash_of("abc"));
  EXPECT_NE(hash_of("abc"), hash_of("abd"));
}

}  // namespace
}  // namespace actornet::sim
