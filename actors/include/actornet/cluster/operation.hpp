#pragma once

#include <functional>
#include <memory>
#include <utility>

namespace actornet::cluster {

namespace detail {

// What is to be told of a result; touched on the loop of the caller only.
class completion_base {
 public:
  virtual ~completion_base() = default;
  virtual void forget() noexcept = 0;
};

template <class Result>
class completion final : public completion_base {
 public:
  explicit completion(std::function<void(Result)> done) : done_(std::move(done)) {}
  void complete(Result outcome) {
    if (const auto done = std::exchange(done_, nullptr))
      done(std::move(outcome));
  }
  void forget() noexcept override { done_ = nullptr; }

 private:
  std::function<void(Result)> done_;
};

}  // namespace detail

/// Something asked for that is not answered yet. The answer comes on the loop that asked, once,
/// never inside the call that asked. Destroying this takes back the wish to be told (what was asked
/// for may happen all the same); `detach` keeps it. Move-only, loop-bound.
class [[nodiscard]] operation {
 public:
  operation() noexcept = default;
  explicit operation(std::shared_ptr<detail::completion_base> told) noexcept
      : told_(std::move(told)) {}
  operation(operation&&) noexcept = default;
  operation& operator=(operation&& other) noexcept {
    std::swap(told_, other.told_);
    return *this;
  }
  ~operation() {
    if (told_)
      told_->forget();
  }

  /// The answer comes whatever becomes of this object.
  void detach() noexcept { told_.reset(); }

 private:
  std::shared_ptr<detail::completion_base> told_;
};

}  // namespace actornet::cluster
