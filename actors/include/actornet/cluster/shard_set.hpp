#pragma once

#include <cstdint>

namespace actornet::cluster {

/// What is told which shards of a service this node owns. Loop-bound.
class shard_set {
 public:
  /// From here on requests for keys of @p shard are served here. Again: nothing.
  virtual void own(std::uint32_t shard) = 0;

  /// From here on they are not: those that still come are told to look for the new owner, those in
  /// work are told to stop. Not owned: nothing.
  virtual void release(std::uint32_t shard) = 0;

 protected:
  ~shard_set() = default;
};

}  // namespace actornet::cluster
