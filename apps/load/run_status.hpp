#pragma once

#include <cstdint>

namespace actornet::load {

/// How a run goes, for people; implemented by the runs.
class run_status {
 public:
  virtual const char* phase_name() const noexcept = 0;
  virtual std::uint32_t connections_up() const noexcept = 0;
  virtual std::uint64_t messages_received() const noexcept = 0;  ///< since the beginning
  virtual std::uint64_t errors() const noexcept = 0;

 protected:
  ~run_status() = default;
};

}  // namespace actornet::load
