#pragma once

#include "backend.hpp"
#include "port.hpp"

namespace actornet::sim {

class simulated_listener final : public net::listening_socket, private news {
 public:
  simulated_listener(simulated_backend& on, const std::string& host,
                     const net::socket_options& options);
  ~simulated_listener() override { backend_.unlist(*this); }

  result<void> open(const net::endpoint& where) { return port_.open(where); }
  void accept(accepted handler) override;
  std::unique_ptr<net::pending_connection> accept_waiting() override;
  net::endpoint local() const override { return port_.local(); }

 private:
  void look();
  std::unique_ptr<net::pending_connection> take_first();
  void deliver() override;

  simulated_backend& backend_;
  descriptor descriptor_;
  port port_;
  accepted handler_;
};

class simulated_connecting final : public net::connecting_socket, private news {
 public:
  simulated_connecting(simulated_backend& on, connected handler);
  ~simulated_connecting() override;

  /// Fails with @p error, or connects.
  void fail(errc error);
  void start(const net::endpoint& where, const std::string& host,
             const net::socket_options& options);

 private:
  void deliver() override;

  simulated_backend& backend_;
  std::optional<descriptor> descriptor_;
  std::shared_ptr<connect_attempt> attempt_;
  std::optional<result<socket>> outcome_;
  connected handler_;
};

}  // namespace actornet::sim
