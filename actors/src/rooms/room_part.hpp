#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "member_list.hpp"
#include "membership_state.hpp"
#include "part_inbox.hpp"
#include "shard.hpp"

namespace actornet::rooms::detail {

/// The members of a room that live on one loop. On that loop, except `inbox`.
class room_part : public std::enable_shared_from_this<room_part> {
 public:
  room_part(std::string_view name, shard& here, shard& home)
      : inbox(here.common().options.part_queue_max), name_(name), here_(here), home_(home) {}

  /// Null: too much waits.
  std::unique_ptr<membership_state> join(member& who, join_request how);
  void leave(membership_state& gone);
  void type(const membership_state& who, bool active);

  /// What came into the inbox.
  void work();

  /// After those who were too slow.
  void look_again();

  bool empty() const noexcept { return live_.empty() && behind_.empty() && joining_.empty(); }
  const std::string& name() const noexcept { return name_; }
  shard& here() noexcept { return here_; }

  part_inbox inbox;
  bool watched = false;  // the shard's

 private:
  friend class membership_state;

  using messages = std::vector<message_ref>;

  struct joiner {
    membership_state* state;  // null: it left before the answer
    std::string user;         // that one's
    bool at_once = false;     // the same
  };

  void handle(const std::shared_ptr<const presence>& change);
  void handle(const std::shared_ptr<const typing>& change);
  void handle(const std::shared_ptr<const members_list>& there);
  void handle(const join_accepted& answer);
  void handle(const join_refused& answer);
  void handle(const newest_moved& to);
  void handle(const room_failed& how);
  void add_message(message_ref next);
  void fan_out();
  void fall_behind(const position& newest);
  void begin(membership_state& added, const position& newest);

  void catch_up(membership_state& slow);
  void read_on(membership_state& slow);
  void look_ahead(membership_state& slow);
  void compare(membership_state& ahead, const position& newest);
  void replay(membership_state& slow, const history_page& page);
  void jump(membership_state& slow, const history_page& page);
  void go_live(membership_state& done);
  void tell_gap(membership_state& to, const position& until, gap_reason reason);
  void overflow(membership_state& slow, const position& has);
  void close(membership_state& gone, std::error_code reason);
  void send_leave(const std::string& user, bool at_once);
  bool known(const position& at) const noexcept;
  const slow_consumer_options& slow_options() const noexcept;

  void conflate(membership_state& slow, const presence& change);
  void conflate(membership_state& slow, const std::shared_ptr<const members_list>& there);
  void be_late(membership_state& slow);
  void tell_late(membership_state& slow);
  void watch();

  template <class Visit>
  void for_each_member(const Visit& visit) {
    live_.for_each(visit);
    behind_.for_each(visit);
  }

  const std::string name_;
  shard& here_;
  shard& home_;
  member_list live_;
  member_list behind_;
  std::unordered_map<std::uint64_t, joiner> joining_;
  std::vector<membership_state*> late_;  // those that have `late`
  std::uint64_t next_id_ = 0;
  position last_;   // the live ones have everything up to here
  messages batch_;  // to be fanned out
  std::vector<part_item> taken_;
};

}  // namespace actornet::rooms::detail
