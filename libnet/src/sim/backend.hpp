#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "actornet/net/backend.hpp"
#include "actornet/net/loop.hpp"
#include "network.hpp"

namespace actornet::sim {

class world_state;
class simulated_transport;

/// Something of a loop about which its backend has news. The loop learns of it when it polls.
class news {
 public:
  virtual void deliver() = 0;

  bool listed = false;  ///< the backend's own

 protected:
  ~news() = default;
};

/// A loop's view of the simulated world.
class simulated_backend final : public net::backend {
 public:
  simulated_backend(world_state& world, std::uint64_t id, std::string host);
  ~simulated_backend() override;

  // -- net::backend -------------------------------------------------------------------------------

  net::time_point now() override;
  net::wall_time wall_now() override;
  std::uint64_t random() override { return random_.next(); }
  void poll() override;
  void wait(net::time_point) override { poll(); }  // the world moves time, between turns
  void wake() override { woken_.store(true, std::memory_order_relaxed); }
  result<std::unique_ptr<net::listening_socket>> listen(
      const net::endpoint& where, const net::socket_options& options) override;
  std::unique_ptr<net::connecting_socket> connect(
      const net::endpoint& where, const net::socket_options& options,
      net::connecting_socket::connected handler) override;
  result<std::vector<net::endpoint>> resolve(const net::endpoint& name) override;
  void bind(net::loop& owner) override { loop_ = &owner; }
  bool chooses() const override;
  std::size_t choose(std::size_t count) override;

  // -- for the world ------------------------------------------------------------------------------

  std::uint64_t id() const noexcept { return id_; }
  net::loop* owner() const noexcept { return loop_; }
  network& internet() noexcept;
  environment& world() noexcept;

  /// Whether a turn of the loop would do something now.
  bool has_something_to_do() const;

  // -- for its sockets ----------------------------------------------------------------------------

  std::unique_ptr<net::transport> adopt(socket connected, descriptor held);
  void list(news& item);  ///< `deliver` runs in one of the loop's next polls; once
  void unlist(news& item) noexcept;
  void add(simulated_transport& made) { transports_.push_back(&made); }
  void remove(simulated_transport& gone) { std::erase(transports_, &gone); }

 private:
  void disturb();

  world_state& state_;
  const std::uint64_t id_;
  const std::string host_;
  generator random_;  // the program's, apart from the world's
  net::loop* loop_ = nullptr;
  std::atomic<bool> woken_{false};
  std::deque<news*> news_;
  std::vector<simulated_transport*> transports_;
};

}  // namespace actornet::sim
