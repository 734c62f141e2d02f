#include "actornet/nats/message.hpp"

#include <algorithm>
#include <charconv>

namespace actornet::nats {

std::string_view message::header_value(std::string_view name) const noexcept {
  const auto found =
      std::ranges::find_if(headers, [name](const header& each) { return each.name == name; });
  return found == headers.end() ? std::string_view() : found->value;
}

int message::status() const noexcept {
  const std::string_view text = header_value("Status");
  int number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace actornet::nats
