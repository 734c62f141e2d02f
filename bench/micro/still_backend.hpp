#pragma once

#include <memory>

#include "actornet/net/backend.hpp"

namespace actornet::bench {

/// A backend without sockets and system calls, so that what is measured is ours: a turn costs what
/// the loop does, not what the kernel and the clock do. Each look at its clock is one microsecond
/// after the last.
class still_backend : public net::backend {
 public:
  net::time_point now() override { return now_ += std::chrono::microseconds(1); }
  std::uint64_t random() override { return ++random_; }
  void poll() override {}
  void wait(net::time_point) override {}
  void wake() override {}
  result<std::unique_ptr<net::listening_socket>> listen(const net::endpoint&,
                                                        const net::socket_options&) override {
    return errc::address_invalid;
  }
  std::unique_ptr<net::connecting_socket> connect(const net::endpoint&, const net::socket_options&,
                                                  net::connecting_socket::connected) override {
    return nullptr;
  }
  result<std::vector<net::endpoint>> resolve(const net::endpoint&) override {
    return errc::name_not_found;
  }
  void bind(net::loop&) override {}

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
