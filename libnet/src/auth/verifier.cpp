#include "actornet/auth/verifier.hpp"

#include <algorithm>
#include <mutex>
#include <stdexcept>

#include "actornet/auth/base64url.hpp"
#include "token_json.hpp"
#include "token_parts.hpp"

namespace actornet::auth {

namespace detail {

namespace {

struct named_key {
  std::string id;
  key value;
};

using key_set = std::vector<named_key>;

std::shared_ptr<const key_set> read_keys(const std::vector<key_source>& sources) {
  if (sources.empty() || sources.size() > verifier::keys_max)
    throw std::invalid_argument("tokens are checked by 1 to 16 keys");
  key_set keys;
  for (const key_source& each : sources) {
    if (!each.id.empty() && std::ranges::count(sources, each.id, &key_source::id) > 1)
      throw std::invalid_argument("two keys are named " + each.id);
    keys.push_back({each.id, key::from_file(each.file)});
  }
  return std::make_shared<const key_set>(std::move(keys));
}

// The keys that a token may be signed by, by its `kid`.
std::vector<const key*> keys_for(const std::optional<std::string>& id, const key_set& all) {
  const bool known = id && std::ranges::find(all, *id, &named_key::id) != all.end();
  std::vector<const key*> chosen;
  for (const named_key& each : all)
    if (!id || each.id == (known ? *id : std::string()))
      chosen.push_back(&each.value);
  return chosen;
}

std::error_code check_signature(const token_header& header, std::string_view text,
                                std::string_view signature, const key_set& all) {
  const auto wanted = parse_algorithm(header.algorithm);
  if (!wanted)
    return token_error::algorithm_refused;
  const auto keys = keys_for(header.key_id, all);
  if (keys.empty())
    return token_error::unknown_key;
  bool any = false;
  for (const key* each : keys) {
    if (each->kind() != *wanted)
      continue;
    any = true;
    if (each->verifies(text, signature))
      return {};
  }
  return any ? token_error::bad_signature : token_error::algorithm_refused;
}

std::error_code check_claims(const token_claims& claims, const verifier_options& options,
                             net::wall_time now) {
  if (options.expiry_required && !claims.expires)
    return token_error::missing_claim;
  if (claims.expires && now >= *claims.expires + options.leeway)
    return token_error::expired;
  if (claims.not_before && now < *claims.not_before - options.leeway)
    return token_error::not_yet_valid;
  if (!options.issuer.empty() && claims.issuer != options.issuer)
    return token_error::wrong_issuer;
  const bool for_us = std::ranges::find(claims.audience, options.audience) != claims.audience.end();
  if (options.audience.empty() ? !claims.audience.empty() : !for_us)
    return token_error::wrong_audience;
  return {};
}

}  // namespace

class verifier_state {
 public:
  explicit verifier_state(verifier_options from)
      : options(std::move(from)), keys_(read_keys(options.keys)) {
    constexpr std::chrono::hours leeway_max(24);
    if (options.leeway < std::chrono::seconds::zero() || options.leeway > leeway_max)
      throw std::invalid_argument("a leeway is at most a day");
  }

  std::shared_ptr<const key_set> keys() const {
    const std::lock_guard guard(mutex_);
    return keys_;
  }
  void reload() {
    auto fresh = read_keys(options.keys);
    const std::lock_guard guard(mutex_);
    keys_.swap(fresh);
  }

  const verifier_options options;

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const key_set> keys_;
};

}  // namespace detail

key_source parse_key_source(std::string_view text) {
  const std::size_t sign = text.find('=');
  if (sign == text.npos || sign == 0 || text.substr(0, sign).find('/') != text.npos)
    return {std::string(text)};
  return {std::string(text.substr(sign + 1)), std::string(text.substr(0, sign))};
}

verifier::verifier(verifier_options options)
    : state_(std::make_shared<detail::verifier_state>(std::move(options))) {}

void verifier::reload() {
  state_->reload();
}

result<token_claims> verifier::verify(std::string_view token, net::wall_time now) const {
  if (token.size() > state_->options.token_bytes_max)
    return make_error_code(token_error::too_long);
  const auto parts = detail::split_token(token);
  const auto header_text = parts ? from_base64url(parts->header) : std::nullopt;
  const auto payload = parts ? from_base64url(parts->payload) : std::nullopt;
  const auto signature = parts ? from_base64url(parts->signature) : std::nullopt;
  if (!header_text || !payload || !signature)
    return make_error_code(token_error::malformed);
  const auto header = detail::read_header(*header_text);
  if (!header)
    return header.error();
  const auto keys = state_->keys();
  if (const auto bad = detail::check_signature(*header, parts->signed_text, *signature, *keys))
    return bad;
  auto claims = detail::read_claims(*payload);
  if (!claims)
    return claims.error();
  if (const auto bad = detail::check_claims(*claims, state_->options, now))
    return bad;
  return claims;
}

result<unverified_token> read_unverified(std::string_view token) {
  const auto parts = detail::split_token(token);
  const auto header_text = parts ? from_base64url(parts->header) : std::nullopt;
  const auto payload = parts ? from_base64url(parts->payload) : std::nullopt;
  if (!header_text || !payload)
    return make_error_code(token_error::malformed);
  auto header = detail::read_header(*header_text);
  if (!header)
    return header.error();
  auto claims = detail::read_claims(*payload);
  if (!claims)
    return claims.error();
  return unverified_token{std::move(header->algorithm), std::move(header->key_id),
                          std::move(*claims)};
}

}  // namespace actornet::auth
