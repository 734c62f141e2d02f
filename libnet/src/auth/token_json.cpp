#include "token_json.hpp"

// The whole of Boost.JSON, for this file alone. Under a name of our own, so that a program may have
// another copy of it.
#define json actornet_auth_json
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/src.hpp>
#undef json

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

namespace json = boost::actornet_auth_json;

namespace actornet::auth::detail {

namespace {

constexpr std::size_t depth_max = 8;  // arrays and objects in each other

// -- reading --------------------------------------------------------------------------------------

/// Looks at the names of members only (Boost.JSON's parser keeps the last of equal ones: two
/// readers of a token could then read different claims; RFC 7519, section 4).
class duplicate_finder {
 public:
  using string = json::string_view;
  using error = json::error_code;
  static constexpr std::size_t max_object_size = SIZE_MAX;
  static constexpr std::size_t max_array_size = SIZE_MAX;
  static constexpr std::size_t max_key_size = SIZE_MAX;
  static constexpr std::size_t max_string_size = SIZE_MAX;

  bool on_object_begin(error&) {
    names_.emplace_back();
    return true;
  }
  bool on_object_end(std::size_t, error&) {
    names_.pop_back();
    return true;
  }
  bool on_key_part(string part, std::size_t, error&) {
    name_.append(part.data(), part.size());
    return true;
  }
  bool on_key(string part, std::size_t, error& why) {
    name_.append(part.data(), part.size());
    if (names_.back().insert(std::exchange(name_, {})).second)
      return true;
    why = json::error::syntax;
    return false;
  }

  bool on_document_begin(error&) { return true; }
  bool on_document_end(error&) { return true; }
  bool on_array_begin(error&) { return true; }
  bool on_array_end(std::size_t, error&) { return true; }
  bool on_string_part(string, std::size_t, error&) { return true; }
  bool on_string(string, std::size_t, error&) { return true; }
  bool on_number_part(string, error&) { return true; }
  bool on_int64(std::int64_t, string, error&) { return true; }
  bool on_uint64(std::uint64_t, string, error&) { return true; }
  bool on_double(double, string, error&) { return true; }
  bool on_bool(bool, error&) { return true; }
  bool on_null(error&) { return true; }
  bool on_comment_part(string, error&) { return true; }
  bool on_comment(string, error&) { return true; }

 private:
  std::vector<std::set<std::string>> names_;  // of the objects that are open
  std::string name_;
};

std::optional<json::object> parse_object(std::string_view text) {
  json::parse_options options;
  options.max_depth = depth_max;
  json::error_code error;
  json::basic_parser<duplicate_finder> names(options);
  if (names.write_some(false, text.data(), text.size(), error) != text.size() || error)
    return std::nullopt;
  json::value parsed = json::parse({text.data(), text.size()}, error, {}, options);
  if (error || !parsed.is_object())
    return std::nullopt;
  return std::move(parsed.as_object());
}

std::string text_of(const json::value& value) {
  const json::string& text = value.get_string();
  return {text.data(), text.size()};
}

/// Takes members out of an object, and remembers whether one was of the wrong kind.
class members {
 public:
  explicit members(const json::object& of) : of_(of) {}

  bool has(std::string_view name) const { return find(name) != nullptr; }
  bool all_well() const noexcept { return well_; }

  std::optional<std::string> text(std::string_view name) {
    const json::value* const found = find(name);
    if (!found || !expect(found->is_string()))
      return std::nullopt;
    return text_of(*found);
  }

  std::optional<std::vector<std::string>> texts(std::string_view name) {
    const json::value* const found = find(name);
    if (!found || !expect(found->is_array() && found->get_array().size() <= token_claims::list_max))
      return std::nullopt;
    std::vector<std::string> all;
    for (const json::value& each : found->get_array())
      if (expect(each.is_string()))
        all.push_back(text_of(each));
    return all;
  }

