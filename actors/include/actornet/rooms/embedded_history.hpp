#pragma once

#include <cstdint>
#include <memory>

#include "actornet/cluster/embedded_engine.hpp"
#include "actornet/rooms/history.hpp"

namespace actornet::rooms {

/// A node's way to a history that several nodes of a `cluster::embedded_engine` share, with what
/// can go wrong on it: reads and appends fail or are not answered, appends come twice, messages for
/// followers are left out. What was left out is told a second later, or with the next message.
///
/// It must not outlive the node and @p shared.
class embedded_history final : public history {
 public:
  embedded_history(cluster::embedded_node& node, history& shared);
  ~embedded_history() override;

  cluster::operation append(std::string_view channel, draft what, append_done done) override;
  cluster::operation read_after(std::string_view channel, std::uint64_t after, std::size_t count,
                                read_done done) override;
  cluster::operation read_before(std::string_view channel, std::uint64_t before, std::size_t count,
                                 read_done done) override;
  cluster::subscription live(std::string_view channel, live_sink& sink) override;

 private:
  history& shared_;
  const std::shared_ptr<cluster::detail::embedded_link> link_;
  const std::uint64_t lane_;  // of appends and reads
};

}  // namespace actornet::rooms
