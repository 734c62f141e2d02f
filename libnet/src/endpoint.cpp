#include "actornet/net/endpoint.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace actornet::net {

namespace {

constexpr std::size_t host_bytes_max = 253;       // a name in the DNS (RFC 1035, section 2.3.4)
constexpr std::size_t label_bytes_max = 63;       // a part of it between dots
constexpr std::size_t unix_path_bytes_max = 107;  // sockaddr_un::sun_path without its NUL
constexpr std::size_t zone_bytes_max = 15;        // IF_NAMESIZE without its NUL
constexpr std::size_t path_bytes_max = 2048;      // of a URI for HTTP
constexpr std::string_view path_marks = "-._~!$&'()*+,;=:@/?";

struct network_scheme {
  std::string_view name;
  endpoint::protocol speaks;
  std::uint16_t port;  // where a URI names none
  bool has_path;
};

using protocol = endpoint::protocol;
constexpr network_scheme network_schemes[] = {
    // in the order of `protocol`
    {"tcp", protocol::plain, 7411, false}, {"tls", protocol::tls, 7413, false},
    {"http", protocol::http, 7412, true},  {"ws", protocol::ws, 7412, true},
    {"wss", protocol::wss, 7413, true},
};

// Not <cctype>: those depend on the locale.
constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

constexpr bool is_alphanumeric(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

constexpr int hex_value(char c) {
  if (is_digit(c))
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

constexpr bool is_hex(char c) {
  return hex_value(c) >= 0;
}

/// Removes the part up to @p separator from @p rest and returns it; all of it when there is none.
std::string_view take_until(std::string_view& rest, char separator) {
  const std::size_t end = std::min(rest.find(separator), rest.size());
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return part;
}

// -- hosts ----------------------------------------------------------------------------------------

bool is_ipv4_byte(std::string_view text) {
  if (text.empty() || text.size() > 3 || !std::ranges::all_of(text, is_digit))
    return false;
  if (text.size() > 1 && text[0] == '0')
    return false;  // some systems read it as octal
  int value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value <= 255;
}

bool is_ipv4(std::string_view text) {
  if (std::ranges::count(text, '.') != 3 || text.back() == '.')
    return false;
  while (!text.empty())
    if (!is_ipv4_byte(take_until(text, '.')))
      return false;
  return true;
}

/// Counts the 16-bit groups of @p text ("a:b:c", its end maybe an IPv4 address); nothing when it
/// is not such a list.
std::optional<int> ipv6_groups(std::string_view text, bool ipv4_allowed) {
  if (text.empty())
    return 0;
  if (text.back() == ':')
    return std::nullopt;
  int groups = 0;
  while (!text.empty()) {
    const std::string_view group = take_until(text, ':');
    if (group.empty())
      return std::nullopt;
    if (text.empty() && ipv4_allowed && is_ipv4(group))
      return groups + 2;
    if (group.size() > 4 || !std::ranges::all_of(group, is_hex))
      return std::nullopt;
    ++groups;
  }
  return groups;
}

/// RFC 4291, section 2.2.
bool is_ipv6(std::string_view text) {
  const std::size_t gap = text.find("::");
  if (gap == std::string_view::npos)
    return ipv6_groups(text, true) == 8;
  const auto before = ipv6_groups(text.substr(0, gap), false);
  const auto after = ipv6_groups(text.substr(gap + 2), true);
  return before && after && *before + *after <= 7;
}

bool is_zone(std::string_view zone) {
  return !zone.empty() && zone.size() <= zone_bytes_max && std::ranges::all_of(zone, [](char c) {
    return is_alphanumeric(c) || c == '-' || c == '_' || c == '.';
  });
}

bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= label_bytes_max &&
         std::ranges::all_of(label,
                             [](char c) { return is_alphanumeric(c) || c == '-' || c == '_'; }) &&
         label.front() != '-' && label.back() != '-';
}

/// A host name as the DNS has it, with underscores because people use them. What ends in a number
/// must be an IPv4 address: no resolver shall see a mistyped one.
bool is_name_or_ipv4(std::string_view host) {
  if (host.empty() || host.size() > host_bytes_max)
    return false;
  std::string_view rest = host.back() == '.' ? host.substr(0, host.size() - 1) : host;
  std::string_view label;
  do {
    const bool more = rest.find('.') != std::string_view::npos;
    label = take_until(rest, '.');
    if (!is_label(label) || (more && rest.empty()))
      return false;
  } while (!rest.empty());
  return !std::ranges::all_of(label, is_digit) || is_ipv4(host);
}

/// The inside of `[...]`: an address, maybe with a zone, whose '%' should be written "%25"
/// (RFC 6874); a bare '%' is taken too.
std::optional<std::string> bracketed_host(std::string_view inside) {
  const std::size_t percent = inside.find('%');
  const std::string_view address = inside.substr(0, percent);
  if (!is_ipv6(address))
    return std::nullopt;
  std::string host(address);
  if (percent != std::string_view::npos) {
    std::string_view zone = inside.substr(percent + 1);
    if (zone.starts_with("25"))
      zone.remove_prefix(2);
    if (!is_zone(zone))
      return std::nullopt;
    host.append("%").append(zone);
  }
  return host;
}

bool parse_port(std::string_view text, std::uint16_t& out) {
  if (text.empty() || text.size() > 5 || !std::ranges::all_of(text, is_digit))
    return false;
  const char* end = text.data() + text.size();
  return std::from_chars(text.data(), end, out).ec == std::errc{};
}

bool parse_host(std::string_view text, std::string& out) {
  if (text.size() > 2 && text.front() == '[' && text.back() == ']') {
    auto address = bracketed_host(text.substr(1, text.size() - 2));
    if (!address)
      return false;
    out = *std::move(address);
    return true;
  }
  out = text;
  return is_name_or_ipv4(text);
}

/// What RFC 3986 allows in a path that begins with "/" and in a query behind it.
bool is_path(std::string_view text) {
  if (text.size() > path_bytes_max || !text.starts_with('/'))
    return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '%' && text.size() - i > 2;
    if (escape && is_hex(text[i + 1]) && is_hex(text[i + 2]))
      i += 2;
    else if (!is_alphanumeric(text[i]) && path_marks.find(text[i]) == std::string_view::npos)
      return false;
  }
  return true;
}

result<endpoint> parse_tcp(std::string_view rest, const network_scheme& as) {
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
  const std::string_view path = rest.substr(authority.size());
  if (!path.empty() && !(as.has_path && is_path(path)))
    return errc::address_invalid;
  endpoint parsed;
  parsed.speaks = as.speaks;
  parsed.path = path;
  const std::size_t bracket = authority.rfind(']');
  const std::size_t colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  parsed.port = as.port;
  if (colon != std::string_view::npos && !parse_port(authority.substr(colon + 1), parsed.port))
    return errc::address_invalid;
  if (!parse_host(authority.substr(0, colon), parsed.host))
    return errc::address_invalid;
  return parsed;
}

// -- paths ----------------------------------------------------------------------------------------

/// Undoes percent-encoding (RFC 3986, section 2.1). Bytes that should have been encoded are taken
/// as they are, except those that mean something else in a URI and control characters.
std::optional<std::string> percent_decoded(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == '?' || c == '#')
      return std::nullopt;
    if (c == '%') {
      if (text.size() - i < 3 || !is_hex(text[i + 1]) || !is_hex(text[i + 2]))
        return std::nullopt;
      c = static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
      if (c == '\0')
        return std::nullopt;
      i += 2;
    }
    plain += c;
  }
  return plain;
}

