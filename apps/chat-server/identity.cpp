#include "identity.hpp"

#include "actornet/auth/token_error.hpp"
#include "actornet/net/text_rules.hpp"

namespace actornet::chat {

namespace {

refusal of_token(std::error_code error) {
  const bool expired = error == auth::token_error::expired;
  return {expired ? v1::FAILURE_CODE_TOKEN_EXPIRED : v1::FAILURE_CODE_BAD_TOKEN, error.message()};
}

}  // namespace

v1::Event to_event(std::uint32_t request, const refusal& why) {
  v1::Event event;
  event.set_request(request);
  v1::Failed& failed = *event.mutable_failed();
  failed.set_code(why.code);
  failed.set_text(why.text);
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(why.retry_after);
  failed.set_retry_after_ms(static_cast<std::uint32_t>(wait.count()));
  return event;
}

std::optional<net::wall_time> identity::expires() const {
  if (!claims || !claims->expires)
    return std::nullopt;
  return net::wall_time(*claims->expires);
}

std::variant<identity, refusal> identify(const service& of, const std::string& token,
                                         const std::string& name, net::wall_time now) {
  identity who{name};
  if (!of.open_to_all()) {
    auto claims = of.options().tokens->verify(token, now);
    if (!claims)
      return of_token(claims.error());
    who = {claims->subject, std::move(*claims)};
  }
  const net::text_fault fault = net::check_name(who.user, of.limits().name);
  if (fault != net::text_fault::none)
    return refusal{v1::FAILURE_CODE_BAD_NAME, std::string("the name is ") + describe(fault)};
  return who;
}

}  // namespace actornet::chat
