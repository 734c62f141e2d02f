#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace actornet::nats::detail {

/// The member @p name of the object @p json as it stands there: a string without its quotes (but
/// with its escapes), a number's digits, an object or a list with its brackets. None when there is
/// none or it is no object as far as it was read. For the short answers of JetStream.
std::optional<std::string_view> json_member(std::string_view json, std::string_view name);

/// The same as a number; none when it is no whole one or negative.
std::optional<std::uint64_t> json_number(std::string_view json, std::string_view name);

}  // namespace actornet::nats::detail
