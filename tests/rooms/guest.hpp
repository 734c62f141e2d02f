#pragma once

// A member behind a connection that may break: what it was sent, what arrived, and whether that is
// what it should be.

#include <deque>
#include <map>
#include <set>
#include <variant>

#include "rooms_support.hpp"

namespace actornet::rooms {

/// What is known to have been published: by position, the text.
using truth = std::map<std::pair<std::uint64_t, std::uint64_t>, std::string>;

class guest final : public member {
 public:
  guest(std::string user, std::size_t loop) : user_(std::move(user)), loop_(loop) {}

  const std::string& user() const noexcept { return user_; }
  std::size_t loop() const noexcept { return loop_; }
  bool connected() const noexcept { return static_cast<bool>(in_); }
  const position& has() const noexcept { return has_; }
  std::size_t gaps(gap_reason why) const { return gaps_.contains(why) ? gaps_.at(why) : 0; }
  std::size_t messages() const noexcept { return messages_; }
  const std::set<std::string>& names() const noexcept { return names_; }
  std::uint32_t users() const noexcept { return users_; }

  /// On its loop. @p history: for who has no position yet.
  void connect(registry& to, std::string_view room, std::size_t history) {
    join_request how{user_, {}, history};
    if (started_)
      how.after = has_;
    if (auto joined = to.join(room, *this, std::move(how)))
      in_ = *std::move(joined);
  }

  /// On its loop: the connection breaks, and what is under way is lost.
  void reset() {
    in_ = {};
    wire_.clear();
    unsent_ = 0;
  }

  /// Whether it was closed and has to come again; looks once.
  bool was_closed() { return std::exchange(closed_, false); }

  bool stalled = false;

  /// Takes what is on the wire and compares it with what was published.
  void read(truth& published) {
    while (!stalled && !wire_.empty()) {
      const event next = std::move(wire_.front());
      wire_.pop_front();
      unsent_ -= event_bytes;
      std::visit([&](const auto& one) { take(one, published); }, next);
    }
  }

  // -- member -------------------------------------------------------------------------------------

  void on_joined(const position& newest, const members_list& there) override {
    send(start{newest});
    send(there);
  }
  bool on_message(const message& next, std::size_t unsent_bytes_max) override {
    if (unsent_ > unsent_bytes_max)
      return false;
    send(said{next.at(), text_of(next.body())});
    return true;
  }
  void on_gap(const gap& missed) override { send(missed); }
  void on_members(const members_list& there) override { send(there); }
  void on_presence(const presence& change) override {
    send(came{change.user(), change.present(), change.users()});
  }
  void on_typing(const typing&) override {}
  void on_closed(std::error_code) override {
    closed_ = true;
    wire_.clear();
    unsent_ = 0;
  }
  std::size_t unsent_bytes() const noexcept override { return unsent_; }

  static constexpr std::size_t event_bytes = 10;

 private:
  struct start {
    position newest;
  };
  struct said {
    position at;
    std::string text;
  };
  struct came {
    std::string user;
    bool present;
    std::uint32_t users;
  };
  using event = std::variant<start, said, gap, members_list, came>;

  void send(event one) {
    wire_.push_back(std::move(one));
    unsent_ += event_bytes;
  }

  void take(const start& one, truth&) {
    if (!started_)
      has_ = one.newest;
    floating_ = !started_;
    started_ = true;
  }

  void take(const said& one, truth& published) {
    ++messages_;
    if (floating_ && one.at.epoch == has_.epoch && one.at.offset <= has_.offset)
      has_.offset = one.at.offset - 1;  // the newest that it asked for begin here
    floating_ = false;
    EXPECT_EQ(one.at, (position{has_.epoch, has_.offset + 1})) << user_ << " has " << text_of(has_);
    has_ = one.at;
    const auto known = published.try_emplace({one.at.epoch, one.at.offset}, one.text);
    EXPECT_EQ(one.text, known.first->second);  // also where the answer to the publisher comes later
  }

  void take(const gap& one, truth&) {
    ++gaps_[one.reason];
    floating_ = false;
    EXPECT_EQ(one.from, has_) << user_;
    if (one.reason == gap_reason::new_epoch) {
      EXPECT_GT(one.to.epoch, has_.epoch) << user_;
    } else {
      EXPECT_TRUE(one.to.epoch == has_.epoch && one.to.offset > has_.offset)
          << user_ << " has " << text_of(has_) << ", gap to " << text_of(one.to);
    }
    has_ = one.to;
  }

  void take(const members_list& one, truth&) {
    names_ = {one.names.begin(), one.names.end()};
    users_ = one.users;
  }

  void take(const came& one, truth&) {
    users_ = one.users;
    if (one.user.empty())
      return;
    if (one.present) {
      EXPECT_TRUE(names_.insert(one.user).second) << one.user << " came twice to " << user_;
    } else {
      EXPECT_EQ(names_.erase(one.user), 1u) << one.user << " left twice to " << user_;
    }
  }

  const std::string user_;
  const std::size_t loop_;
  membership in_;
  std::deque<event> wire_;
  std::size_t unsent_ = 0;
  bool started_ = false;
  bool floating_ = false;  // it asked for the newest messages: the first says where it begins
  bool closed_ = false;
  position has_;
  std::map<gap_reason, std::size_t> gaps_;
  std::size_t messages_ = 0;
  std::set<std::string> names_;
  std::uint32_t users_ = 0;
};

}  // namespace actornet::rooms
