#include "http_reader.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <limits>

namespace actornet::web {

namespace {

namespace http = boost::beast::http;

unsigned refusal_of(const boost::system::error_code& error) {
  if (error == http::error::header_limit)
    return 431;
  if (error == http::error::body_limit)
    return 413;
  return error == http::error::bad_version ? 505 : 400;
}

}  // namespace

http_reader::http_reader(std::size_t header_bytes_max, std::size_t body_bytes_max) {
  parser_.header_limit(static_cast<std::uint32_t>(
      std::min<std::size_t>(header_bytes_max, std::numeric_limits<std::uint32_t>::max())));
  parser_.body_limit(body_bytes_max);
  parser_.eager(true);
}

http_reader::progress http_reader::put(std::span<const std::byte> bytes) {
  boost::system::error_code error;
  const std::size_t consumed =
      parser_.put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
  if (error && error != http::error::need_more)
    return {consumed, false, refusal_of(error)};
  return {consumed, parser_.is_done(), 0};
}

http_request http_reader::take() {
  auto& message = parser_.get();
  http_request request{.method = std::string(message.method_string()),
                       .target = std::string(message.target()),
                       .fields = {},
                       .body = std::move(message.body()),
                       .http_1_0 = message.version() < 11};
  for (const auto& field : message)
    request.fields.push_back({std::string(field.name_string()), std::string(field.value())});
  return request;
}

}  // namespace actornet::web
