#pragma once

#include <utility>

#include "actornet/result.hpp"

namespace actornet::net {

/// A descriptor that is closed with it. Move-only; may travel between threads.
class descriptor {
 public:
  /// A second descriptor of what @p foreign stands for, whose owner may close that at any time.
  /// Error: `descriptors_exhausted`, `network_failure` (@p foreign is closed), `unavailable` (not
  /// on this platform).
  static result<descriptor> copy_of(int foreign);

  descriptor() noexcept = default;
  descriptor(descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  descriptor& operator=(descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~descriptor();

  explicit operator bool() const noexcept { return fd_ >= 0; }
  int get() const noexcept { return fd_; }
  int release() noexcept { return std::exchange(fd_, -1); }

 private:
  explicit descriptor(int fd) noexcept : fd_(fd) {}

  int fd_ = -1;
};

/// Told what a watched descriptor is ready for, of what was wanted. Called on the loop, never
/// inside a call of the watch, which it may destroy. It may be spurious.
class descriptor_listener {
 public:
  virtual void on_ready(bool readable, bool writable) = 0;

 protected:
  ~descriptor_listener() = default;
};

/// A foreign library's descriptor in a loop's poller; see `backend::watch_descriptor`. Bound to
/// that loop. After its destructor nothing is told.
class descriptor_watch {
 public:
  virtual ~descriptor_watch() = default;

  /// What the listener is told of from now on, as long as it is so (level-triggered); an error or
  /// end at the descriptor counts as both. At first nothing. Error: `network_failure` (the system
  /// cannot watch it).
  virtual result<void> want(bool read, bool write) = 0;
};

}  // namespace actornet::net
