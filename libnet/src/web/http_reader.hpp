#pragma once

#include <ostream>  // what Beast includes does not include it

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cstddef>
#include <span>

#include "actornet/web/http.hpp"

namespace actornet::web {

/// Reads one request, sans-I/O (Beast's parser).
class http_reader {
 public:
  http_reader(std::size_t header_bytes_max, std::size_t body_bytes_max);

  struct progress {
    std::size_t consumed = 0;  ///< the rest is to be shown again, with more behind it
    bool complete = false;
    unsigned refusal = 0;  ///< the status to answer with; the connection cannot go on
  };
  progress put(std::span<const std::byte> bytes);

  /// Whether the peer wants to go on after this request. @pre complete
  bool keep_alive() const { return parser_.keep_alive(); }

  /// @pre complete
  http_request take();

 private:
  boost::beast::http::request_parser<boost::beast::http::string_body> parser_;
};

}  // namespace actornet::web