std::string percent_encoded(std::string_view plain) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  constexpr std::string_view harmless = "-._~!$&'()*+,;=:@/";
  std::string text;
  for (const char c : plain) {
    if (is_alphanumeric(c) || harmless.find(c) != std::string_view::npos) {
      text += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      text.append({'%', hex[byte >> 4], hex[byte & 15]});
    }
  }
  return text;
}

result<endpoint> parse_unix(std::string_view path) {
  auto plain = percent_decoded(path);
  if (!plain || plain->size() < 2 || plain->size() > unix_path_bytes_max)
    return errc::address_invalid;
  // Looked at before decoding: "%2F" is no root and "%40" no abstract namespace.
  if (path.front() != '/' && path.front() != '@')
    return errc::address_invalid;
  return endpoint{endpoint::scheme::local, *std::move(plain)};
}

/// Removes @p scheme and "://" from the front of @p uri. Schemes ignore case (RFC 3986).
bool take_scheme(std::string_view& uri, std::string_view scheme) {
  const std::string_view front = uri.substr(0, scheme.size());
  const bool same = std::ranges::equal(front, scheme, [](char given, char wanted) {
    return given == wanted || (given >= 'A' && given <= 'Z' && given - 'A' + 'a' == wanted);
  });
  if (!same || !uri.substr(scheme.size()).starts_with("://"))
    return false;
  uri.remove_prefix(scheme.size() + 3);
  return true;
}

}  // namespace

result<endpoint> parse_endpoint(std::string_view uri) {
  for (const network_scheme& each : network_schemes)
    if (take_scheme(uri, each.name))
      return parse_tcp(uri, each);
  if (take_scheme(uri, "unix"))
    return parse_unix(uri);
  return errc::address_invalid;
}

std::string to_string(const endpoint& where) {
  if (where.kind == endpoint::scheme::local)
    return "unix://" + percent_encoded(where.host);
  std::string host = where.host;
  if (host.find(':') != std::string::npos) {
    if (const std::size_t percent = host.find('%'); percent != std::string::npos)
      host.insert(percent + 1, "25");
    host = "[" + host + "]";
  }
  const auto& scheme = network_schemes[static_cast<std::size_t>(where.speaks)];
  return std::string(scheme.name) + "://" + host + ":" + std::to_string(where.port) + where.path;
}

}  // namespace actornet::net
