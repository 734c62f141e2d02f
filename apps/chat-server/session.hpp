#pragma once

#include <actornet/chat/v1/chat.pb.h>

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "actornet/connection.hpp"
#include "actornet/flow/task.hpp"
#include "actornet/net/token_bucket.hpp"
#include "identity.hpp"
#include "seat.hpp"
#include "service.hpp"

namespace actornet::chat {

/// One client's connection: from its Hello to its end. Commands are taken one after the other;
/// answers that need a room's history come when they are there.
class session final : private seat_owner {
 public:
  using peer_type = connection<v1::Command, v1::Event>;

  session(service& of, peer_type peer);

  /// Serves it until it ends; not called twice.
  task<> run();

 private:
  /// What is to be said at once, and whether that is the end.
  struct reply {
    std::optional<v1::Event> event{};
    bool last = false;
  };
  using seat_map = std::map<std::string, std::unique_ptr<seat>, std::less<>>;
  using request_handle = in_flight<connection_ref<v1::Event>>;

  void end(std::error_code why);
  void set_alarm();
  reply on_alarm();
  v1::Event welcome(std::uint32_t request) const;
  v1::Event draining();

  reply answer(const v1::Command& command);
  reply refuse(std::uint32_t request, const refusal& why, bool last = false);
  reply greet(const v1::Command& command);
  reply refresh(const v1::Command& command);
  seat_map::iterator put_out(seat_map::iterator which);
  reply join(const v1::Command& command);
  reply leave(const v1::Command& command);
  reply typing(const v1::Command& command);
  void on_seat_closed(const std::string& room, std::uint32_t request,
                      std::error_code reason) override;

  std::optional<refusal> too_often(const v1::Command& command);
  std::optional<refusal> refusal_of_room(const std::string& room) const;
  std::optional<refusal> refusal_of(const v1::Publish& wanted) const;

  // Commands whose answers come later; meanwhile they are requests in flight of the connection.
  static bool is_deferred(const v1::Command& command) noexcept;
  std::optional<refusal> refusal_of_deferred(const v1::Command& command);
  void begin(const v1::Command& command, request_handle from);
  void publish(const v1::Command& command, request_handle from);
  void who(const v1::Command& command, request_handle from);
  void read_history(const v1::Command& command, request_handle from);

  bool welcomed() const noexcept { return who_.has_value(); }

  service& of_;
  peer_type peer_;
  connection_ref<v1::Event> out_;
  net::loop* home_;
  const std::string address_;  // the limiter's key
  const net::time_point began_;
  net::token_bucket commands_;
  std::optional<identity> who_;
  bool expiry_told_ = false;
  seat_map seats_;
};

}  // namespace actornet::chat
