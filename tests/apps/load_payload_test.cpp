#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "payload_pattern.hpp"

namespace actornet::load {
namespace {

using bytes = std::vector<std::byte>;

bytes payload_of(const payload_pattern& pattern, std::uint64_t connection, std::uint64_t sequence) {
  bytes out(pattern.bytes());
  pattern.write(connection, sequence, 0, out);
  return out;
}

std::string text_of(const bytes& payload) {
  return {reinterpret_cast<const char*>(payload.data()), payload.size()};
}

const std::size_t interesting_sizes[] = {0,  1,  2,  3,  7,  8,  9,   15,  16,  17,   23,  24,
                                         31, 32, 33, 40, 63, 64, 100, 511, 512, 1000, 1025};

TEST(payload_pattern, a_payload_begins_with_connection_and_sequence_number) {
  const bytes payload = payload_of({24, alphabet::binary}, 0x0102030405060708, 0x1112131415161718);
  EXPECT_EQ(text_of(payload).substr(0, 16),
            std::string("\x08\x07\x06\x05\x04\x03\x02\x01\x18\x17\x16\x15\x14\x13\x12\x11"));
}

TEST(payload_pattern, a_line_begins_with_both_in_hexadecimal) {
  const bytes payload = payload_of({40, alphabet::text}, 0x0102030405060708, 0xfedcba9876543210);
  EXPECT_EQ(text_of(payload).substr(0, 32), "0102030405060708fedcba9876543210");
}

TEST(payload_pattern, a_line_holds_no_line_break) {
  for (const std::size_t size : interesting_sizes) {
    const payload_pattern pattern(size, alphabet::text);
    for (std::uint64_t sequence = 0; sequence < 100; ++sequence)
      EXPECT_EQ(text_of(payload_of(pattern, 3, sequence)).find_first_of("\r\n"), std::string::npos);
  }
}

TEST(payload_pattern, what_was_written_matches) {
  for (const alphabet letters : {alphabet::binary, alphabet::text}) {
    for (const std::size_t size : interesting_sizes) {
      const payload_pattern pattern(size, letters);
      EXPECT_EQ(pattern.matching(7, 9, 0, payload_of(pattern, 7, 9)), size);
    }
  }
}

TEST(payload_pattern, any_part_is_the_same_as_in_the_whole) {
  for (const alphabet letters : {alphabet::binary, alphabet::text}) {
    const payload_pattern pattern(75, letters);
    const bytes whole = payload_of(pattern, 5, 6);
    for (std::size_t begin = 0; begin <= whole.size(); ++begin) {
      for (std::size_t end = begin; end <= whole.size(); ++end) {
        bytes part(end - begin);
        pattern.write(5, 6, begin, part);
        EXPECT_TRUE(std::ranges::equal(part, std::span(whole).subspan(begin, part.size())));
        EXPECT_EQ(pattern.matching(5, 6, begin, part), part.size());
      }
    }
  }
}

TEST(payload_pattern, every_single_wrong_bit_is_found_where_it_is) {
  for (const alphabet letters : {alphabet::binary, alphabet::text}) {
    for (const std::size_t size : interesting_sizes) {
      const payload_pattern pattern(size, letters);
      bytes payload = payload_of(pattern, 1, 2);
      for (std::size_t at = 0; at < size; ++at) {
        for (unsigned bit = 0; bit < 8; ++bit) {
          payload[at] ^= static_cast<std::byte>(1u << bit);
          EXPECT_EQ(pattern.matching(1, 2, 0, payload), at);
          payload[at] ^= static_cast<std::byte>(1u << bit);
        }
      }
    }
  }
}

TEST(payload_pattern, another_message_or_connection_never_matches_from_eight_bytes_on) {
  for (const alphabet letters : {alphabet::binary, alphabet::text}) {
    for (const std::size_t size : interesting_sizes) {
      if (size < 8)
        continue;
      const payload_pattern pattern(size, letters);
      const bytes payload = payload_of(pattern, 1, 2);
      for (std::uint64_t other = 3; other < 500; ++other) {
        EXPECT_LT(pattern.matching(1, other, 0, payload), size);
        EXPECT_LT(pattern.matching(other, 2, 0, payload), size);
        EXPECT_LT(pattern.matching(2, 1, 0, payload), size);
      }
    }
  }
}

TEST(payload_pattern, even_one_byte_differs_between_most_messages) {
  for (const alphabet letters : {alphabet::binary, alphabet::text}) {
    const payload_pattern pattern(1, letters);
    const bytes payload = payload_of(pattern, 0, 0);
    int same = 0;
    for (std::uint64_t sequence = 1; sequence <= 6400; ++sequence)
      same += pattern.matching(0, sequence, 0, payload) == 1;
    EXPECT_LT(same, letters == alphabet::binary ? 50 : 150);  // expected: 25 and 100
  }
}

}  // namespace
}  // namespace actornet::load
