#include "chat_text.hpp"

#include <charconv>

namespace actornet::load {

namespace {

constexpr std::string_view prefix = "load-";
constexpr std::size_t digits = 16;
constexpr std::string_view filler = "abcdefghijklmnopqrstuvwxyz ";

void put_number(char* at, std::uint64_t number) noexcept {
  for (std::size_t i = digits; i-- > 0; number >>= 4)
    at[i] = "0123456789abcdef"[number & 15];
}

std::optional<std::uint64_t> take_number(const char* at) noexcept {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(at, at + digits, number, 16);
  return error == std::errc() && end == at + digits ? std::optional(number) : std::nullopt;
}

}  // namespace

chat_text::chat_text(std::size_t bytes)
    : text_(bytes, '0'), id_(std::string(prefix) + std::string(digits, '0')) {
  for (std::size_t i = digits; i < bytes; ++i)
    text_[i] = filler[i % filler.size()];
}

std::string_view chat_text::text(net::time_point due) {
  put_number(text_.data(), static_cast<std::uint64_t>(due.time_since_epoch().count()));
  return text_;
}

std::optional<net::time_point> chat_text::due(std::string_view text) const noexcept {
  if (text.size() != text_.size() || text.substr(digits) != std::string_view(text_).substr(digits))
    return std::nullopt;
  const auto number = take_number(text.data());
  if (!number)
    return std::nullopt;
  return net::time_point(net::duration(static_cast<net::duration::rep>(*number)));
}

std::string_view chat_text::id(std::uint64_t number) {
  put_number(id_.data() + prefix.size(), number);
  return id_;
}

std::optional<std::uint64_t> chat_text::number(std::string_view id) noexcept {
  if (id.size() != id_bytes || !id.starts_with(prefix))
    return std::nullopt;
  return take_number(id.data() + prefix.size());
}

}  // namespace actornet::load
