#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "room_part.hpp"
#include "shard.hpp"

namespace actornet::rooms::detail {

/// The one place of a room where its order is made: it follows the room's channel and keeps the
/// presence, and tells both to the parts. There while the room has members. On its loop.
class room_home final : private live_sink, private cluster::bus_sink {
 public:
  room_home(std::string_view name, shard& here);
  ~room_home();

  void join(const std::shared_ptr<room_part>& from, std::uint64_t id, const std::string& user);
  void leave(const std::shared_ptr<room_part>& from, const std::string& user);

  const std::string& name() const noexcept { return name_; }
  const std::shared_ptr<const members_list>& list();
  bool unused() const noexcept { return members_ == 0 && waiting_.empty(); }

  static std::string typing_subject(std::string_view room);
  static net::shared_bytes typing_payload(std::string_view user, bool active);

 private:
  struct link {  // to a part
    std::shared_ptr<room_part> part;
    std::size_t members;
  };
  struct waiting {  // a join, before the history said where it is
    std::shared_ptr<room_part> from;
    std::uint64_t id;
    std::string user;
  };
  struct user_state {
    std::size_t devices = 0;
    net::time_point typing_until = net::never;  // never: does not type
  };

  void on_start(const position& newest) override;
  void on_message(const message_ref& next) override;
  void on_failed(std::error_code reason) override;
  void on_published(const net::shared_bytes& payload) override;
  void on_lagged(std::uint64_t) override {}

  void admit(const std::shared_ptr<room_part>& from, std::uint64_t id, const std::string& user);
  void refuse(const std::shared_ptr<room_part>& from, std::uint64_t id, std::error_code reason);
  void changed(const std::string& user, bool present);
  void tell_list();
  void tell_count();
  void type(const std::string& user, bool active);
  void stop_typing(const std::string& user, user_state& who);
  void tell_typing(const std::string& user, bool active);
  void on_timer();
  void arm_timer();

  template <class Push>
  void tell_parts(const Push& push) {
    for (const link& each : parts_)
      if (push(each.part->inbox))
        each.part->here().wake(each.part);
  }

  const std::string name_;
  shard& here_;
  const room_options& options_;
  std::vector<link> parts_;
  std::vector<waiting> waiting_;
  cluster::detail::name_map<user_state> users_;
  std::shared_ptr<const members_list> list_;  // null: to be made anew
  std::size_t members_ = 0;
  std::size_t typing_ = 0;  // users that do
  position newest_;
  std::error_code failed_;
  bool started_ = false;
  bool counts_only_ = false;
  bool count_due_ = false;
  net::time_point next_count_{};
  net::timer timer_{net::entry_of<&room_home::on_timer>(*this)};
  cluster::subscription follows_;
  cluster::subscription hears_;
};

}  // namespace actornet::rooms::detail
