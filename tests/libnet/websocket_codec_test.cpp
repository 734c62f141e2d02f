#include "actornet/net/websocket_codec.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "actornet/net/framing.hpp"
#include "framing_checks.hpp"

namespace actornet::net {
namespace {

using namespace std::string_literals;
using framing_checks::on_the_wire;
using framing_checks::text_of;
using status = filter::status;
using bytes = std::vector<std::byte>;

bytes bytes_of(std::string_view text) {
  const auto view = std::as_bytes(std::span(text));
  return {view.begin(), view.end()};
}

constexpr websocket_rules server{};
constexpr websocket_rules text_server{.kind = websocket_rules::data::text};

std::uint64_t key_of_the_rfc(void*) {
  return 0x3d21fa37;  // 37 fa 21 3d, as in section 5.7
}
constexpr websocket_rules client{.role = websocket_rules::side::client, .random = key_of_the_rfc};
constexpr websocket_rules text_client{.role = websocket_rules::side::client,
                                      .kind = websocket_rules::data::text,
                                      .random = key_of_the_rfc};

/// A client's frame: masked with a key of zeros, which changes nothing.
std::string frame(unsigned head, std::string_view payload) {
  std::string made(1, static_cast<char>(head));
  if (payload.size() < 126)
    made += static_cast<char>(0x80 | payload.size());
  else
    made += "\xfe"s + static_cast<char>(payload.size() >> 8) + static_cast<char>(payload.size());
  return made + "\0\0\0\0"s + std::string(payload);
}

struct heard {
  filter::outcome last;
  std::string plain;
  std::string wire;
};

heard hear(websocket_codec& by, std::string_view input, std::size_t piece = std::string::npos) {
  bytes plain;
  bytes wire;
  heard all;
  while (!input.empty() && all.last.state == status::ok) {
    all.last = by.received(bytes_of(input.substr(0, piece)), plain, wire);
    input.remove_prefix(std::min(piece, input.size()));
  }
  all.plain = text_of(plain);
  all.wire = text_of(wire);
  return all;
}

/// The same, however the bytes come.
heard hear(const websocket_rules& rules, std::string_view input) {
  websocket_codec whole(rules);
  const heard all = hear(whole, input);
  for (std::size_t piece = 1; piece < std::min<std::size_t>(input.size(), 20); ++piece) {
    websocket_codec split(rules);
    const heard same = hear(split, input, piece);
    EXPECT_EQ(same.last.state, all.last.state) << "pieces of " << piece;
    EXPECT_EQ(same.last.error, all.last.error) << "pieces of " << piece;
    EXPECT_EQ(same.wire, all.wire) << "pieces of " << piece;
    if (all.last.state == status::ok) {
      EXPECT_EQ(same.plain, all.plain) << "pieces of " << piece;
    }
  }
  return all;
}

std::string say(const websocket_rules& rules, std::string_view delimited,
                std::size_t piece = std::string::npos) {
  websocket_codec by(rules);
  bytes wire;
  for (; !delimited.empty(); delimited.remove_prefix(std::min(piece, delimited.size())))
    by.sending(bytes_of(delimited.substr(0, piece)), wire);
  return text_of(wire);
}

std::string closing(unsigned code) {
  return "\x88\x02"s + static_cast<char>(code >> 8) + static_cast<char>(code);
}

// -- messages -------------------------------------------------------------------------------------

TEST(websocket_codec, the_examples_of_the_rfc) {
  EXPECT_EQ(hear(text_client, "\x81\x05Hello").plain, "\x05Hello");
  EXPECT_EQ(hear(text_server, "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58").plain, "\x05Hello");
  EXPECT_EQ(hear(text_client, "\x01\x03Hel\x80\x02lo").plain, "\x05Hello");
  EXPECT_EQ(hear(text_client, "\x89\x05Hello").wire,
            "\x8a\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58");
  EXPECT_EQ(say(text_client, "\x05Hello"), "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58");
  EXPECT_EQ(say(text_server, "\x05Hello"), "\x81\x05Hello");
}

TEST(websocket_codec, lengths_in_one_three_and_nine_bytes) {
  for (const std::size_t size : {0u, 1u, 125u, 126u, 127u, 128u, 65535u, 65536u, 70000u}) {
    websocket_rules from = client;
    websocket_rules to = server;
    from.message_bytes_max = to.message_bytes_max = 70000;
    const std::string message = on_the_wire(framing::delimited, std::string(size, 'x'));
    const std::string wire = say(from, message);
    EXPECT_EQ(wire.size(), size + (size < 126 ? 6u : size < 65536 ? 8u : 14u));
    EXPECT_EQ(say(from, message, 1), wire) << "cut anywhere";
    websocket_codec receiver(to);
    EXPECT_EQ(hear(receiver, wire, 999).plain, message) << size;
  }
}

TEST(websocket_codec, fragments_make_one_message_with_control_frames_between_them) {
  const heard all = hear(server, frame(0x02, "a") + frame(0x89, "p") + frame(0x00, "") +
                                     frame(0x8a, "unasked") + frame(0x80, "b") + frame(0x82, "c"));
  EXPECT_EQ(all.last.state, status::ok);
  EXPECT_EQ(all.plain, "\x02"s + "ab" + "\x01"s + "c");
  EXPECT_EQ(all.wire, "\x8a\x01p");
}

TEST(websocket_codec, answers_do_not_come_into_the_middle_of_a_frame) {
  websocket_codec by(server);
  bytes wire;
  by.sending(bytes_of("\x04"s + "ab"), wire);
  bytes plain;
  by.received(bytes_of(frame(0x89, "1") + frame(0x89, "2")), plain, wire);
  by.close(websocket_close::going_away, "later", wire);
  by.sending(bytes_of("cd\x01x"), wire);
  EXPECT_EQ(text_of(wire), "\x82\x04"s + "abcd" + "\x8a\x01"s + "2" + "\x88\x07\x03\xe9later");
}

// -- ends -----------------------------------------------------------------------------------------

TEST(websocket_codec, a_close_is_answered_with_its_code_and_ends_the_stream) {
  websocket_codec by(server);
  const heard all = hear(by, frame(0x82, "a") +
                                 frame(0x88,
                                       "\x03\xe9"
                                       "bye") +
                                 frame(0x82, "b"));
  EXPECT_EQ(all.last.state, status::end);
  EXPECT_EQ(all.plain, "\x01"s + "a");
  EXPECT_EQ(all.wire, "") << "what was asked before is answered first";
  EXPECT_EQ(by.peer_close_code(), 1001);
  bytes wire;
  by.sending(bytes_of("\x01y"), wire);
  by.close(websocket_close::normal, "not said", wire);
  EXPECT_EQ(text_of(wire), "\x82\x01y" + closing(1001));
  wire.clear();
  by.sending(bytes_of("\x01x"), wire);
  by.ping(wire);
  by.close(websocket_close::normal, {}, wire);
  EXPECT_TRUE(wire.empty()) << "nothing follows a close frame";
}

TEST(websocket_codec, a_close_without_code_is_answered_without_one) {
  websocket_codec by(server);
  hear(by, frame(0x88, ""));
  bytes wire;
  by.close(websocket_close::normal, {}, wire);
  EXPECT_EQ(text_of(wire), "\x88\0"s);
  EXPECT_EQ(by.peer_close_code(), 1005);
}

TEST(websocket_codec, a_close_of_ours_is_not_repeated_when_the_peer_answers) {
  websocket_codec by(server);
  bytes wire;
  by.close(websocket_close::normal, {}, wire);
  EXPECT_EQ(text_of(wire), closing(1000));
  const heard all = hear(by, frame(0x82, "still sent") + frame(0x89, "") + frame(0x88, "\x03\xe8"));
  EXPECT_EQ(all.last.state, status::end);
  EXPECT_EQ(all.plain, "\x0astill sent");
  EXPECT_EQ(all.wire, "");
}

TEST(websocket_codec, codes_that_may_not_stand_in_a_close_frame) {
  for (const unsigned code :
       {0u, 999u, 1004u, 1005u, 1006u, 1015u, 1016u, 1100u, 2000u, 2999u, 5000u, 65535u})
    EXPECT_EQ(hear(server, frame(0x88, closing(code).substr(2))).wire, closing(1002)) << code;
  for (const unsigned code :
       {1000u, 1001u, 1002u, 1003u, 1007u, 1011u, 1014u, 3000u, 3999u, 4000u, 4999u})
    EXPECT_EQ(hear(server, frame(0x88, closing(code).substr(2))).last.state, status::end) << code;
}

// -- bad input ------------------------------------------------------------------------------------

struct broken {
  const char* what;
  std::string input;
  unsigned code;
  errc error;
};

class websocket_codec_refuses : public ::testing::TestWithParam<broken> {};

TEST_P(websocket_codec_refuses, with_the_code_of_the_rfc) {
  const broken& each = GetParam();
  const heard all = hear(text_server, each.input + frame(0x81, "ignored"));
  EXPECT_EQ(all.last.state, status::error);
  EXPECT_EQ(all.last.error, each.error);
  EXPECT_EQ(all.wire, closing(each.code));
}

const std::string unmasked = "\x81\x01x";
const std::string huge = "\x81\xff\0\0\0\0\0\x01\0\x01\0\0\0\0"s;    // 65,537 bytes
const std::string negative = "\x81\xff\x80\0\0\0\0\0\0\0\0\0\0\0"s;  // 2^63

INSTANTIATE_TEST_SUITE_P(
    all, websocket_codec_refuses,
    ::testing::Values(
        broken{"reserved_bit_1", frame(0xc1, "x"), 1002, errc::frame_malformed},
        broken{"reserved_bit_2", frame(0xa1, "x"), 1002, errc::frame_malformed},
        broken{"reserved_bit_3", frame(0x91, "x"), 1002, errc::frame_malformed},
        broken{"reserved_data_opcode", frame(0x83, "x"), 1002, errc::frame_malformed},
        broken{"reserved_control_opcode", frame(0x8b, "x"), 1002, errc::frame_malformed},
        broken{"no_mask", unmasked, 1002, errc::frame_malformed},
        broken{"continuation_of_nothing", frame(0x80, "x"), 1002, errc::frame_malformed},
        broken{"message_within_a_message", frame(0x01, "x") + frame(0x81, "y"), 1002,
               errc::frame_malformed},
        broken{"fragmented_ping", frame(0x09, "x"), 1002, errc::frame_malformed},
        broken{"long_ping", frame(0x89, std::string(126, 'x')), 1002, errc::frame_malformed},
        broken{"length_16_of_1", "\x81\xfe\0\x01\0\0\0\0x"s, 1002, errc::frame_malformed},
        broken{"length_64_of_1", "\x81\xff\0\0\0\0\0\0\0\x01\0\0\0\0x"s, 1002,
               errc::frame_malformed},
        broken{"close_of_one_byte", frame(0x88, "x"), 1002, errc::frame_malformed},
        broken{"close_with_bad_text", frame(0x88, "\x03\xe8\xff"), 1007, errc::message_malformed},
        broken{"binary_where_text_is_spoken", frame(0x82, "x"), 1003, errc::frame_malformed},
        broken{"bad_text", frame(0x81, "a\xff"), 1007, errc::message_malformed},
        broken{"text_cut_in_a_character", frame(0x81, "\xe2\x82"), 1007, errc::message_malformed},
        broken{"bad_text_in_a_fragment", frame(0x01, "\xe2") + frame(0x80, "\x28"), 1007,
               errc::message_malformed},
        broken{"too_large", huge, 1009, errc::frame_too_large},
        broken{"longer_than_can_be", negative, 1009, errc::frame_too_large},
        broken{"too_large_in_fragments",
               frame(0x01, std::string(40'000, 'x')) + frame(0x80, std::string(30'000, 'x')), 1009,
               errc::frame_too_large}),
    [](const auto& test) { return std::string(test.param.what); });

// In one piece, too: what is refused must not look like a message.
TEST(websocket_codec, bad_text_does_not_come_out_as_a_message) {
  for (const std::string& text : {"a\xff"s, "a\xe2\x82"s}) {
    const std::string plain = hear(text_server, frame(0x81, text)).plain;
    frame_decoder decoder(framing::delimited, 100);
    EXPECT_EQ(decoder.decode(bytes_of(plain)).state, frame_decoder::status::need_more);
  }
}

TEST(websocket_codec, a_client_refuses_masked_frames) {
  EXPECT_EQ(hear(client, frame(0x82, "x")).last.error, errc::frame_malformed);
}

TEST(websocket_codec, a_server_of_binary_messages_refuses_text) {
  EXPECT_EQ(hear(server, frame(0x81, "x")).wire, closing(1003));
}

TEST(websocket_codec, a_character_may_be_cut_between_fragments) {
  EXPECT_EQ(hear(text_server, frame(0x01, "\xe2\x82") + frame(0x80, "\xac")).plain,
            "\x03\xe2\x82\xac");
}

TEST(websocket_codec, the_longest_message_is_taken) {
  websocket_rules rules = server;
  rules.message_bytes_max = 200;
  EXPECT_EQ(hear(rules, frame(0x82, std::string(200, 'x'))).last.state, status::ok);
  EXPECT_EQ(hear(rules, frame(0x82, std::string(201, 'x'))).last.error, errc::frame_too_large);
  EXPECT_EQ(hear(rules, frame(0x02, std::string(100, 'x')) + frame(0x80, std::string(100, 'x')))
                .last.state,
            status::ok);
}

}  // namespace
}  // namespace actornet::net
