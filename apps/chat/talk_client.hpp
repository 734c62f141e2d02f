#pragma once

#include <actornet/chat/v1/chat.pb.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "actornet/errc.hpp"
#include "actornet/net/clock.hpp"
#include "outbox.hpp"
#include "room_place.hpp"
#include "talk_view.hpp"

namespace actornet::talk {

/// What a client is told at its beginning.
struct talk_settings {
  std::string name{};
  std::vector<std::string> rooms{};  ///< to be joined; the first is the current one
  std::uint32_t history = 20;        ///< newest messages asked for at the first join of a room
  bool renews_token = false;         ///< somebody gives a token when `wants_token`
};

/// What must become of a connection.
struct connection_end {
  bool for_good = false;  ///< else it comes back
  net::duration wait{};   ///< before it does
  std::error_code why{};
};

/// One user's part in the chat protocol, over any number of connections, without I/O: events and
/// what the user wants go in, commands come out. Joins its rooms on each connection and resumes
/// where they were; keeps messages until the server has acknowledged them. Loop-bound.
class talk_client {
 public:
  static constexpr std::size_t rooms_max = 64;
  static constexpr std::size_t requests_max = 256;  ///< that wait for their answers
  static constexpr std::size_t queue_max = 256;     ///< commands that wait to be sent

  /// @p random gives 64 bits. @p view must outlive it.
  talk_client(talk_settings settings, talk_view& view, std::function<std::uint64_t()> random);

  // -- the connection -----------------------------------------------------------------------------

  void dialing();
  void connected(const std::string& token, net::time_point now);
  void received(v1::Event event, net::time_point now);
  void lost();  ///< it is gone; `waiting` or an end follows
  void waiting(net::duration wait, std::error_code why);  ///< until the next dial
  void closed(std::string reason);                        ///< the last call

  /// The next command to be sent.
  std::optional<v1::Command> next(net::time_point now);

  /// When to ask for `next` and `end` again if nothing happens; `never`.
  net::time_point wakes_at(net::time_point now) const;

  /// Whether the connection is to end now.
  std::optional<connection_end> end(net::time_point now);

  /// Whether a token is to be read again now, and given to `renew`.
  bool wants_token(net::time_point now) const noexcept { return now >= token_wanted_at_; }
  void renew(const std::string& token, net::time_point now);

  // -- the user -----------------------------------------------------------------------------------

  void publish(std::string text);
  void join(const std::string& room);
  void leave(const std::string& room);  ///< empty: the current one, here and below
  void switch_to(const std::string& room);
  void who(const std::string& room);
  void history(std::uint32_t count);  ///< older messages of the current room; 0: as in the settings
  void typing(bool active, net::time_point now);

  /// What a script wants. Answers carry its request number.
  void carry_out(v1::Command command);

  /// What the client has to say to its user, shown as a Failed of its own.
  void complain(v1::FailureCode code, const std::string& text) {
    fail(code, text, v1::Command::KIND_NOT_SET);
  }

  /// Ends when all messages are acknowledged, or at @p latest.
  void quit(net::time_point latest);

  // -- facts --------------------------------------------------------------------------------------

  phase at() const noexcept { return phase_; }
  bool is_connected() const noexcept { return connected_; }
  const std::string& user() const noexcept { return user_; }
  const std::string& current_room() const noexcept { return current_; }
  std::size_t rooms() const noexcept { return rooms_.size(); }
  std::size_t unsent_messages() const noexcept { return outbox_.size(); }
  bool refused() const noexcept { return refused_; }

  /// Nothing is left to be done: it was refused, or has quit.
  bool over(net::time_point now) const noexcept;
  net::time_point quits_at() const noexcept { return quits_at_; }

 private:
  struct room {
    std::string name{};
    room_place where{};
    std::optional<place> oldest{};  // message that was shown
    bool joined = false;
    bool asked = false;  // Join is under way
    net::time_point join_again{};
    std::uint32_t join_request = 0;  // a script's number, for the next Join
    std::uint32_t join_number = 0;   // ours, of the last Join of this connection
    std::uint32_t history = 0;
  };
  struct request {
    v1::Command::KindCase kind{};
    std::string room{};
    std::uint32_t asked = 0;
  };

  room* find(const std::string& name);
  bool is_joined(const std::string& name);
  void forget(const std::string& name, const std::string& why);
  void enter(phase_change change);
  void fail(v1::FailureCode code, std::string text, v1::Command::KindCase kind,
            std::uint32_t asked = 0);
  std::string new_id();
  bool ready() const noexcept { return phase_ == phase::open; }
  void queue(v1::Command command, const std::string& in, std::uint32_t asked = 0);
  v1::Command numbered(v1::Command command, const std::string& in, std::uint32_t asked = 0);
  std::optional<v1::Command> next_join(net::time_point now);
  std::optional<v1::Command> next_publish(net::time_point now);
  std::optional<v1::Command> next_ping(net::time_point now);
  static bool is_awaited(const request& which) noexcept;
  bool has_work() const noexcept;
  void give_up(const request& unanswered);
  request answered_by(const v1::Event& event);
  void begin_join(const std::string& name, const std::optional<place>& after, std::uint32_t history,
                  std::uint32_t asked);
  void begin_leave(const std::string& name, std::uint32_t asked);
  void add_message(unsent message);

  void on_welcome(const v1::Welcome& welcome, const request& answered, net::time_point now);
  void on_failed(v1::Event& event, const request& answered, net::time_point now);
  void on_hello_refused(v1::Event& event, const v1::Failed& why);
  void on_joined(const v1::Joined& joined);
  void on_message(v1::Event& event);
  void on_gap(v1::Event& event);
  void on_left(v1::Event& event, const request& answered);
  void on_page(const v1::HistoryPage& page);
  void on_draining(const v1::Draining& draining, net::time_point now);

  const talk_settings settings_;
  talk_view& view_;
  std::function<std::uint64_t()> random_;
  const std::string device_;
  std::string current_;
  std::vector<room> rooms_;
  outbox outbox_;
  std::deque<v1::Command> queue_;   // of this connection, numbered
  std::deque<v1::Command> wanted_;  // questions that wait for a connection
  std::map<std::uint32_t, request> requests_;
  std::uint32_t last_request_ = 0;

  phase phase_ = phase::connecting;
  bool connected_ = false;
  bool was_welcomed_ = false;
  bool refused_ = false;
  bool announced_ = false;  // how long it waits was told already
  std::string user_;
  std::string token_;
  net::duration heartbeat_{};
  net::time_point heard_at_{};
  bool pinged_ = false;
  net::time_point token_wanted_at_ = net::never;
  net::time_point quits_at_ = net::never;
  net::time_point drained_at_ = net::never;  // the connection ends then at the latest
  net::time_point comes_back_at_{};          // what a draining server said
  std::optional<connection_end> end_;        // decided
  std::string typing_in_;                    // the room that was told
  net::time_point typing_told_at_{};
};

}  // namespace actornet::talk
