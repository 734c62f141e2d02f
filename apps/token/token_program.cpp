#include "token_program.hpp"

#include <cstdio>
#include <exception>
#include <stdexcept>

#include "actornet/auth/signer.hpp"
#include "actornet/auth/verifier.hpp"
#include "actornet/net/process_clock.hpp"
#include "new_key.hpp"
#include "token_report.hpp"

namespace actornet::token {

namespace {

constexpr int exit_not_valid = 1;
constexpr int exit_failed = 2;

void sign(const options& chosen) {
  const auth::key key = auth::key::from_file(chosen.key_file);
  if (chosen.algorithm && *chosen.algorithm != key.kind())
    throw std::runtime_error(chosen.key_file + " is a key for " +
                             std::string(auth::to_string(key.kind())));
  if (!key.can_sign())
    throw std::runtime_error(chosen.key_file + " is a public key: it cannot sign");
  const auto now = std::chrono::floor<std::chrono::seconds>(net::system_wall_time());
  auth::token_claims claims{.subject = chosen.user, .issuer = chosen.issuer};
  if (!chosen.audience.empty())
    claims.audience.push_back(chosen.audience);
  claims.issued_at = now;
  claims.expires = now + std::chrono::floor<std::chrono::seconds>(chosen.expires);
  claims.rooms = chosen.rooms;
  std::printf("%s\n", auth::sign_token(claims, key, chosen.key_id).c_str());
}

// The first line.
std::string read_token() {
  constexpr std::size_t bytes_max = 64 * 1024;
  std::string text(bytes_max, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), stdin));
  return text.substr(0, text.find_first_of("\r\n"));
}

int check(const options& chosen) {
  const auth::verifier checks({.keys = {{chosen.key_file, chosen.key_id}},
                               .issuer = chosen.issuer,
                               .audience = chosen.audience});
  const std::string token = chosen.token == "-" ? read_token() : chosen.token;
  const report told = describe_token(token, checks, net::system_wall_time());
  std::fputs(told.text.c_str(), stdout);
  return told.valid ? 0 : exit_not_valid;
}

}  // namespace

int run_program(const options& chosen) {
  try {
    switch (chosen.what) {
      case job::sign:
        sign(chosen);
        return 0;
      case job::make_key:
        write_new_key(chosen.key_file, chosen.algorithm.value_or(auth::algorithm::hs256));
        return 0;
      case job::check:
        return check(chosen);
    }
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "error: %s\n", failure.what());
  }
  return exit_failed;
}

}  // namespace actornet::token
