#include "token_report.hpp"

#include <cstdio>

#include "actornet/net/text_rules.hpp"

namespace actornet::token {

namespace {

// Texts of a token are a stranger's.
std::string shown(const std::string& text) {
  constexpr net::name_rules any_length{.bytes_max = SIZE_MAX, .characters_max = SIZE_MAX};
  if (net::check_name(text, any_length) == net::text_fault::none)
    return text;
  std::string escaped;
  for (const char c : text) {
    char hex[8];
    std::snprintf(hex, sizeof hex, "\\x%02x", static_cast<unsigned char>(c));
    const bool plain = c >= ' ' && c <= '~' && c != '\\';
    escaped += plain ? std::string(1, c) : std::string(hex);
  }
  return escaped;
}

std::string shown(const std::vector<std::string>& texts) {
  std::string list;
  for (const std::string& each : texts)
    list += (list.empty() ? "" : ", ") + shown(each);
  return list.empty() ? "(none)" : list;
}

// RFC 3339.
std::string shown(std::chrono::sys_seconds when) {
  const auto day = std::chrono::floor<std::chrono::days>(when);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(when - day);
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()));
  return text;
}

template <class Value>
void put(std::string& to, const char* name, const std::optional<Value>& value) {
  if (value)
    to += std::string(name) + " " + shown(*value) + "\n";
}

void put(std::string& to, const char* name, const std::string& value) {
  if (!value.empty())
    to += std::string(name) + " " + shown(value) + "\n";
}

std::string what_it_says(const auth::unverified_token& said) {
  std::string text;
  put(text, "algorithm", said.algorithm);
  put(text, "kid", said.key_id);
  put(text, "user", said.claims.subject);
  put(text, "issuer", said.claims.issuer);
  if (!said.claims.audience.empty())
    text += "audience " + shown(said.claims.audience) + "\n";
  put(text, "rooms", said.claims.rooms);
  put(text, "issued", said.claims.issued_at);
  put(text, "begins", said.claims.not_before);
  put(text, "expires", said.claims.expires);
  return text;
}

}  // namespace

report describe_token(const std::string& token, const auth::verifier& checks, net::wall_time now) {
  const auto verdict = checks.verify(token, now);
  const auto said = auth::read_unverified(token);
  std::string text = said ? what_it_says(*said) : std::string();
  text += verdict ? "valid\n" : "not valid: " + verdict.error().message() + "\n";
  return {std::move(text), bool(verdict)};
}

}  // namespace actornet::token
