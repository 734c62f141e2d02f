#pragma once

// A place at which a task waits until a test says go; as an upper layer would write one.

#include <coroutine>

#include "actornet/flow/task_context.hpp"

namespace actornet {

class gate {
 public:
  class wait final : public wait_point {
   public:
    explicit wait(gate& at) noexcept : at_(&at) {}
    bool await_ready() const noexcept { return context().cancelled(); }
    void await_suspend(std::coroutine_handle<> task) noexcept {
      park(task);
      at_->waiting_ = this;
    }
    /// `errc{}`, or why the task is to stop.
    errc await_resume() const noexcept { return context().cancel_reason(); }

   private:
    friend class gate;
    void abandon(errc) override {
      at_->waiting_ = nullptr;
      wake();
    }
    gate* at_;
  };

  wait pass() noexcept { return wait(*this); }
  bool occupied() const noexcept { return waiting_ != nullptr; }

  /// On the loop of who waits.
  void open() {
    if (waiting_)
      std::exchange(waiting_, nullptr)->wake();
  }

 private:
  wait* waiting_ = nullptr;
};

}  // namespace actornet
