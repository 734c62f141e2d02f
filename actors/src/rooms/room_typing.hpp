#pragma once

#include <string>

#include "actornet/cluster/detail/names.hpp"
#include "room_parts.hpp"
#include "shard.hpp"

namespace actornet::rooms::detail {

/// Who types in a room, wherever they are; told to the parts. On the home's loop.
class room_typing {
 public:
  room_typing(shard& here, const room_parts& parts);

  /// It types, or still does.
  void type(const std::string& user);

  void stop(const std::string& user);
  void stop_all();

 private:
  void tell(const std::string& user, bool active);
  void on_timer();
  void arm_timer();

  shard& here_;
  const room_options& options_;
  const room_parts& parts_;
  cluster::detail::name_map<net::time_point> until_;  // those who type
  net::timer timer_{net::entry_of<&room_typing::on_timer>(*this)};
};

}  // namespace actornet::rooms::detail
