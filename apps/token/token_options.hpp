#pragma once

#include <optional>
#include <string>
#include <vector>

#include "actornet/auth/algorithm.hpp"
#include "actornet/net/clock.hpp"

namespace actornet::token {

/// What actornet-token is asked to do.
enum class job { sign, make_key, check };

/// The command line of actornet-token.
struct options {
  job what = job::sign;
  std::string key_file;
  std::optional<auth::algorithm> algorithm;  ///< sign: must be that of the key; make_key: HS256
  std::string user;
  net::duration expires = std::chrono::hours(1);
  std::optional<std::vector<std::string>> rooms;
  std::string issuer;
  std::string audience;
  std::string key_id;
  std::string token;  ///< to check; `-`: from standard input
};

/// Options to work with, or the exit code to end with at once (`--help`, `--version`: 0; a mistake:
/// 2, after one line on standard error).
struct parsed {
  options values;
  int exit_code = -1;  ///< -1: work
};

parsed parse(int argc, const char* const* argv);

}  // namespace actornet::token
