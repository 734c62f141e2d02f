#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_set>

#include "presence_frame.hpp"
#include "room_users.hpp"

namespace actornet::rooms::detail {

/// What one boot of another node has of a room's users, as its frames tell. The names it has are
/// those that `room_users` was told of. On the home's loop.
class presence_peer {
 public:
  enum class outcome : std::uint8_t {
    fine,
    wants,    ///< its names are not known: it should tell them
    refused,  ///< older than what is known, or more than it says itself
  };

  /// @p names_max: more are not kept, they count.
  outcome take(const presence_frame& next, std::size_t names_max, room_users& users);

  /// Nothing is known of it any more.
  void drop(room_users& users);

  bool present() const noexcept { return knows_ != knows::nothing; }
  bool nameless() const noexcept { return knows_ == knows::count; }
  std::size_t count() const noexcept { return nameless() ? users_ : names_.size(); }

 private:
  using name_set = std::unordered_set<std::string>;
  enum class knows : std::uint8_t { nothing, names, count };
  struct gathering {  // of names in parts
    std::uint64_t version;
    std::uint32_t next;
    name_set names;
  };

  void begin(std::uint64_t life, room_users& users);
  void count(const presence_frame& next, room_users& users);
  void change(const presence_frame& next, std::size_t names_max, room_users& users);
  outcome gather(const presence_frame& next, room_users& users);
  void replace(const name_set& names, room_users& users);
  bool agrees(const presence_frame& with) const;
  void add(const std::string& user, room_users& users);
  void remove(const std::string& user, room_users& users);

  knows knows_ = knows::nothing;
  std::uint64_t life_ = 0;  // 0: none was heard of
  std::uint64_t version_ = 0;
  bool over_ = false;        // the life is
  std::uint32_t users_ = 0;  // nameless: so many
  name_set names_;
  std::uint64_t hash_ = 0;  // of `names_`
  std::optional<gathering> gathering_;
};

}  // namespace actornet::rooms::detail
