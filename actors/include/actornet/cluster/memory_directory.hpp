#pragma once

#include <memory>

#include "actornet/cluster/directory.hpp"
#include "actornet/net/loop.hpp"

namespace actornet::cluster {

/// The directory inside a process: a map, with leases on the timer wheel of @p home.
class memory_directory final : public directory {
 public:
  static constexpr std::size_t keys_max = 100'000;

  /// @p home must outlive it; destroyed while no loop that used it is in a turn on another thread.
  explicit memory_directory(net::loop& home);
  ~memory_directory() override;

  operation put(std::string_view key, std::string value, std::uint64_t expected,
                net::duration time_to_live, put_done done) override;
  operation remove(std::string_view key, std::uint64_t expected, put_done done) override;
  operation get(std::string_view key, get_done done) override;
  subscription watch(std::string_view prefix, directory_sink& sink) override;

  class state;

 private:
  std::unique_ptr<state> state_;
};

}  // namespace actornet::cluster
