// What a peer can do wrong with frames costs that peer its connection, and nobody else anything.

#include "simulated_server.hpp"

namespace actornet {
namespace {

constexpr std::uint32_t frame_max = 1000;

listen_options limited(net::framing kind) {
  listen_options options = framed_options(kind);
  options.stream.frame_bytes_max = frame_max;
  return options;
}

/// Sends @p bytes and the end of stream to an echo server; expects that what is echoed and the
/// verdicts are these.
void expect_verdict(net::framing kind, const std::string& bytes,
                    const std::vector<std::string>& frames, errc verdict) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    sim::world world(seed);
    simulated_server server(world, limited(kind));
    sim::peer peer = server.connect();
    peer.send(bytes).shutdown_write();
    EXPECT_TRUE(world.run_until([&] { return peer.closed() || peer.saw_end_of_stream(); }))
        << world;
    server.expect_only_bystander_left();
    ASSERT_EQ(server.logs().size(), 1u);
    const session_log& log = server.logs().front();
    EXPECT_EQ(log.frames, frames);
    EXPECT_EQ(log.read_end, verdict);
    EXPECT_EQ(log.closed, verdict);
    EXPECT_TRUE(log.ended);
    EXPECT_EQ(unframed(peer.received(), kind), frames);
    EXPECT_TRUE(peer.saw_end_of_stream());
    EXPECT_FALSE(peer.saw_reset());
    const bool orderly = verdict == errc::end_of_stream;
    EXPECT_EQ(server.counted(&net::counters::connections_failed), orderly ? 0u : 1u);
  }
}

const std::string before = framed("before");
const std::string after = framed("after");

TEST(bad_frames, a_zero_length_frame_is_a_frame) {
  for (const auto kind : {net::framing::delimited, net::framing::length32, net::framing::line})
    expect_verdict(kind, framed("", kind) + framed("x", kind) + framed("", kind), {"", "x", ""},
                   errc::end_of_stream);
}

TEST(bad_frames, the_longest_length_is_taken) {
  const std::string longest = pattern(frame_max);
  for (const auto kind : {net::framing::delimited, net::framing::length32, net::framing::line})
    expect_verdict(kind, framed(longest, kind), {longest}, errc::end_of_stream);
}

TEST(bad_frames, one_byte_over_the_longest_length_is_too_large) {
  const std::string longer = pattern(frame_max + 1);
  for (const auto kind : {net::framing::delimited, net::framing::length32, net::framing::line})
    expect_verdict(kind, framed("before", kind) + framed(longer, kind), {"before"},
                   errc::frame_too_large);
}

TEST(bad_frames, a_delimited_length_of_two_to_the_31_is_too_large) {
  expect_verdict(net::framing::delimited, before + "\x80\x80\x80\x80\x08" + after, {"before"},
                 errc::frame_too_large);
}

TEST(bad_frames, a_delimited_length_of_two_to_the_32_is_too_large) {
  expect_verdict(net::framing::delimited, before + "\x80\x80\x80\x80\x10" + after, {"before"},
                 errc::frame_too_large);
}

TEST(bad_frames, a_delimited_length_of_two_to_the_63_is_malformed) {
  expect_verdict(net::framing::delimited,
                 before + "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01" + after, {"before"},
                 errc::frame_malformed);
}

TEST(bad_frames, a_sixth_length_byte_is_malformed) {
  using namespace std::string_literals;
  expect_verdict(net::framing::delimited, before + "\x80\x80\x80\x80\x80\x00"s + after, {"before"},
                 errc::frame_malformed);
  expect_verdict(net::framing::delimited, before + "\x83\x80\x80\x80\x00"s + "abc",
                 {"before", "abc"}, errc::end_of_stream);
}

TEST(bad_frames, big_endian_lengths_from_two_to_the_31_up_are_too_large) {
  using namespace std::string_literals;
  const std::string first = framed("before", net::framing::length32);
  for (const std::string& length : {"\x80\x00\x00\x00"s, "\xff\xff\xff\xff"s, "\x00\x00\x03\xe9"s})
    expect_verdict(net::framing::length32, first + length + "rest", {"before"},
                   errc::frame_too_large);
}

TEST(bad_frames, a_length_that_announces_much_costs_no_memory_before_it_is_judged) {
  sim::world world(1);
  listen_options options = framed_options(net::framing::length32);
  options.stream.frame_bytes_max = 0x7fffffff;
  simulated_server server(world, options, consume);
  sim::peer peer = server.connect();
  using namespace std::string_literals;
  peer.send("\x7f\xff\xff\xff"s + "some");  // ASan's allocation limit would not allow 2 GiB
  ASSERT_TRUE(world.run_until([&] { return peer.script_done(); }));
  ASSERT_TRUE(world.run_for(1s));
  EXPECT_EQ(server.logs().front().closed, errc{});
  peer.shutdown_write();
  server.expect_only_bystander_left();
  EXPECT_EQ(server.logs().front().read_end, errc::frame_truncated);
}

