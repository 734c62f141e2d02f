#pragma once

// A backend whose calendar is wrong; all else is that of the one inside.

#include <memory>

#include "actornet/net/backend.hpp"

namespace actornet::cluster_test {

class skewed_backend final : public net::backend {
 public:
  skewed_backend(std::unique_ptr<net::backend> inner, net::duration skew)
      : inner_(std::move(inner)), skew_(std::chrono::floor<std::chrono::milliseconds>(skew)) {}

  net::time_point now() override { return inner_->now(); }
  std::uint64_t random() override { return inner_->random(); }
  net::wall_time wall_now() override { return inner_->wall_now() + skew_; }
  void poll() override { inner_->poll(); }
  void wait(net::time_point deadline) override { inner_->wait(deadline); }
  void wake() override { inner_->wake(); }
  result<std::unique_ptr<net::listening_socket>> listen(
      const net::endpoint& where, const net::socket_options& options) override {
    return inner_->listen(where, options);
  }
  std::unique_ptr<net::connecting_socket> connect(
      const net::endpoint& where, const net::socket_options& options,
      net::connecting_socket::connected handler) override {
    return inner_->connect(where, options, std::move(handler));
  }
  result<std::vector<net::endpoint>> resolve(const net::endpoint& name) override {
    return inner_->resolve(name);
  }
  void bind(net::loop& owner) override { inner_->bind(owner); }
  bool chooses() const override { return inner_->chooses(); }
  std::size_t choose(std::size_t count) override { return inner_->choose(count); }

 private:
  const std::unique_ptr<net::backend> inner_;
  const std::chrono::milliseconds skew_;
};

}  // namespace actornet::cluster_test
