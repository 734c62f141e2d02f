#include "actornet/web/websocket_client.hpp"

#include <ostream>  // what Beast includes does not include it

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <limits>
#include <optional>
#include <stdexcept>

#include "actornet/net/loop.hpp"
#include "deflate_handshake.hpp"
#include "websocket_end.hpp"
#include "websocket_key.hpp"

namespace actornet::web {

namespace {

namespace http = boost::beast::http;
using net::filter;

/// Where keys and masks come from.
struct chance {
  std::uint64_t (*random)(void*);
  void* from;
};

class websocket_client_end final : public websocket_end {
 public:
  websocket_client_end(std::shared_ptr<const websocket_client_options> options, chance by)
      : options_(std::move(options)), chance_(by), opening_(std::make_unique<opening>()) {
    opening_->answer.header_limit(static_cast<std::uint32_t>(std::min<std::size_t>(
        options_->header_bytes_max, std::numeric_limits<std::uint32_t>::max())));
    opening_->answer.skip(true);
  }

  void begin(bytes_to& wire) override {
    const std::uint64_t one = chance_.random(chance_.from);
    opening_->key = make_websocket_key(one, chance_.random(chance_.from));
    const std::string text = request();
    const auto view = std::as_bytes(std::span(text));
    wire.insert(wire.end(), view.begin(), view.end());
  }

 private:
  /// Until the handshake is over.
  struct opening {
    std::string key;
    bytes_to unread;
    bool in_header = false;  // not at its begin
    http::response_parser<http::empty_body> answer;
  };

  std::string request() const {
    std::vector<http_field> fields{{"Host", options_->host},
                                   {"Upgrade", "websocket"},
                                   {"Connection", "Upgrade"},
                                   {"Sec-WebSocket-Key", opening_->key},
                                   {"Sec-WebSocket-Version", "13"}};
    if (!options_->origin.empty())
      fields.push_back({"Origin", options_->origin});
    if (!options_->protocols.empty())
      fields.push_back({"Sec-WebSocket-Protocol", offered_protocols()});
    if (options_->deflate)
      fields.push_back({"Sec-WebSocket-Extensions", deflate_offer(*options_->deflate)});
    fields.insert(fields.end(), options_->fields.begin(), options_->fields.end());
    std::string text = "GET " + options_->target + " HTTP/1.1\r\n";
    for (const http_field& each : fields)
      text.append(each.name).append(": ").append(each.value).append("\r\n");
    return text + "\r\n";
  }

  std::string offered_protocols() const {
    std::string all;
    for (const subprotocol& each : options_->protocols)
      all += (all.empty() ? "" : ", ") + each.name;
    return all;
  }

  outcome shaking_hands(std::span<const std::byte> bytes, bytes_to& plain,
                        bytes_to& wire) override {
    bytes_to& unread = opening_->unread;
    unread.insert(unread.end(), bytes.begin(), bytes.end());
    if (!opening_->in_header &&
        !begins_as_http(unread))  // which the parser finds out at the end of a header only
      return {status::error, errc::handshake_refused};
    while (!unread.empty() && !opening_->answer.is_header_done()) {
      boost::system::error_code error;
      const std::size_t consumed =
          opening_->answer.put(boost::asio::const_buffer(unread.data(), unread.size()), error);
      opening_->in_header |= consumed > 0;
      unread.erase(unread.begin(), unread.begin() + static_cast<std::ptrdiff_t>(consumed));
      if (error == http::error::need_more)
        return {};
      if (error)
        return {status::error, error == http::error::header_limit ? errc::frame_too_large
                                                                  : errc::handshake_refused};
    }
    if (!opening_->answer.is_header_done())
      return {};
    return upgrade(plain, wire);
  }

  static bool begins_as_http(std::span<const std::byte> bytes) {
    constexpr std::string_view version = "HTTP/1.";
    const auto begin = std::as_bytes(std::span(version));
    return std::ranges::equal(bytes.first(std::min(bytes.size(), begin.size())),
                              begin.first(std::min(bytes.size(), begin.size())));
  }

