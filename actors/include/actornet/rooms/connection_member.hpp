#pragma once

#include <concepts>
#include <utility>

#include "actornet/connection_ref.hpp"
#include "actornet/detail/connection_core.hpp"
#include "actornet/rooms/member.hpp"

namespace actornet::rooms {

/// How what happens in a room is said in an application's protocol. Messages, presence and typing
/// are made once for all members of the room.
template <class Protocol, class Out>
concept room_protocol = requires(const Protocol& words, const message& said, const presence& came,
                                 const typing& types, const gap& missed, const members_list& there,
                                 const position& at) {
  { words.to_message(said) } -> std::convertible_to<Out>;
  { words.to_presence(came) } -> std::convertible_to<Out>;
  { words.to_typing(types) } -> std::convertible_to<Out>;
  { words.to_gap(missed) } -> std::convertible_to<Out>;
  { words.to_members(there) } -> std::convertible_to<Out>;
  { words.to_joined(at, there) } -> std::convertible_to<Out>;
};

/// A member that passes everything on to a connection of the same loop. What it cannot send it
/// leaves to the room's policies; a member that is closed closes its connection with the reason.
template <protobuf_message Out, room_protocol<Out> Protocol>
class connection_member : public member {
 public:
  connection_member(connection_ref<Out> to, Protocol words)
      : to_(std::move(to)), words_(std::move(words)) {}

  void on_joined(const position& newest, const members_list& there) override {
    (void)to_.send(words_.to_joined(newest, there));
  }

  bool on_message(const message& next, std::size_t unsent_bytes_max) override {
    return unsent_bytes() <= unsent_bytes_max && to_.send(next.rendered<encoded<Out>>([&] {
      return encoded<Out>(words_.to_message(next));
    }));
  }

  void on_gap(const gap& missed) override { (void)to_.send(words_.to_gap(missed)); }
  void on_members(const members_list& there) override { (void)to_.send(words_.to_members(there)); }

  void on_presence(const presence& change) override {
    (void)to_.send(
        change.rendered<encoded<Out>>([&] { return encoded<Out>(words_.to_presence(change)); }));
  }
  void on_typing(const typing& change) override {
    (void)to_.send(
        change.rendered<encoded<Out>>([&] { return encoded<Out>(words_.to_typing(change)); }));
  }

  void on_closed(std::error_code reason) override {
    to_.close(reason.category() == error_category() ? static_cast<errc>(reason.value())
                                                    : errc::closed_locally);
  }

  std::size_t unsent_bytes() const noexcept override {
    const auto* const open = to_.control() ? to_.control()->target() : nullptr;
    return open ? open->bytes().output_bytes() : 0;
  }

  const connection_ref<Out>& connection() const noexcept { return to_; }
  const Protocol& protocol() const noexcept { return words_; }

 private:
  connection_ref<Out> to_;
  Protocol words_;
};

}  // namespace actornet::rooms
