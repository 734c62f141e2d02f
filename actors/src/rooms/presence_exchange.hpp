#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "actornet/cluster/detail/names.hpp"
#include "presence_frame.hpp"
#include "presence_peer.hpp"
#include "room_users.hpp"
#include "shard.hpp"

namespace actornet::rooms::detail {

/// Tells the other nodes which users a room has on this one, and `room_users` which it has on them.
/// Each node owns its users; nobody else says anything about them. On the home's loop.
///
/// Frames go out at most every `delta_interval`: changes, or all names when somebody wants them;
/// without either a digest, every `digest_interval`. Who hears of a version that it did not come to
/// wants all names.
class presence_exchange final : public local_users_sink, private cluster::bus_sink {
 public:
  static constexpr std::size_t ended_boots_max = 16;  ///< of a node that are remembered
  static constexpr net::duration want_again = std::chrono::seconds(1);  ///< not sooner

  /// After so long without another node, where membership says when one comes, digests are rare; a
  /// node that is gone is forgotten.
  static constexpr net::duration lonely_after = std::chrono::seconds(60);
  static constexpr net::duration lonely_interval = std::chrono::seconds(30);

  presence_exchange(std::string_view room, shard& here, room_users& users);

  /// Says that nobody is here any more.
  ~presence_exchange();

  void on_local(const std::string& user, bool present) override;
  void on_big(bool big) override;

  /// Says soon where this node stands, and wants what @p node knows, if any.
  void greet(std::string_view node);

  /// The node is down: its users are gone.
  void drop(std::string_view node);

 private:
  struct other {
    std::uint64_t boot;
    std::deque<std::uint64_t> ended;  // earlier ones of that name
    net::time_point heard;
    net::time_point wanted;
    presence_peer users;
  };
  using others = cluster::detail::name_map<other>;

  void on_published(const net::shared_bytes& payload) override;
  void on_lagged(std::uint64_t) override {}  // the next digest shows what is missing

  void hear(const presence_frame& frame);
  void note_wants(const presence_frame& frame);
  other* find(const presence_frame& frame);
  others::iterator add(const presence_frame& frame);
  bool begin_boot(other& of, std::uint64_t boot);
  void drop_silent();
  void settle();

  void send();
  void send_names();
  void publish(presence_frame& frame);
  presence_frame frame();
  void send_soon();
  void send_by(net::time_point when);
  net::duration digest_after();
  net::time_point silent_at(const other& who) const noexcept;
  void on_timer();
  void arm_timer();

  const std::string subject_;
  shard& here_;
  const room_options& options_;
  const node_place& self_;
  room_users& users_;
  const std::uint64_t life_;

  std::uint64_t version_ = 0;
  std::uint32_t count_ = 0;                  // this node's users
  std::uint64_t hash_ = 0;                   // of their names
  bool changed_ = false;                     // since the last frame
  cluster::detail::name_map<bool> changes_;  // the same, who came and left; while names are told
  bool names_due_ = false;                   // all of them go into the next frame
  std::set<std::string> wants_;
  bool wants_all_ = true;  // what was before this life it has not heard

  others others_;
  net::time_point heard_;  // of any of them
  net::time_point sent_;
  net::time_point send_at_ = net::never;
  net::timer timer_{net::entry_of<&presence_exchange::on_timer>(*this)};
  cluster::subscription hears_;
};

}  // namespace actornet::rooms::detail
