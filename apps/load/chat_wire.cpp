#include "chat_wire.hpp"

namespace actornet::load {

namespace {

// Fields of chat.proto.
constexpr std::uint32_t event_request = 1;
constexpr std::uint32_t message_position = 2;
constexpr std::uint32_t message_id = 4;
constexpr std::uint32_t message_text = 6;
constexpr std::uint32_t position_epoch = 1;
constexpr std::uint32_t position_offset = 2;

// Walks over the fields of a message. Both ways a varint comes first: a number, or a length.
class field_reader {
 public:
  explicit field_reader(std::string_view bytes) noexcept : rest_(bytes) {}

  // False at the end, and when what follows is malformed.
  bool next() noexcept {
    std::uint64_t tag = 0;
    if (rest_.empty() || !take(tag))
      return false;
    number_ = static_cast<std::uint32_t>(tag >> 3);
    switch (tag & 7) {
      case 0:
        content_ = {};
        return take(value_);
      case 2:
        if (!take(value_) || value_ > rest_.size())
          return fail();
        content_ = rest_.substr(0, value_);
        rest_.remove_prefix(value_);
        return true;
      default:
        return fail();  // chat.proto has no fixed numbers
    }
  }

  bool good() const noexcept { return good_; }
  std::uint32_t number() const noexcept { return number_; }
  std::uint64_t value() const noexcept { return value_; }
  std::string_view content() const noexcept { return content_; }

 private:
  bool fail() noexcept { return good_ = false; }

  bool take(std::uint64_t& into) noexcept {
    into = 0;
    for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      into |= std::uint64_t{byte & 0x7fu} << shift;
      if (byte < 0x80)
        return true;
    }
    return fail();
  }

  std::string_view rest_;
  std::string_view content_;
  std::uint64_t value_ = 0;
  std::uint32_t number_ = 0;
  bool good_ = true;
};

chat_kind kind_of(std::uint32_t number) noexcept {
  for (const chat_kind known :
       {chat_kind::welcome, chat_kind::joined, chat_kind::published, chat_kind::failed,
        chat_kind::message, chat_kind::gap, chat_kind::draining})
    if (number == static_cast<std::uint32_t>(known))
      return known;
  return chat_kind::other;
}

template <class Value>
std::optional<Value> when_good(const field_reader& reader, const Value& value) {
  return reader.good() ? std::optional(value) : std::nullopt;
}

std::optional<chat_position> position_of(std::string_view bytes) {
  chat_position position;
  field_reader fields(bytes);
  while (fields.next()) {
    if (fields.number() == position_epoch)
      position.epoch = fields.value();
    else if (fields.number() == position_offset)
      position.offset = fields.value();
  }
  return when_good(fields, position);
}

}  // namespace

std::optional<chat_envelope> read_envelope(std::string_view event) {
  chat_envelope envelope;
  field_reader fields(event);
  while (fields.next()) {
    if (fields.number() == event_request) {
      envelope.request = static_cast<std::uint32_t>(fields.value());
    } else {
      envelope.kind = kind_of(fields.number());
      envelope.content = fields.content();
    }
  }
  return when_good(fields, envelope);
}

std::optional<chat_delivery> read_delivery(std::string_view message) {
  chat_delivery delivery;
  field_reader fields(message);
  while (fields.next()) {
    switch (fields.number()) {
      case message_position: {
        const auto position = position_of(fields.content());
        if (!position)
          return std::nullopt;
        delivery.position = *position;
        break;
      }
      case message_id:
        delivery.id = fields.content();
        break;
      case message_text:
        delivery.text = fields.content();
        break;
      default:
        break;
    }
  }
  return when_good(fields, delivery);
}

}  // namespace actornet::load