  /// RFC 7519, section 2: NumericDate. Parts of a second are cut off.
  std::optional<std::chrono::sys_seconds> date(std::string_view name) {
    constexpr double last = 253'402'300'799;  // of the year 9999
    const json::value* const found = find(name);
    if (!found || !expect(found->is_number()))
      return std::nullopt;
    const double seconds = std::floor(found->to_number<double>());
    if (!expect(seconds >= 0 && seconds <= last))
      return std::nullopt;
    return std::chrono::sys_seconds(std::chrono::seconds(static_cast<std::int64_t>(seconds)));
  }

  bool is_array(std::string_view name) const {
    const json::value* const found = find(name);
    return found && found->is_array();
  }

 private:
  const json::value* find(std::string_view name) const {
    return of_.if_contains({name.data(), name.size()});
  }
  bool expect(bool holds) noexcept {
    well_ = well_ && holds;
    return holds;
  }

  const json::object& of_;
  bool well_ = true;
};

bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

// RFC 7519, section 5.1; RFC 9068, section 2.1; a media type may leave out `application/`.
bool is_token_type(std::string_view type) noexcept {
  constexpr std::string_view prefix = "application/";
  if (equal_ignoring_case(type.substr(0, prefix.size()), prefix))
    type.remove_prefix(prefix.size());
  return equal_ignoring_case(type, "JWT") || equal_ignoring_case(type, "at+jwt");
}

// -- writing --------------------------------------------------------------------------------------

json::string_view view_of(std::string_view text) noexcept {
  return {text.data(), text.size()};
}

json::array list_of(const std::vector<std::string>& texts) {
  json::array list;
  for (const std::string& each : texts)
    list.emplace_back(view_of(each));
  return list;
}

std::string to_text(const json::object& object) {
  return json::serialize(object);
}

void put_date(json::object& to, const char* name,
              const std::optional<std::chrono::sys_seconds>& date) {
  if (date)
    to[name] = date->time_since_epoch().count();
}

}  // namespace

result<token_header> read_header(std::string_view text) {
  const auto object = parse_object(text);
  if (!object)
    return make_error_code(token_error::malformed);
  members from(*object);
  if (from.has("crit") || from.has("b64"))
    return make_error_code(token_error::critical_extension);
  token_header header{from.text("alg").value_or(""), from.text("kid")};
  const auto type = from.text("typ");
  if (!from.all_well() || !from.has("alg"))
    return make_error_code(token_error::malformed);
  if ((type && !is_token_type(*type)) || from.has("cty"))
    return make_error_code(token_error::wrong_type);
  return header;
}

result<token_claims> read_claims(std::string_view text) {
  const auto object = parse_object(text);
  if (!object)
    return make_error_code(token_error::malformed);
  members from(*object);
  token_claims claims{.subject = from.text("sub").value_or("")};
  claims.issuer = from.text("iss").value_or("");
  if (from.is_array("aud"))
    claims.audience = from.texts("aud").value_or(std::vector<std::string>());
  else if (auto only = from.text("aud"))
    claims.audience.push_back(std::move(*only));
  claims.expires = from.date("exp");
  claims.not_before = from.date("nbf");
  claims.issued_at = from.date("iat");
  claims.rooms = from.texts("rooms");
  if (!from.all_well())
    return make_error_code(token_error::malformed);
  if (claims.subject.empty())
    return make_error_code(token_error::missing_claim);
  return claims;
}

std::string write_header(const token_header& header) {
  json::object object;
  object["alg"] = view_of(header.algorithm);
  object["typ"] = "JWT";
  if (header.key_id)
    object["kid"] = view_of(*header.key_id);
  return to_text(object);
}

std::string write_claims(const token_claims& claims) {
  json::object object;
  object["sub"] = view_of(claims.subject);
  if (!claims.issuer.empty())
    object["iss"] = view_of(claims.issuer);
  if (claims.audience.size() == 1)
    object["aud"] = view_of(claims.audience.front());
  else if (!claims.audience.empty())
    object["aud"] = list_of(claims.audience);
  put_date(object, "exp", claims.expires);
  put_date(object, "nbf", claims.not_before);
  put_date(object, "iat", claims.issued_at);
  if (claims.rooms)
    object["rooms"] = list_of(*claims.rooms);
  return to_text(object);
}

}  // namespace actornet::auth::detail
