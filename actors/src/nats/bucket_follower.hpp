#pragma once

#include <cstdint>
#include <functional>

#include "actornet/cluster/bus.hpp"
#include "bucket.hpp"
#include "mirror.hpp"

namespace actornet::nats {

/// Keeps a mirror like its bucket: makes the bucket, hears its changes, and lists it again when one
/// may have been missed. On the home loop.
class bucket_follower final : private message_sink, private cluster::bus_state_sink {
 public:
  static constexpr net::duration retry_after = std::chrono::milliseconds(500);

  /// @p told hears when the bucket is there, or (with an error) is not after all.
  using made = std::function<void(const result<void>&)>;

  bucket_follower(connection& over, bucket& of, mirror& into, net::duration check_every, made told)
      : over_(over),
        bucket_(of),
        mirror_(into),
        check_every_(check_every),
        made_(std::move(told)) {}

  /// On the loop: begins.
  void start();

 private:
  void on_state(cluster::bus_state now) override;
  void on_message(const message& what) override;
  void on_lagged(std::uint64_t) override { list(); }

  void begin();
  void list();
  void list_from(std::uint64_t revision);
  void end_list();
  void check();
  void retry();

  template <class T, class Work>
  bucket::told<T> on_this_connection(Work work);

  connection& over_;
  bucket& bucket_;
  mirror& mirror_;
  const net::duration check_every_;
  const made made_;
  std::uint64_t connections_ = 0;
  bool up_ = false;
  bool listing_ = false;
  bool list_again_ = false;
  std::uint64_t listed_up_to_ = 0;  // what is heard up to here says nothing new
  std::uint64_t heard_ = 0;
  std::uint64_t behind_of_ = 0;  // what the last check found was not heard
  cluster::subscription hears_;
  cluster::subscription watching_;
  net::timer retry_{net::entry_of<&bucket_follower::retry>(*this)};
  net::timer check_{net::entry_of<&bucket_follower::check>(*this)};
};

}  // namespace actornet::nats
