#pragma once

#include <actornet/chat/v1/chat.pb.h>

#include <optional>
#include <string>
#include <variant>

#include "actornet/auth/claims.hpp"
#include "actornet/net/clock.hpp"
#include "service.hpp"

namespace actornet::chat {

/// Why a command is not done: what Failed says.
struct refusal {
  v1::FailureCode code = v1::FAILURE_CODE_UNSPECIFIED;
  std::string text;
  net::duration retry_after{};
};

v1::Event to_event(std::uint32_t request, const refusal& why);

/// Who is at the other end, and what he may.
struct identity {
  std::string user;
  std::optional<auth::token_claims> claims{};  ///< empty: the server asks for no token

  bool may_join(const std::string& room) const { return !claims || claims->may_join(room); }
  /// When it ends to be so; empty: never.
  std::optional<net::wall_time> expires() const;
};

/// Who says so is who: by his token, or by his name where no tokens are asked for.
std::variant<identity, refusal> identify(const service& of, const std::string& token,
                                         const std::string& name, net::wall_time now);

}  // namespace actornet::chat