std::string sample(net::framing kind) {
  return framed("one", kind) + framed("", kind) + framed(pattern(150), kind) + framed("end", kind);
}

std::size_t complete_bytes(std::string_view bytes, net::framing kind) {
  std::size_t sum = 0;
  for (const std::string& payload : unframed(bytes, kind))
    sum += framed(payload, kind).size();
  return sum;
}

TEST(bad_frames, an_end_of_stream_is_clean_between_frames_and_an_error_inside_one) {
  for (const auto kind : {net::framing::delimited, net::framing::length32, net::framing::line}) {
    const std::string whole = sample(kind);
    sim::world world(7);
    simulated_server server(world, limited(kind));
    for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
      SCOPED_TRACE(std::string(net::to_string(kind)) + " cut at " + std::to_string(cut));
      const std::string part = whole.substr(0, cut);
      sim::peer peer = server.connect();
      peer.send(part).shutdown_write();
      ASSERT_TRUE(world.run_until([&] {
        return peer.saw_end_of_stream() && server.rt().connections() == 1;
      })) << world;
      const bool between = complete_bytes(part, kind) == cut;
      const session_log& log = server.logs().back();
      EXPECT_EQ(log.read_end, between ? errc::end_of_stream : errc::frame_truncated);
      EXPECT_EQ(log.closed, between ? errc::end_of_stream : errc::frame_truncated);
      EXPECT_EQ(unframed(peer.received(), kind), unframed(part, kind));
      EXPECT_FALSE(peer.saw_reset());
    }
  }
}

TEST(bad_frames, frames_may_come_in_any_two_pieces) {
  for (const auto kind : {net::framing::delimited, net::framing::length32, net::framing::line}) {
    const std::string whole = sample(kind);
    sim::world world(8, calm());
    simulated_server server(world, limited(kind));
    for (std::size_t cut = 1; cut < whole.size(); ++cut) {
      SCOPED_TRACE(std::string(net::to_string(kind)) + " cut at " + std::to_string(cut));
      sim::peer peer = server.connect();
      peer.send_in_pieces(whole, {cut}, 5ms).shutdown_write();
      ASSERT_TRUE(world.run_until([&] { return peer.saw_end_of_stream(); })) << world;
      EXPECT_EQ(peer.received(), whole);
      EXPECT_EQ(server.logs().back().read_end, errc::end_of_stream);
    }
  }
}

TEST(bad_frames, frames_may_come_byte_by_byte) {
  for (const auto kind : {net::framing::delimited, net::framing::length32, net::framing::line}) {
    const std::string whole = sample(kind);
    std::vector<std::size_t> cuts;
    for (std::size_t cut = 1; cut < whole.size(); ++cut)
      cuts.push_back(cut);
    sim::world world(9, calm());
    simulated_server server(world, limited(kind));
    sim::peer peer = server.connect();
    peer.send_in_pieces(whole, cuts, 2ms).shutdown_write();
    ASSERT_TRUE(world.run_until([&] { return peer.saw_end_of_stream(); })) << world;
    EXPECT_EQ(peer.received(), whole);
    EXPECT_EQ(server.logs().back().read_end, errc::end_of_stream);
  }
}

TEST(bad_frames, a_reset_at_any_byte_is_told_after_the_complete_frames) {
  for (const auto kind : {net::framing::delimited, net::framing::length32, net::framing::line}) {
    const std::string whole = sample(kind);
    sim::world world(10, calm());
    simulated_server server(world, limited(kind), consume);
    for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
      SCOPED_TRACE(std::string(net::to_string(kind)) + " reset at " + std::to_string(cut));
      const std::size_t before_this = server.logs().size();
      sim::peer peer = server.connect();
      peer.send(whole).reset_after(cut);
      ASSERT_TRUE(world.run_until([&] {
        return server.logs().size() > before_this && server.rt().connections() == 1;
      })) << world;
      const session_log& log = server.logs().back();
      EXPECT_EQ(log.frames, unframed(whole.substr(0, cut), kind));
      EXPECT_EQ(log.read_end, errc::connection_reset);
      EXPECT_EQ(log.closed, errc::connection_reset);
      EXPECT_TRUE(log.ended);
    }
    EXPECT_EQ(server.counted(&net::counters::connections_failed), whole.size() + 1);
  }
}

TEST(bad_frames, a_reset_at_any_byte_ends_an_echo_and_nothing_else) {
  const std::string whole = sample(net::framing::delimited);
  sim::world world(11);
  simulated_server server(world, limited(net::framing::delimited));
  for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
    SCOPED_TRACE("reset at " + std::to_string(cut));
    sim::peer peer = server.connect();
    peer.send(whole).reset_after(cut);
    ASSERT_TRUE(world.run_until([&] { return peer.closed(); })) << world;
    server.expect_only_bystander_left();
    EXPECT_TRUE(whole.starts_with(peer.received()));
    if (!server.logs().empty()) {
      EXPECT_EQ(server.logs().back().closed, errc::connection_reset);
      EXPECT_TRUE(server.logs().back().ended);
    }
  }
}

}  // namespace
}  // namespace actornet
