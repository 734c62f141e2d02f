#pragma once

#include <memory>

#include "actornet/rooms/history.hpp"

namespace actornet::rooms {

/// Limits of a history in memory. It takes at most `channels_max` times what `retention` says.
struct memory_history_options {
  retention keep{};
  std::size_t channels_max = 100'000;  ///< `channels_exhausted`
};

/// A history in memory, gone with the process: a ring per channel. A channel of which everything
/// has become too old is forgotten; if it comes up again it has a new epoch.
class memory_history final : public history {
 public:
  static constexpr std::int64_t forget_after_ms = 60'000;  ///< at least so long after its last use

  /// @p epoch must be another one for each start of the process: its Unix time in milliseconds.
  explicit memory_history(std::uint64_t epoch, memory_history_options options = {});
  ~memory_history() override;

  cluster::operation append(std::string_view channel, draft what, append_done done) override;
  cluster::operation read_after(std::string_view channel, std::uint64_t after, std::size_t count,
                                read_done done) override;
  cluster::operation read_before(std::string_view channel, std::uint64_t before, std::size_t count,
                                 read_done done) override;
  cluster::subscription live(std::string_view channel, live_sink& sink) override;

  std::size_t channels() const;  ///< that it knows now

  class state;

 private:
  std::unique_ptr<state> state_;
};

}  // namespace actornet::rooms
