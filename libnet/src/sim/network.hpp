#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "port.hpp"
#include "socket.hpp"

namespace actornet::sim {

/// What one end asks of a connect, and whether it still wants to know.
struct connect_attempt {
  std::uint64_t id = 0;
  net::endpoint to;
  end_options from;
  std::function<void(result<socket>)> done;  ///< called between turns; null: given up
  unsigned tries = 0;
};

/// The addresses, ports and connections of a world.
class network {
 public:
  static constexpr unsigned connect_tries_max = 6;  ///< at a full backlog, 1, 2, 4 … s apart
  static constexpr std::size_t buffer_bytes_default = 128 * 1024;

  explicit network(environment& world) : world_(world) {}

  environment& world() noexcept { return world_; }

  // -- ports --------------------------------------------------------------------------------------

  /// Registers @p opened; @p choose gives it a port number that is free. Errors: `address_in_use`.
  result<void> add(port& opened, bool choose);
  void remove(port& closed);

  // -- connections --------------------------------------------------------------------------------

  /// Errors that `done` gets: `connection_refused`, `connection_reset` (no answer). Whoever waits
  /// gives up by clearing `done`.
  std::shared_ptr<connect_attempt> connect(const net::endpoint& to, const std::string& from_host,
                                           const net::socket_options& options,
                                           std::function<void(result<socket>)> done);

  // -- names and hosts ----------------------------------------------------------------------------

  std::map<std::string, std::vector<std::string>, std::less<>> names;

  // -- cuts ---------------------------------------------------------------------------------------

  void cut(const std::string& address);
  void cut_all();
  void heal(const std::string& address);
  void heal_all();
  bool is_cut(const std::string& one, const std::string& other) const;

  /// Drops what waits for a cut to heal: the world ends.
  void forget_parked() { std::exchange(parked_, {}); }

  /// Holds @p hit for a random time (`faults::partition_max`).
  void hold_for_a_while(connection& hit);

  // -- descriptors of the loops' sockets ----------------------------------------------------------

  std::size_t open_descriptors = 0;
  bool descriptors_exhausted = false;

 private:
  void arrive(const std::shared_ptr<connect_attempt>& attempt);
  void establish(const std::shared_ptr<connect_attempt>& attempt, port& at);
  void answer(const std::shared_ptr<connect_attempt>& attempt, errc error);
  void finish(const std::shared_ptr<connect_attempt>& attempt, result<socket> outcome);
  void retry(const std::shared_ptr<connect_attempt>& attempt);
  bool park_if_cut(const connect_attempt& attempt, std::function<void()> later);
  void healed();
  net::endpoint client_address(const net::endpoint& to, const std::string& host);
  end_options end_of(const net::endpoint& address, const net::socket_options& options) const;
  void make_small(end_options& end);

  environment& world_;
  std::vector<port*> ports_;  // in the order in which they were opened
  std::vector<std::weak_ptr<connection>> connections_;
  std::size_t prune_at_ = 64;
  std::set<std::string> cut_;
  bool all_cut_ = false;
  std::vector<std::function<void()>> parked_;  // what waits for a cut to heal
  std::uint64_t next_id_ = 1;
  std::uint16_t next_client_port_ = 32768;
};

/// A loop's file descriptor, counted while it lives. Move-only.
class descriptor {
 public:
  explicit descriptor(network& net) noexcept : network_(&net) { ++net.open_descriptors; }
  descriptor(descriptor&& moved) noexcept : network_(std::exchange(moved.network_, nullptr)) {}
  descriptor& operator=(descriptor&&) = delete;
  ~descriptor() { close(); }

  void close() noexcept {
    if (network_)
      --network_->open_descriptors;
    network_ = nullptr;
  }

 private:
  network* network_;
};

}  // namespace actornet::sim
