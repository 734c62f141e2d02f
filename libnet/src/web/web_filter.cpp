#include "actornet/web/web_filter.hpp"

#include <ostream>  // what Beast includes does not include it

#include <algorithm>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/rfc7230.hpp>

#include "actornet/log.hpp"
#include "deflate_handshake.hpp"
#include "http_reader.hpp"
#include "websocket_end.hpp"
#include "websocket_key.hpp"

namespace actornet::web {

namespace {

using net::filter;
http_response plain_text(unsigned code, std::string body, std::vector<http_field> fields = {}) {
  fields.push_back({"Content-Type", "text/plain; charset=utf-8"});
  return {code, std::move(fields), std::move(body)};
}

// The first of ours that the peer offers, too.
const subprotocol* chosen_protocol(const std::vector<subprotocol>& ours,
                                   const http_request& request) {
  const auto chosen = std::ranges::find_if(ours, [&request](const subprotocol& each) {
    return request.has_token("Sec-WebSocket-Protocol", each.name);
  });
  return chosen == ours.end() ? nullptr : &*chosen;
}

// Against pages of others that use their visitors' credentials (section 10.2).
bool is_allowed_origin(const websocket_options& options, const http_request& request) {
  const std::string* const origin = request.find("Origin");
  if (!origin)
    return true;
  const auto is = [&](std::string_view allowed) {
    return allowed == "*" || boost::beast::iequals(allowed, *origin);
  };
  if (!options.origins.empty())
    return std::ranges::any_of(options.origins, is);
  const std::string* const host = request.find("Host");
  return host && (is("http://" + *host) || is("https://" + *host));
}

class web_connection final : public websocket_end {
 public:
  explicit web_connection(std::shared_ptr<const web_options> options)
      : options_(std::move(options)) {}

 private:
  outcome shaking_hands(std::span<const std::byte> bytes, bytes_to& plain,
                        bytes_to& wire) override {
    unread_.insert(unread_.end(), bytes.begin(), bytes.end());
    return read_requests(plain, wire);
  }

  outcome read_requests(bytes_to& plain, bytes_to& wire) {
    while (!unread_.empty()) {
      if (!reader_)
        reader_ =
            std::make_unique<http_reader>(options_->header_bytes_max, options_->body_bytes_max);
      const http_reader::progress read = reader_->put(unread_);
      unread_.erase(unread_.begin(), unread_.begin() + static_cast<std::ptrdiff_t>(read.consumed));
      if (read.refusal != 0) {
        count(&web_counters::bad_requests);
        respond(plain_text(read.refusal, "bad request\n"), false, false, wire);
        return {status::end};
      }
      if (!read.complete)
        return {};
      const bool keep_alive = reader_->keep_alive() && wire.size() < options_->answers_bytes_max;
      const http_request request = reader_->take();
      reader_.reset();
      if (wants_websocket(request)) {
        if (const auto refused = refusal_of_handshake(request)) {
          count(&web_counters::handshakes_refused);
          respond(*refused, false, false, wire);
          return {status::end};
        }
        upgrade(request, wire);
        const bytes_to rest = std::exchange(unread_, {});
        return received(rest, plain, wire);
      }
      respond(answer(request), keep_alive, request.method == "HEAD", wire);
      if (!keep_alive)
        return {status::end};
    }
    return {};
  }

  static void respond(const http_response& response, bool keep_alive, bool to_head,
                      bytes_to& wire) {
    const std::string text = to_bytes(response, keep_alive, to_head);
    const auto view = std::as_bytes(std::span(text));
    wire.insert(wire.end(), view.begin(), view.end());
  }

  http_response answer(const http_request& request) const {
    if (!options_->on_request)
      return plain_text(404, "not found\n");
    try {
      return options_->on_request(request);
    } catch (const std::exception& failure) {
      log(log_level::error, "answering " + request.target + ": " + failure.what());
    } catch (...) {
      log(log_level::error, "answering " + request.target + ": threw what is no std::exception");
    }
    return plain_text(500, "internal error\n");
  }

  bool wants_websocket(const http_request& request) const {
    return options_->websocket && request.path() == options_->websocket->path &&
           request.has_token("Upgrade", "websocket") && request.has_token("Connection", "upgrade");
  }

  // Section 4.2.1.
  std::optional<http_response> refusal_of_handshake(const http_request& request) const {
    const std::string* const key = request.find("Sec-WebSocket-Key");
    const std::string* const version = request.find("Sec-WebSocket-Version");
    if (request.method != "GET" || request.http_1_0 || !request.find("Host") || !key ||
        !is_websocket_key(*key))
      return plain_text(400, "not a WebSocket handshake\n");
    if (!version || *version != "13")
      return plain_text(426, "WebSocket version 13 is spoken here\n",
                        {{"Sec-WebSocket-Version", "13"}});
    if (!is_allowed_origin(*options_->websocket, request))
      return plain_text(403, "not from this page\n");
    return std::nullopt;
  }

  // Section 4.2.2. @pre not refused
  void upgrade(const http_request& request, bytes_to& wire) {
    const websocket_options& options = *options_->websocket;
    http_response response{
        101,
        {{"Upgrade", "websocket"},
         {"Connection", "Upgrade"},
         {"Sec-WebSocket-Accept", websocket_accept(*request.find("Sec-WebSocket-Key"))}},
        {}};
    const subprotocol* const protocol = chosen_protocol(options.protocols, request);
    if (protocol)
      response.fields.push_back({"Sec-WebSocket-Protocol", protocol->name});
    std::unique_ptr<net::websocket_compression> compression;
    if (options.deflate) {
      if (auto answer = answer_to_offers(*options.deflate, request)) {
        response.fields.push_back({"Sec-WebSocket-Extensions", std::move(answer->text)});
        compression = std::make_unique<deflate>(*options.deflate, answer->agreed);
      }
    }
    respond(response, true, false, wire);
    open({}, options, protocol, std::move(compression));
  }

  void count(std::atomic<std::uint64_t> web_counters::*what) const {
    if (options_->counters)
      ((*options_->counters).*what).fetch_add(1, std::memory_order_relaxed);
  }

  const std::shared_ptr<const web_options> options_;
  bytes_to unread_;
  std::unique_ptr<http_reader> reader_;  // of a request that has begun
};

}  // namespace

std::function<std::unique_ptr<filter>()> web_filter(web_options options) {
  if (options.websocket)
    check_deflate(*options.websocket);
  return [shared = std::make_shared<const web_options>(std::move(options))] {
    return std::make_unique<web_connection>(shared);
  };
}

}  // namespace actornet::web
