#pragma once

#include <memory>
#include <utility>

#include "connection.hpp"

namespace actornet::sim {

/// One end of a connection, owned: closes it when destroyed. Move-only.
class socket {
 public:
  socket() noexcept = default;
  socket(std::shared_ptr<connection> whole, side mine) noexcept
      : connection_(std::move(whole)), side_(mine) {}
  socket(socket&&) noexcept = default;
  socket& operator=(socket&& moved) noexcept {
    close();
    connection_ = std::move(moved.connection_);
    side_ = moved.side_;
    return *this;
  }
  ~socket() { close(); }

  explicit operator bool() const noexcept { return connection_ != nullptr; }
  std::uint64_t id() const noexcept { return connection_->id(); }
  const net::endpoint& peer() const noexcept { return connection_->address(other(side_)); }
  void set_user(end_user* user) noexcept { connection_->set_user(side_, user); }

  bool was_reset() const noexcept { return connection_->was_reset(side_); }
  bool read_due() const noexcept { return connection_->read_due(side_); }
  bool write_due() const noexcept { return connection_->write_due(side_); }
  std::size_t readable() const noexcept { return connection_->readable(side_); }
  std::size_t room() const noexcept { return connection_->room(side_); }

  net::io_result read(std::span<std::byte> into) { return connection_->read(side_, into); }
  net::io_result write(std::span<const std::span<const std::byte>> parts, std::size_t limit) {
    return connection_->write(side_, parts, limit);
  }
  void shutdown_write() { connection_->shutdown_write(side_); }
  void close() {
    if (connection_)
      connection_->close(side_);
  }
  void abort() { connection_->abort(side_); }
  void close_with_reset() { connection_->close_with_reset(side_); }

  void hold() { connection_->hold(); }
  void release() { connection_->release(); }

 private:
  std::shared_ptr<connection> connection_;
  side side_ = side::client;
};

}  // namespace actornet::sim
