#pragma once

#include <memory>

#include "actornet/net/descriptor_watch.hpp"
#include "actornet/net/loop.hpp"

namespace actornet::net {

/// What watches have in common: readiness goes through the loop's run queue to the listener.
class reporting_watch : public descriptor_watch {
 public:
  ~reporting_watch() override { line_->watch = nullptr; }

  result<void> want(bool read, bool write) final {
    reads_ = read;
    writes_ = write;
    return apply();
  }

 protected:
  reporting_watch(loop& owner, descriptor_listener& told)
      : line_(std::make_shared<line>(owner, *this)), told_(told) {}

  bool reads() const noexcept { return reads_; }
  bool writes() const noexcept { return writes_; }

  /// Has the listener told.
  void report(bool readable, bool writable);

  /// Asks the system for what is wanted.
  virtual result<void> apply() = 0;

  /// The listener was told.
  virtual void after_report() {}

  /// The entry in the run queue, which may outlive the watch.
  struct line {
    line(loop& at, reporting_watch& who) : home(at), watch(&who) {}
    void run();

    loop& home;
    reporting_watch* watch;
    std::shared_ptr<line> queued{};  // keeps this for the run queue
    bool readable = false;
    bool writable = false;
  };
  const std::shared_ptr<line>& reports() const noexcept { return line_; }

 private:
  const std::shared_ptr<line> line_;
  descriptor_listener& told_;
  bool reads_ = false;
  bool writes_ = false;
};

}  // namespace actornet::net
