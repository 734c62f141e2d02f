#include "actornet/auth/claims.hpp"

#include <algorithm>

namespace actornet::auth {

bool token_claims::may_join(std::string_view room) const noexcept {
  const auto allows = [room](std::string_view pattern) {
    if (!pattern.ends_with('*'))
      return room == pattern;
    pattern.remove_suffix(1);
    return room.starts_with(pattern);
  };
  return !rooms || std::ranges::any_of(*rooms, allows);
}

}  // namespace actornet::auth
