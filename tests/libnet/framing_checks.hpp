#pragma once

#include <gtest/gtest.h>

#include <string>

#include "actornet/net/framing.hpp"

/// What the tests of the framings share: input as text and one line for each verdict.
namespace actornet::net::framing_checks {

using status = frame_decoder::status;
using decoded = frame_decoder::decoded;

inline constexpr std::uint32_t frame_bytes_max = 300;  // two bytes of varint
inline constexpr framing all_framings[] = {framing::raw, framing::line, framing::delimited,
                                           framing::length32};

inline std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

inline std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

inline std::string on_the_wire(framing kind, const std::string& payload) {
  const frame_envelope around = encode_frame(kind, payload.size());
  return text_of(std::span(around.prefix).first(around.prefix_bytes)) + payload +
         std::string(around.suffix_bytes, '\n');
}

inline std::string varint(std::uint64_t value) {
  std::string text;
  for (; value >= 0x80; value >>= 7)
    text += static_cast<char>(value | 0x80);
  return text + static_cast<char>(value);
}

/// A line of bytes that has neither '\n' nor '\r'.
inline std::string payload_of(std::size_t size) {
  std::string text(size, 'x');
  for (std::size_t i = 0; i < size; ++i)
    text[i] = static_cast<char>('a' + i % 23);
  return text;
}

inline decoded decode_once(framing kind, std::string_view input,
                           std::uint32_t max = frame_bytes_max) {
  return frame_decoder(kind, max).decode(bytes_of(input));
}

inline void expect_frame(framing kind, const std::string& input, const std::string& payload,
                         std::uint32_t max = frame_bytes_max) {
  const decoded got = decode_once(kind, input, max);
  ASSERT_EQ(got.state, status::frame);
  EXPECT_EQ(text_of(got.payload), payload);
  EXPECT_EQ(got.consumed, input.size());
}

inline void expect_more(framing kind, const std::string& input, std::size_t missing) {
  const decoded got = decode_once(kind, input);
  ASSERT_EQ(got.state, status::need_more);
  EXPECT_EQ(got.missing, missing);
}

inline void expect_error(framing kind, const std::string& input, errc error,
                         std::uint32_t max = frame_bytes_max) {
  const decoded got = decode_once(kind, input, max);
  ASSERT_EQ(got.state, status::error);
  EXPECT_EQ(got.error, error);
}

}  // namespace actornet::net::framing_checks
