#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "presence_exchange.hpp"
#include "room_parts.hpp"
#include "room_typing.hpp"
#include "room_users.hpp"
#include "shard.hpp"

namespace actornet::rooms::detail {

/// The one place of a room on this node: it follows the room's channel, has what knows of its
/// users, and tells all of it to the parts. There while the room has members. On its loop.
class room_home final : private live_sink, private cluster::bus_sink {
 public:
  room_home(std::string_view name, shard& here);
  ~room_home();

  void join(const std::shared_ptr<room_part>& from, std::uint64_t id, const std::string& user);
  void leave(const std::shared_ptr<room_part>& from, const std::string& user, bool at_once);

  const std::string& name() const noexcept { return name_; }
  const std::shared_ptr<const members_list>& list() { return users_.list(); }

  /// Nobody is here, and no other node is to hear of somebody who may come again.
  bool unused() const noexcept {
    return members_ == 0 && waiting_.empty() && !(exchange_ && users_.lingering() && !failed_);
  }

  void on_node_up(std::string_view node);
  void on_node_down(std::string_view node);
  void on_bus_up();

  static std::string typing_subject(std::string_view room);
  static net::shared_bytes typing_payload(std::string_view user, bool active);

 private:
  struct waiting {  // a join, before the history said where it is
    std::shared_ptr<room_part> from;
    std::uint64_t id;
    std::string user;
  };

  void on_start(const position& newest) override;
  void on_message(const message_ref& next) override;
  void on_failed(std::error_code reason) override;
  void on_published(const net::shared_bytes& payload) override;
  void on_lagged(std::uint64_t) override {}

  void admit(const std::shared_ptr<room_part>& from, std::uint64_t id, const std::string& user);

  const std::string name_;
  shard& here_;
  const room_options& options_;
  room_parts parts_;
  room_typing typing_;
  room_users users_;
  std::unique_ptr<presence_exchange> exchange_;  // null: there are no other nodes
  std::vector<waiting> waiting_;
  std::size_t members_ = 0;
  position newest_;
  std::error_code failed_;
  bool started_ = false;
  cluster::subscription follows_;
  cluster::subscription hears_;
};

}  // namespace actornet::rooms::detail
