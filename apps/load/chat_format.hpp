#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "actornet/net/stream.hpp"
#include "chat_options.hpp"
#include "chat_text.hpp"

namespace actornet::chat::v1 {
class Command;
}

namespace actornet::load {

/// The commands of chat members, by their numbers. Shared by all members of a loop.
class chat_format {
 public:
  static constexpr std::uint32_t hello_request = 1;
  static constexpr std::uint32_t join_request = 2;
  static constexpr std::uint32_t first_publish_request = 3;

  explicit chat_format(const chat_options& options);
  ~chat_format();

  /// What a member's stream needs; no deadlines, they are the run's.
  net::stream_options stream_options() const noexcept;

  /// What stands between socket and framing of a member's connection; null for none.
  std::unique_ptr<net::filter> make_filter(net::loop& on) const;

  // Each appends a command to what @p to sends. Member @p index counts from 0 in this process.
  result<void> hello(net::stream& to, std::uint32_t index);
  result<void> join(net::stream& to, std::uint32_t room);
  result<void> publish(net::stream& to, std::uint32_t room, std::uint32_t request,
                       std::uint64_t number, net::time_point due);

  /// The number, and with it the id, of publish @p sequence of member @p index.
  std::uint64_t message_number(std::uint32_t index, std::uint32_t sequence) const noexcept {
    return std::uint64_t{options_.members_from + index} << 32 | sequence;
  }

  /// Whether a member of this process published message @p number.
  bool is_own(std::uint64_t number) const noexcept {
    return (number >> 32) - options_.members_from < options_.members;
  }

  const chat_text& texts() const noexcept { return texts_; }

 private:
  result<void> write(net::stream& to);
  std::string room_name(std::uint32_t room) const;

  const chat_options& options_;
  chat_text texts_;
  const net::client_filter filter_;
  std::unique_ptr<chat::v1::Command> command_;  // reused
};

}  // namespace actornet::load
