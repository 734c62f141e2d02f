#include "actornet/proto/json.hpp"

#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>

#include <exception>
#include <string_view>

#include "actornet/proto/log_sink.hpp"

namespace actornet::proto {

namespace {

namespace util = google::protobuf::util;
using google::protobuf::Message;
using google::protobuf::MessageLite;

// As in codec.cpp: a program may use one of both only.
[[maybe_unused]] const bool log_is_routed = (detail::route_protobuf_log(), true);

// protobuf's parser bounds the nesting of messages, but not that of lists in a `Value`, which cost
// it 400 bytes a bracket. It takes strings in single quotes, too.
bool is_too_nested(std::string_view text) noexcept {
  std::size_t depth = 0;
  char quote = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote != 0) {
      if (c == '\\')
        ++i;
      else if (c == quote)
        quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '{' || c == '[') {
      if (++depth > json_nesting_max)
        return true;
    } else if ((c == '}' || c == ']') && depth > 0) {
      --depth;
    }
  }
  return false;
}

// It throws what its checks find.
bool parsed(std::string_view text, Message& into) {
  util::JsonParseOptions options;
  options.ignore_unknown_fields = true;
  try {
    return util::JsonStringToMessage({text.data(), text.size()}, &into, options).ok();
  } catch (const google::protobuf::FatalException&) {
    return false;
  }
}

bool written(const Message& message, std::string& into) {
  try {
    return message.IsInitialized() && util::MessageToJsonString(message, &into).ok() &&
           !into.empty();
  } catch (const google::protobuf::FatalException&) {
    return false;
  }
}

}  // namespace

codec_error decode_json(std::span<const std::byte> text, MessageLite& into, std::size_t bytes_max) {
  into.Clear();
  if (text.size() > bytes_max)
    return codec_error::too_large;
  auto* const described = dynamic_cast<Message*>(&into);
  if (!described)
    return codec_error::no_json;
  const std::string_view view(reinterpret_cast<const char*>(text.data()), text.size());
  if (!is_too_nested(view) && parsed(view, *described))
    return codec_error::none;
  into.Clear();  // nobody shall see half a message
  return codec_error::malformed;
}

codec_error encode_json(const MessageLite& message, std::string& into) {
  into.clear();
  const auto* const described = dynamic_cast<const Message*>(&message);
  if (!described)
    return codec_error::no_json;
  if (written(*described, into))
    return codec_error::none;
  into.clear();
  return codec_error::malformed;
}

}  // namespace actornet::proto
