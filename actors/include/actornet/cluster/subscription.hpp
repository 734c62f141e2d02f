#pragma once

#include <memory>

namespace actornet::cluster {

/// That somebody is told of something until this is destroyed. Nothing is told after that.
/// Move-only, loop-bound.
class [[nodiscard]] subscription {
 public:
  /// What an implementation keeps; its destructor ends the subscription.
  class state {
   public:
    virtual ~state() = default;
  };

  subscription() noexcept = default;
  explicit subscription(std::unique_ptr<state> kept) noexcept : kept_(std::move(kept)) {}

  explicit operator bool() const noexcept { return kept_ != nullptr; }
  void end() noexcept { kept_.reset(); }

 private:
  std::unique_ptr<state> kept_;
};

}  // namespace actornet::cluster
