#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "actornet/cluster/detail/chance.hpp"
#include "actornet/cluster/detail/embedded_link.hpp"
#include "actornet/cluster/detail/names.hpp"
#include "actornet/cluster/memory_directory.hpp"

namespace actornet::cluster::detail {

/// Who reaches whom, what goes wrong, and what all share. Thread-safe.
class embedded_network {
 public:
  embedded_network(net::loop& home, std::uint64_t seed) : directory(home), chance_(seed) {}

  std::uint64_t join(embedded_link& added);
  void leave(embedded_link& gone);

  void set_faults(const embedded_faults& what);
  void partition(const std::vector<std::vector<std::string>>& groups);

  bool alive(const embedded_link& one) const;
  bool connected(const embedded_link& one) const;
  bool reaches_engine(const embedded_link& one) const;
  bool reaches(std::uint64_t from, std::uint64_t to) const;
  void disconnect(embedded_link& one, bool disconnected);
  void crash(embedded_link& one);

  bool draw(double embedded_faults::*which);
  net::duration way();
  std::uint64_t new_lane();

  /// The numbers of all nodes that are alive.
  std::vector<std::uint64_t> all() const;

  /// What @p from said gets to @p to, if it does.
  void deliver(std::uint64_t from, std::uint64_t to, std::string_view subject,
               const net::shared_bytes& payload);

  void serve(std::string_view subject, std::uint64_t server);
  void no_more_serve(std::string_view subject, std::uint64_t server);

  using served = std::function<void(std::uint64_t server, result<net::shared_bytes>)>;

  /// Hands a request to one of those @p from reaches; @p done on this loop.
  result<void> ask(std::uint64_t from, std::string_view subject, const net::shared_bytes& payload,
                   net::duration deadline, const served& done);

  memory_directory directory;

 private:
  struct servers {
    std::vector<std::uint64_t> all;
    std::size_t turn = 0;
  };

  // Under the mutex.
  bool reaches_locked(std::uint64_t from, std::uint64_t to) const;
  std::size_t group_of(const embedded_link& one) const;
  void look_all();

  mutable std::mutex mutex_;
  chance chance_;
  embedded_faults faults_;
  std::uint64_t last_number_ = 0;  // of nodes and lanes
  std::map<std::uint64_t, embedded_link*> links_;
  std::map<std::string, std::size_t, std::less<>> groups_;  // of those that are named
  std::size_t group_count_ = 0;
  name_map<servers> services_;
};

}  // namespace actornet::cluster::detail
