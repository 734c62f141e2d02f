#include "actornet/web/http.hpp"

#include <ostream>  // what Beast includes does not include it

#include <algorithm>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <boost/beast/http/status.hpp>

namespace actornet::web {

namespace {

namespace beast = boost::beast;

void put_field(std::string& to, std::string_view name, std::string_view value) {
  to.append(name).append(": ");
  const std::size_t begin = to.size();
  to.append(value);
  std::replace_if(
      to.begin() + static_cast<std::ptrdiff_t>(begin), to.end(),
      [](char c) { return c == '\r' || c == '\n' || c == '\0'; }, ' ');
  to.append("\r\n");
}

}  // namespace

const std::string* http_request::find(std::string_view name) const noexcept {
  for (const http_field& each : fields)
    if (beast::iequals(each.name, name))
      return &each.value;
  return nullptr;
}

bool http_request::has_token(std::string_view name, std::string_view token) const noexcept {
  return std::ranges::any_of(fields, [&](const http_field& each) {
    return beast::iequals(each.name, name) && beast::http::token_list(each.value).exists(token);
  });
}

std::string to_bytes(const http_response& response, bool keep_alive, bool to_head) {
  const bool upgrade = response.status == 101;
  const bool bodiless = response.status < 200 || response.status == 204 || response.status == 304;
  std::string bytes = "HTTP/1.1 " + std::to_string(response.status) + " ";
  bytes += beast::http::obsolete_reason(beast::http::int_to_status(response.status));
  bytes += "\r\n";
  for (const http_field& each : response.fields)
    put_field(bytes, each.name, each.value);
  if (!bodiless)
    put_field(bytes, "Content-Length", std::to_string(response.body.size()));
  if (!upgrade)
    put_field(bytes, "Connection", keep_alive ? "keep-alive" : "close");
  bytes += "\r\n";
  if (!bodiless && !to_head)
    bytes += response.body;
  return bytes;
}

}  // namespace actornet::web
