#pragma once

#include "actornet/net/transport.hpp"
#include "backend.hpp"

namespace actornet::sim {

/// A connection's end in the hands of a loop. Its faults stay within transport's contract.
class simulated_transport final : public net::transport, private end_user, private news {
 public:
  simulated_transport(simulated_backend& on, socket connected, descriptor held);
  ~simulated_transport() override { close(); }

  void arm_read() override;
  void arm_write() override;
  net::io_result read_some(std::span<std::byte> into) override;
  net::io_result write_some(std::span<const std::span<const std::byte>> parts) override;
  void shutdown_write() override { socket_.shutdown_write(); }
  void close() override;
  void abort() override;
  net::endpoint peer() const override { return socket_.peer(); }

  /// Runs the owner for nothing, if it waits for something.
  void disturb();

 private:
  void on_network() override { look(); }
  void deliver() override;
  bool due() const;
  void look();
  void leave();

  simulated_backend& backend_;
  descriptor descriptor_;
  socket socket_;
  bool read_armed_ = false;
  bool write_armed_ = false;
  bool closed_ = false;
};

}  // namespace actornet::sim
