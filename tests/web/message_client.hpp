#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actornet/net/loop.hpp"
#include "actornet/net/stream.hpp"
#include "libnet/framing_checks.hpp"

namespace actornet {

/// Dials with a filter and keeps the messages that come.
class message_client final : public net::stream_owner {
 public:
  message_client(net::loop& on, const net::endpoint& where, net::client_filter filter,
                 net::stream_options options = {})
      : loop_(on), filter_(std::move(filter)), options_(options) {
    attempt_ = on.driver().connect(where, {}, [this](auto made) {
      if (!made) {
        closed = static_cast<errc>(made.error().value());
        return;
      }
      bytes =
          std::make_unique<net::stream>(loop_, *std::move(made), options_, *this, filter_(loop_));
      bytes->want_input();
      for (const std::string& each : std::exchange(early_, {}))
        say(each);
    });
  }

  /// Before the connection is there, too.
  void say(std::string_view message) {
    if (!bytes)
      early_.emplace_back(message);
    else
      EXPECT_TRUE(bytes->write(net::framing_checks::bytes_of(message)));
  }

  std::unique_ptr<net::stream> bytes;
  std::vector<std::string> messages;
  errc input_end{};
  errc closed{};

 private:
  void on_input() override {
    for (;;) {
      const auto next = bytes->next_frame();
      if (next.state == net::stream::next::status::need_more)
        return bytes->want_input();
      if (next.state == net::stream::next::status::ended) {
        input_end = next.reason;
        return bytes->finish();
      }
      messages.push_back(net::framing_checks::text_of(next.payload));
    }
  }
  void on_room() override {}
  void on_closed(errc reason) override { closed = reason; }

  net::loop& loop_;
  const net::client_filter filter_;
  const net::stream_options options_;
  std::unique_ptr<net::connecting_socket> attempt_;
  std::vector<std::string> early_;
};

}  // namespace actornet
