#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "actornet/net/stream.hpp"
#include "chat_format.hpp"
#include "chat_order.hpp"
#include "chat_wire.hpp"

namespace actornet::load {

class chat_member;

/// Told what happens to members; implemented by the run. Called on the loop.
class member_observer {
 public:
  virtual void on_joined(chat_member& who, std::uint64_t newest) = 0;

  /// A message came at @p now; its place is counted already.
  virtual void on_message(chat_member& who, const chat_delivery& what, net::time_point now) = 0;
  virtual void on_gap(chat_member& who, std::uint64_t from, std::uint64_t to) = 0;
  virtual void on_published(chat_member& who, std::uint64_t offset, std::string_view id) = 0;
  virtual void on_refused(chat_member& who, const std::string& why) = 0;

  /// All events that came at @p now were told: the time to publish more.
  virtual void on_events_told(chat_member& who, net::time_point now) = 0;

  /// The connection is of no more use; @p why is one line. Once, unless `shut` came first.
  virtual void on_lost(chat_member& who, const std::string& why) = 0;

  /// The last call: its socket is closed.
  virtual void on_closed(chat_member& who) = 0;

 protected:
  ~member_observer() = default;
};

/// A member of a room: says hello, joins, publishes when told, checks what it hears. Loop-bound.
class chat_member final : private net::stream_owner {
 public:
  /// Member @p index of this process, in @p room. @p stalls: it does not read after it joined.
  chat_member(std::uint32_t index, std::uint32_t room, bool stalls, chat_format& format,
              chat_counts& counts, member_observer& observer) noexcept
      : index_(index),
        room_(room),
        stalls_(stalls),
        format_(format),
        counts_(counts),
        observer_(observer) {}

  /// Takes its socket over. @p options must outlive the member.
  void open(net::loop& on, std::unique_ptr<net::transport> socket,
            const net::stream_options& options, std::unique_ptr<net::filter> filter);

  void publish(net::time_point due);

  /// Sends at once what was written in this turn, instead of at its end.
  void flush();

  /// One that stalls reads from now on.
  void wake();

  /// Closes it; `on_closed` follows if it was open.
  void shut();

  std::uint32_t index() const noexcept { return index_; }
  std::uint32_t room() const noexcept { return room_; }
  bool stalls() const noexcept { return stalls_; }
  bool is_open() const noexcept { return stream_ && !lost_; }
  bool is_joined() const noexcept { return joined_ && is_open(); }
  std::uint32_t unacknowledged() const noexcept { return published_ - answered_; }
  chat_order& order() noexcept { return order_; }

 private:
  void on_input() override;
  void on_room() override {}
  void on_closed(errc reason) override;

  bool take(std::string_view event, net::time_point now);
  bool take_answer(const chat_envelope& answer);
  bool take_joined(const chat_envelope& answer);
  bool take_published(const chat_envelope& answer);
  bool answers_publish(std::uint32_t request) const noexcept;
  bool take_failed(const chat_envelope& answer);
  bool take_message(std::string_view message, net::time_point now);
  bool take_gap(std::string_view gap);
  bool lose(const std::string& why);
  void check_written(const result<void>& written);

  const std::uint32_t index_;
  const std::uint32_t room_;
  const bool stalls_;
  chat_format& format_;
  chat_counts& counts_;
  member_observer& observer_;
  std::optional<net::stream> stream_;
  chat_order order_;
  std::uint32_t published_ = 0;
  std::uint32_t answered_ = 0;
  bool joined_ = false;
  bool awake_ = false;
  bool lost_ = false;
};

}  // namespace actornet::load
