#pragma once

#include <memory>

#include "actornet/sim/socketless_backend.hpp"

namespace actornet::bench {

/// A backend without sockets and system calls, so that what is measured is ours: a turn costs what
/// the loop does, not what the kernel and the clock do. Each look at its clock is one microsecond
/// after the last.
class still_backend : public sim::socketless_backend {
 public:
  net::time_point now() override { return now_ += std::chrono::microseconds(1); }
  std::uint64_t random() override { return ++random_; }

 private:
  net::time_point now_{std::chrono::hours(1)};
  std::uint64_t random_ = 0;
};

/// A connected socket that nothing comes from, that takes whatever is written and forgets it.
class null_transport final : public net::transport {
 public:
  void arm_read() override {}
  void arm_write() override {}
  net::io_result read_some(std::span<std::byte>) override { return {}; }
  net::io_result write_some(std::span<const std::span<const std::byte>> parts) override {
    std::size_t bytes = 0;
    for (const auto& part : parts)
      bytes += part.size();
    return {net::io_result::status::ok, bytes, {}};
  }
  void shutdown_write() override {}
  void close() override {}
  void abort() override {}
  net::endpoint peer() const override { return {}; }
};

}  // namespace actornet::bench
