#include "actornet/auth/algorithm.hpp"

namespace actornet::auth {

namespace {

struct named {
  algorithm which;
  std::string_view name;
};

constexpr named all[] = {
    {algorithm::hs256, "HS256"},
    {algorithm::rs256, "RS256"},
    {algorithm::es256, "ES256"},
    {algorithm::eddsa, "EdDSA"},
};

}  // namespace

std::string_view to_string(algorithm which) noexcept {
  return all[static_cast<std::size_t>(which)].name;
}

std::optional<algorithm> parse_algorithm(std::string_view name) noexcept {
  for (const named& each : all)
    if (each.name == name)
      return each.which;
  return std::nullopt;
}

}  // namespace actornet::auth
