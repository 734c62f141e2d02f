#include "actornet/net/framing.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "framing_checks.hpp"

namespace actornet::net {
namespace {

using namespace framing_checks;
using namespace std::string_literals;

/// Feeds @p stream in pieces, cut at @p cuts, as a connection does.
struct fed_in_pieces {
  std::vector<std::string> frames;
  std::string rest;
  errc error{};

  fed_in_pieces(framing kind, const std::string& stream, std::vector<std::size_t> cuts) {
    frame_decoder decoder(kind, frame_bytes_max);
    cuts.push_back(stream.size());
    std::size_t begin = 0;
    for (const std::size_t cut : cuts) {
      rest += stream.substr(begin, cut - begin);
      begin = cut;
      take_frames(decoder);
    }
  }

  void take_frames(frame_decoder& decoder) {
    while (error == errc{}) {
      const decoded got = decoder.decode(bytes_of(rest));
      error = got.error;
      if (got.state != status::frame)
        return;
      frames.push_back(text_of(got.payload));
      rest.erase(0, got.consumed);
    }
  }
};

// -- names ----------------------------------------------------------------------------------------

TEST(framing, names_and_framings_map_to_each_other) {
  for (const framing kind : all_framings) {
    framing parsed{};
    EXPECT_TRUE(parse_framing(to_string(kind), parsed));
    EXPECT_EQ(parsed, kind);
  }
}

TEST(framing, an_unknown_name_is_refused_and_leaves_the_output_alone) {
  framing parsed = framing::length32;
  for (const char* name : {"", "RAW", "lines", "delimite", "length32 "})
    EXPECT_FALSE(parse_framing(name, parsed)) << name;
  EXPECT_EQ(parsed, framing::length32);
}

// -- the bytes on the wire ------------------------------------------------------------------------

TEST(framing, writes_the_documented_bytes_around_a_payload) {
  EXPECT_EQ(on_the_wire(framing::raw, "ab"), "ab");
  EXPECT_EQ(on_the_wire(framing::line, "ab"), "ab\n");
  EXPECT_EQ(on_the_wire(framing::delimited, "ab"), "\x02"s + "ab");
  EXPECT_EQ(on_the_wire(framing::length32, "ab"), "\0\0\0\x02"s + "ab");
  EXPECT_EQ(on_the_wire(framing::delimited, payload_of(300)), "\xac\x02" + payload_of(300));
}

TEST(framing, the_longest_length_takes_five_bytes_of_varint_and_four_big_endian) {
  constexpr std::size_t longest = std::numeric_limits<std::uint32_t>::max();
  const frame_envelope varint_length = encode_frame(framing::delimited, longest);
  EXPECT_EQ(varint_length.prefix_bytes, 5);
  EXPECT_EQ(text_of(varint_length.prefix), "\xff\xff\xff\xff\x0f");
  const frame_envelope big_endian = encode_frame(framing::length32, 0x01020304);
  EXPECT_EQ(big_endian.prefix_bytes, 4);
  EXPECT_EQ(text_of(big_endian.prefix), "\x01\x02\x03\x04\0"s);
}

TEST(framing, every_length_around_a_varint_boundary_comes_back) {
  for (const std::size_t size : {0, 1, 2, 127, 128, 129, 255, 256, 16383, 16384, 65535, 65536})
    for (const framing kind : {framing::line, framing::delimited, framing::length32})
      expect_frame(kind, on_the_wire(kind, payload_of(size)), payload_of(size), 65536);
}

// -- verdicts common to the framings --------------------------------------------------------------

TEST(framing, nothing_needs_more) {
  expect_more(framing::raw, "", 1);
  expect_more(framing::line, "", 1);
  expect_more(framing::delimited, "", 1);
  expect_more(framing::length32, "", 4);
}

TEST(framing, a_frame_of_zero_bytes_is_valid) {
  expect_frame(framing::line, "\n", "");
  expect_frame(framing::line, "\r\n", "");
  expect_frame(framing::delimited, "\0"s, "");
  expect_frame(framing::length32, "\0\0\0\0"s, "");
}

TEST(framing, a_frame_of_zero_bytes_is_valid_when_the_limit_is_zero) {
  expect_frame(framing::line, "\r\n", "", 0);
  expect_frame(framing::delimited, "\0"s, "", 0);
  expect_frame(framing::length32, "\0\0\0\0"s, "", 0);
  expect_error(framing::line, "x", errc::frame_too_large, 0);
  expect_error(framing::delimited, "\x01", errc::frame_too_large, 0);
  expect_error(framing::length32, "\0\0\0\x01"s, errc::frame_too_large, 0);
}

TEST(framing, the_payload_is_a_view_of_the_input) {
  const std::string input = "\x02"s + "ab";
  const decoded got = decode_once(framing::delimited, input);
  EXPECT_EQ(reinterpret_cast<const char*>(got.payload.data()), input.data() + 1);
}

TEST(framing, takes_only_the_first_of_several_frames) {
  for (const framing kind : {framing::line, framing::delimited, framing::length32}) {
    const std::string first = on_the_wire(kind, "ab");
    const std::string input = first + on_the_wire(kind, "c");
    const decoded got = decode_once(kind, input);
    EXPECT_EQ(text_of(got.payload), "ab");
    EXPECT_EQ(got.consumed, first.size());
  }
}

TEST(framing, a_length_of_the_maximum_is_valid_and_one_more_is_too_large) {
  for (const framing kind : {framing::line, framing::delimited, framing::length32}) {
    expect_frame(kind, on_the_wire(kind, payload_of(300)), payload_of(300));
    expect_error(kind, on_the_wire(kind, payload_of(301)), errc::frame_too_large);
  }
}

TEST(framing, a_frame_truncated_at_any_byte_needs_exactly_what_is_missing) {
  for (const framing kind : {framing::delimited, framing::length32}) {
    const std::string whole = on_the_wire(kind, payload_of(200));
    const std::size_t prefix = whole.size() - 200;
    for (std::size_t size = 0; size < whole.size(); ++size) {
      const std::size_t length_missing = kind == framing::delimited ? 1 : prefix - size;
      expect_more(kind, whole.substr(0, size),
                  size < prefix ? length_missing : whole.size() - size);
    }
    expect_frame(kind, whole, payload_of(200));
  }
}

TEST(framing, a_line_truncated_at_any_byte_needs_more) {
  const std::string whole = payload_of(200) + "\r\n";
  for (std::size_t size = 0; size < whole.size(); ++size)
    expect_more(framing::line, whole.substr(0, size), 1);
}

TEST(framing, any_one_or_two_cuts_give_the_same_frames) {
  const std::vector<std::string> payloads = {"", "a", payload_of(130), "", "bc"};
  for (const framing kind : {framing::line, framing::delimited, framing::length32}) {
    std::string stream;
    for (const std::string& payload : payloads)
      stream += on_the_wire(kind, payload);
    for (std::size_t first = 0; first <= stream.size(); ++first) {
      for (std::size_t second = first; second <= stream.size(); ++second) {
        const fed_in_pieces got(kind, stream, {first, second});
        ASSERT_EQ(got.frames, payloads) << to_string(kind) << ' ' << first << ' ' << second;
        ASSERT_EQ(got.rest, "");
        ASSERT_EQ(got.error, errc{});
      }
    }
  }
}

TEST(framing, a_stream_fed_byte_by_byte_gives_the_same_frames) {
  const std::vector<std::string> payloads = {payload_of(300), "", payload_of(128)};
  for (const framing kind : {framing::line, framing::delimited, framing::length32}) {
    std::string stream;
    for (const std::string& payload : payloads)
      stream += on_the_wire(kind, payload);
    std::vector<std::size_t> cuts(stream.size());
    for (std::size_t i = 0; i < cuts.size(); ++i)
      cuts[i] = i;
    EXPECT_EQ(fed_in_pieces(kind, stream, cuts).frames, payloads) << to_string(kind);
  }
}

TEST(framing, errors_do_not_depend_on_where_the_stream_is_cut) {
  struct bad_stream {
    framing kind;
    std::string bytes;
    errc error;
  };
  const bad_stream streams[] = {
      {framing::line, "ok\n" + payload_of(301) + "\n", errc::frame_too_large},
      {framing::line, "ok\n" + payload_of(300) + "\r\r\n", errc::frame_too_large},
      {framing::delimited, "\x02ok" + varint(301) + "x", errc::frame_too_large},
      {framing::delimited, "\x02ok\xff\xff\xff\xff\xff\x01", errc::frame_malformed},
      {framing::length32, "\0\0\0\x02ok\0\0\x01\x2d"s, errc::frame_too_large},
  };
  for (const bad_stream& bad : streams) {
    for (std::size_t cut = 0; cut <= bad.bytes.size(); ++cut) {
      const fed_in_pieces got(bad.kind, bad.bytes, {cut});
      EXPECT_EQ(got.frames, std::vector<std::string>{"ok"}) << to_string(bad.kind) << ' ' << cut;
      EXPECT_EQ(got.error, bad.error) << to_string(bad.kind) << ' ' << cut;
    }
  }
}

TEST(framing, a_lowered_limit_applies_to_the_frame_that_began_before) {
  for (const framing kind : {framing::line, framing::delimited, framing::length32}) {
    frame_decoder decoder(kind, frame_bytes_max);
    const std::string input = on_the_wire(kind, payload_of(200)).substr(0, 150);
    EXPECT_EQ(decoder.decode(bytes_of(input)).state, status::need_more);
    decoder.set_frame_bytes_max(100);
    EXPECT_EQ(decoder.decode(bytes_of(input)).error, errc::frame_too_large);
  }
}

TEST(framing, a_raised_limit_lets_longer_frames_pass) {
  for (const framing kind : {framing::line, framing::delimited, framing::length32}) {
    frame_decoder decoder(kind, 4);
    decoder.set_frame_bytes_max(300);
    const std::string input = on_the_wire(kind, payload_of(300));
    EXPECT_EQ(decoder.decode(bytes_of(input)).consumed, input.size());
  }
}

// -- raw ------------------------------------------------------------------------------------------

TEST(framing, raw_gives_whatever_arrived) {
  expect_frame(framing::raw, "a", "a");
  expect_frame(framing::raw, "\0\n\xff"s, "\0\n\xff"s);
}

TEST(framing, raw_gives_pieces_of_at_most_the_limit) {
  const std::string input = payload_of(301);
  const decoded got = decode_once(framing::raw, input);
  EXPECT_EQ(text_of(got.payload), payload_of(300));
  EXPECT_EQ(got.consumed, 300U);
  EXPECT_EQ(decode_once(framing::raw, "ab", 0).consumed, 1U);
}

}  // namespace
}  // namespace actornet::net