  // Section 4.1, "If the client's opening handshake has been sent".
  outcome upgrade(bytes_to& plain, bytes_to& wire) {
    const auto& answer = opening_->answer.get();
    const subprotocol* protocol = nullptr;
    std::optional<deflate_agreement> deflated;
    if (answer.version() != 11 || answer.result_int() != 101 ||
        !is_once(answer, "Upgrade", "websocket") || !has_token(answer, "Connection", "upgrade") ||
        answer.count("Sec-WebSocket-Accept") != 1 ||
        answer["Sec-WebSocket-Accept"] != websocket_accept(opening_->key) ||
        !take_protocol(answer, protocol) || !take_extensions(answer, deflated))
      return {status::error, errc::handshake_refused};
    std::unique_ptr<net::websocket_compression> compression;
    if (deflated)
      compression = std::make_unique<deflate>(*options_->deflate, *deflated);
    open({.role = net::websocket_rules::side::client,
          .random = chance_.random,
          .random_from = chance_.from},
         *options_, protocol, std::move(compression));
    const auto over = std::exchange(opening_, nullptr);
    return received(over->unread, plain, wire);
  }

  static bool is_once(const http::fields& of, std::string_view name, std::string_view value) {
    return of.count(name) == 1 && boost::beast::iequals(of[name], value);
  }

  static bool has_token(const http::fields& of, std::string_view name, std::string_view token) {
    const auto [begin, end] = of.equal_range(name);
    return std::any_of(begin, end, [token](const auto& each) {
      return http::token_list(each.value()).exists(token);
    });
  }

  // None, or one of those that were offered.
  bool take_protocol(const http::fields& of, const subprotocol*& chosen) const {
    const auto count = of.count("Sec-WebSocket-Protocol");
    if (count == 0)
      return true;
    const std::string_view name = of["Sec-WebSocket-Protocol"];
    const auto found = std::ranges::find(options_->protocols, name, &subprotocol::name);
    if (count > 1 || found == options_->protocols.end())
      return false;
    chosen = &*found;
    return true;
  }

  bool take_extensions(const http::fields& of, std::optional<deflate_agreement>& agreed) const {
    const auto count = of.count("Sec-WebSocket-Extensions");
    if (count == 0)
      return true;
    if (count == 1 && options_->deflate)
      agreed = agreed_by_server(*options_->deflate, of["Sec-WebSocket-Extensions"]);
    return agreed.has_value();
  }

  const std::shared_ptr<const websocket_client_options> options_;
  const chance chance_;
  std::unique_ptr<opening> opening_;
};

bool is_text(std::string_view value) {
  return std::ranges::none_of(value, [](char c) {
    const auto code = static_cast<unsigned char>(c);
    return code < ' ' || code == 0x7f;
  });
}

void check(const websocket_client_options& options) {
  const auto require = [](bool so, const std::string& what) {
    if (!so)
      throw std::invalid_argument("a WebSocket client's " + what);
  };
  const auto is_token = [](std::string_view text) {
    return !text.empty() && is_text(text) &&
           text.find_first_of(" \t\"(),/:;<=>?@[\\]{}") == std::string_view::npos;
  };
  require(!options.host.empty() && is_text(options.host), "host is missing or no text");
  require(options.target.starts_with('/') && is_text(options.target) &&
              options.target.find_first_of(" #") == std::string::npos,
          "target is no path");
  require(is_text(options.origin), "origin is no text");
  for (const http_field& each : options.fields)
    require(is_token(each.name) && is_text(each.value), "field is none: " + each.name);
  for (const subprotocol& each : options.protocols)
    require(is_token(each.name), "subprotocol is no token: " + each.name);
  check_deflate(options);
}

std::shared_ptr<const websocket_client_options> checked(websocket_client_options options) {
  check(options);
  return std::make_shared<const websocket_client_options>(std::move(options));
}

std::uint64_t random_of_loop(void* on) {
  return static_cast<net::loop*>(on)->random();
}

}  // namespace

net::client_filter websocket_client(websocket_client_options options) {
  return [shared = checked(std::move(options))](net::loop& on) -> std::unique_ptr<filter> {
    return std::make_unique<websocket_client_end>(shared, chance{random_of_loop, &on});
  };
}

std::unique_ptr<filter> websocket_client(websocket_client_options options,
                                         std::uint64_t (*random)(void*), void* random_from) {
  return std::make_unique<websocket_client_end>(checked(std::move(options)),
                                                chance{random, random_from});
}

}  // namespace actornet::web
