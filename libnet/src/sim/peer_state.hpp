#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <system_error>
#include <variant>

#include "socket.hpp"
#include "world_state.hpp"

namespace actornet::sim {

/// The inside of a peer: the connection it holds and how far its script is.
class peer_state final : public std::enable_shared_from_this<peer_state>, private end_user {
 public:
  struct send_step {
    std::string bytes;
    std::size_t done = 0;
  };
  struct wait_step {
    net::duration pause;
  };
  struct shutdown_step {};
  struct close_step {};
  using step = std::variant<send_step, wait_step, shutdown_step, close_step>;

  explicit peer_state(world_state& in);
  ~peer_state();

  void connect(const net::endpoint& to, const std::string& from, const net::socket_options& how);
  void connected(socket made);
  void give_up();

  void add(step next);
  void reset();
  void reset_after(std::size_t bytes);
  void set_reading(bool reads);
  void set_held(bool held);

  bool open() const noexcept { return socket_ && !closed_ && !saw_reset_; }

  std::string received;
  std::size_t received_bytes = 0;
  std::size_t sent_bytes = 0;
  std::error_code connect_error;
  std::function<void(std::string_view)> on_received;

  bool was_connected() const noexcept { return static_cast<bool>(socket_); }
  bool script_done() const noexcept { return script_.empty(); }
  bool saw_end() const noexcept { return saw_end_; }
  bool saw_reset() const noexcept { return saw_reset_; }
  bool closed() const noexcept { return closed_ || saw_reset_ || connect_error; }

 private:
  void on_network() override;
  void read_all();
  std::size_t read_bytes_max() const noexcept;
  void stall();
  void run_script();
  bool run(send_step& now);
  bool run(wait_step& now);
  bool run(shutdown_step& now);
  bool run(close_step& now);
  void finish_with(void (socket::*ending)());

  world_state& state_;
  std::shared_ptr<connect_attempt> attempt_;
  socket socket_;
  std::deque<step> script_;
  std::optional<std::size_t> reset_offset_;
  std::optional<std::size_t> stall_offset_;
  bool reads_ = true;
  bool stalled_ = false;
  bool pausing_ = false;
  bool held_ = false;
  bool saw_end_ = false;
  bool saw_reset_ = false;
  bool closed_ = false;
};

}  // namespace actornet::sim
