#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace actornet::web {

/// A header field. Names are compared without regard to case.
struct http_field {
  std::string name;
  std::string value;
};

/// A complete request (RFC 9112). Bad ones are answered before anybody sees them.
struct http_request {
  std::string method;  ///< as `GET`
  std::string target;  ///< as `/rooms?id=1`
  std::vector<http_field> fields;
  std::string body;
  bool http_1_0 = false;

  /// The target up to its query.
  std::string_view path() const noexcept {
    return std::string_view(target).substr(0, target.find('?'));
  }

  /// The value of the first field with that name; null when there is none.
  const std::string* find(std::string_view name) const noexcept;

  /// Whether a list field (as `Connection: keep-alive, Upgrade`) has that token, in any of its
  /// lines and in any case (RFC 9110, section 5.6.1).
  bool has_token(std::string_view name, std::string_view token) const noexcept;
};

/// What to answer. `Content-Length` and `Connection` are added; line breaks in values become
/// spaces.
struct http_response {
  unsigned status = 200;
  std::vector<http_field> fields;
  std::string body;
};

/// Answers a request at once, on the connection's loop: it must not block. If it throws, the answer
/// is 500 and the exception is logged.
using http_handler = std::function<http_response(const http_request&)>;

/// The bytes of @p response. A body is left out where there must be none: for `HEAD` (@p to_head)
/// and with the statuses 1xx, 204 and 304.
std::string to_bytes(const http_response& response, bool keep_alive, bool to_head);

}  // namespace actornet::web
