#pragma once

// A filter whose handshake is two lines: the client says "HI <host> <path>", the server "OK" or
// "NO". After it bytes pass unchanged.

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "actornet/net/endpoint.hpp"
#include "actornet/net/filter.hpp"
#include "actornet/net/loop.hpp"

namespace actornet {

class toy_filter final : public net::filter {
 public:
  enum class side : std::uint8_t { client, server };

  toy_filter(side which, bool text, std::string first = {})
      : side_(which), text_(text), first_(std::move(first)) {}

  void begin(std::vector<std::byte>& wire) override { say(first_, wire); }

  outcome received(std::span<const std::byte> bytes, std::vector<std::byte>& plain,
                   std::vector<std::byte>& wire) override {
    if (open_) {
      plain.insert(plain.end(), bytes.begin(), bytes.end());
      return {};
    }
    line_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    const std::size_t end = line_.find('\n');
    if (end == std::string::npos)
      return {};
    const std::string rest = line_.substr(end + 1);
    line_.resize(end);
    open_ = side_ == side::client ? line_ == "OK" : line_.starts_with("HI ");
    if (side_ == side::server)
      say(open_ ? "OK\n" : "NO\n", wire);
    if (!open_)
      return {status::error, errc::tls_failed};
    say(rest, plain);
    return {};
  }

  outcome sending(std::span<const std::byte> plain, std::vector<std::byte>& wire) override {
    wire.insert(wire.end(), plain.begin(), plain.end());
    return {};
  }

  bool handshaking() const override { return !open_; }
  bool text() const override { return open_ && text_; }

 private:
  static void say(std::string_view text, std::vector<std::byte>& to) {
    const auto bytes = std::as_bytes(std::span(text));
    to.insert(to.end(), bytes.begin(), bytes.end());
  }

  const side side_;
  const bool text_;
  const std::string first_;
  std::string line_;
  bool open_ = false;
};

/// For `listen_options::filter`.
inline std::function<std::unique_ptr<net::filter>()> toy_server(bool text) {
  return [text] { return std::make_unique<toy_filter>(toy_filter::side::server, text); };
}

/// For `dial_options::filter`.
inline auto toy_client(bool text) {
  return [text](net::loop&, const net::endpoint& where) -> std::unique_ptr<net::filter> {
    return std::make_unique<toy_filter>(toy_filter::side::client, text,
                                        "HI " + where.host + ' ' + where.path + '\n');
  };
}

}  // namespace actornet
