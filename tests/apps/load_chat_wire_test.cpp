#include "chat_wire.hpp"

#include <gtest/gtest.h>

#include <string>

#include "actornet/chat/v1/chat.pb.h"
#include "chat_text.hpp"

namespace actornet::load {
namespace {

using chat::v1::Event;

Event message_event() {
  Event event;
  chat::v1::Message& message = *event.mutable_message();
  message.set_room("room");
  message.mutable_position()->set_epoch(1'790'000'000'000);
  message.mutable_position()->set_offset(300);
  message.set_user("ada");
  message.set_id("id");
  message.set_time_ms(1'790'000'000'000);
  message.set_text(std::string(200, 'x'));
  return event;
}

TEST(load_chat_wire, a_message_is_read_as_protobuf_writes_it) {
  const std::string bytes = message_event().SerializeAsString();
  const auto envelope = read_envelope(bytes);
  ASSERT_TRUE(envelope);
  EXPECT_EQ(envelope->request, 0u);
  ASSERT_EQ(envelope->kind, chat_kind::message);
  const auto delivery = read_delivery(envelope->content);
  ASSERT_TRUE(delivery);
  EXPECT_EQ(delivery->position.epoch, 1'790'000'000'000u);
  EXPECT_EQ(delivery->position.offset, 300u);
  EXPECT_EQ(delivery->id, "id");
  EXPECT_EQ(delivery->text, std::string(200, 'x'));
}

TEST(load_chat_wire, every_kind_is_told_apart) {
  const auto kind_of = [](auto fill) {
    Event event;
    event.set_request(70'000);
    fill(event);
    const std::string bytes = event.SerializeAsString();
    const auto envelope = read_envelope(bytes);
    EXPECT_TRUE(envelope);
    EXPECT_EQ(envelope->request, 70'000u);
    return envelope->kind;
  };
  EXPECT_EQ(kind_of([](Event& event) { event.mutable_welcome(); }), chat_kind::welcome);
  EXPECT_EQ(kind_of([](Event& event) { event.mutable_joined(); }), chat_kind::joined);
  EXPECT_EQ(kind_of([](Event& event) { event.mutable_published(); }), chat_kind::published);
  EXPECT_EQ(kind_of([](Event& event) { event.mutable_failed(); }), chat_kind::failed);
  EXPECT_EQ(kind_of([](Event& event) { event.mutable_gap(); }), chat_kind::gap);
  EXPECT_EQ(kind_of([](Event& event) { event.mutable_draining(); }), chat_kind::draining);
  EXPECT_EQ(kind_of([](Event& event) { event.mutable_presence(); }), chat_kind::other);
  EXPECT_EQ(kind_of([](Event& event) { event.mutable_typing(); }), chat_kind::other);
}

TEST(load_chat_wire, what_is_cut_is_malformed_or_another_message_but_never_read_beyond) {
  const std::string whole = message_event().SerializeAsString();
  for (std::size_t size = 1; size < whole.size(); ++size)
    EXPECT_FALSE(read_envelope(std::string(whole, 0, size))) << size;
  const std::string content = message_event().message().SerializeAsString();
  for (std::size_t size = 0; size < content.size(); ++size)
    read_delivery(std::string(content, 0, size));
}

TEST(load_chat_wire, wire_types_that_the_protocol_has_not_are_malformed) {
  EXPECT_FALSE(read_envelope(std::string("\x0d\x01\x02\x03\x04", 5)));  // fixed32
  EXPECT_FALSE(read_envelope(std::string(12, '\xff')));                 // a varint of 12 bytes
  EXPECT_TRUE(read_envelope(""));
}

TEST(load_chat_text, a_text_tells_when_it_was_due) {
  for (const std::size_t bytes : {std::size_t{16}, std::size_t{128}}) {
    chat_text texts(bytes);
    const net::time_point due(net::duration(1'234'567'890'123));
    const std::string text(texts.text(due));
    EXPECT_EQ(text.size(), bytes);
    EXPECT_EQ(texts.due(text), due);
  }
}

TEST(load_chat_text, another_text_is_none_of_ours) {
  chat_text texts(128);
  const std::string text(texts.text(net::time_point(net::duration(5))));
  for (std::size_t at = 0; at < text.size(); ++at) {
    std::string other = text;
    other[at] = '!';
    EXPECT_FALSE(texts.due(other)) << at;
  }
  EXPECT_FALSE(texts.due(text + " "));
  EXPECT_FALSE(texts.due(""));
}

TEST(load_chat_text, an_id_is_a_number) {
  chat_text texts(16);
  const std::uint64_t number = std::uint64_t{7} << 32 | 12;
  const std::string id(texts.id(number));
  EXPECT_EQ(id.size(), chat_text::id_bytes);
  EXPECT_EQ(chat_text::number(id), number);
  EXPECT_FALSE(chat_text::number("somebody else's message"));
  EXPECT_FALSE(chat_text::number("load-000000000000000g"));
}

}  // namespace
}  // namespace actornet::load
