#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "chat_format.hpp"
#include "chat_member.hpp"
#include "chat_options.hpp"
#include "chat_results.hpp"
#include "chat_room.hpp"
#include "connection_opener.hpp"
#include "rate_schedule.hpp"
#include "run_status.hpp"
#include "server_watch.hpp"

namespace actornet::load {

/// One run of the load on a chat server, on one loop. Its phases, moved by `enter` only:
///
///     connecting  every member opens a connection, says hello and joins its room
///     warming     messages are published, nothing counts
///     measuring   for the duration: deliveries and the server's CPU time are counted
///     draining    nothing is published any more; until all has come everywhere, at most 10 s
///     waking      members that stalled read what is there, or that they were closed; at most 3 s
///     closing     the sockets close
///     over
///
/// Order, gaps and doubles are checked in all of them. A latency counts if its message was due in
/// the measured time, whenever it comes.
class chat_run final : public run_status, private member_observer {
 public:
  enum class phase : std::uint8_t {
    connecting,
    warming,
    measuring,
    draining,
    waking,
    closing,
    over
  };

  static constexpr net::duration draining_max = std::chrono::seconds(10);
  static constexpr net::duration waking_max = std::chrono::seconds(3);
  static constexpr std::size_t stalled_receive_buffer_bytes = 4096;  ///< the least that there is

  /// @p addresses are those of `options.target`, numeric. @p options must outlive the run, which
  /// must not be destroyed between `start` and the time it is over.
  chat_run(net::loop& on, const chat_options& options, std::vector<net::endpoint> addresses);

  /// Begins. In a turn of the loop or before its first.
  void start();

  /// Open loop: publishes what is due by now, as `load_run::send_due`.
  void send_due();

  /// Whether a message becomes due so soon that the loop should not go to sleep.
  bool due_soon() const noexcept;

  bool over() const noexcept { return phase_ == phase::over; }
  const chat_results& results() const noexcept { return results_; }

  const char* phase_name() const noexcept override;
  std::uint32_t connections_up() const noexcept override { return opener_.settled(); }
  std::uint64_t messages_received() const noexcept override { return results_.deliveries_total; }
  std::uint64_t errors() const noexcept override { return results_.errors(); }

 private:
  struct room {
    chat_room told;
    std::vector<chat_member*> publishers;
    std::size_t next = 0;      // of them
    std::uint64_t target = 0;  // draining: what its readers must have come to
  };

  void on_joined(chat_member& who, std::uint64_t newest) override;
  void on_message(chat_member& who, const chat_delivery& what, net::time_point now) override;
  void on_gap(chat_member& who, std::uint64_t from, std::uint64_t to) override;
  void on_published(chat_member& who, std::uint64_t offset, std::string_view id) override;
  void on_refused(chat_member& who, const std::string& why) override;
  void on_events_told(chat_member& who, net::time_point now) override;
  void on_lost(chat_member& who, const std::string& why) override;
  void on_closed(chat_member& who) override;
  void on_connected(std::uint32_t index, std::unique_ptr<net::transport> socket);
  void on_not_connected(std::error_code why);

  void make_members();
  void enter(phase next);
  void on_phase_timer();
  void begin_warming();
  void begin_measuring();
  void end_measuring();
  void begin_waking();
  void begin_closing();
  void close_all();

  bool publishes() const noexcept;
  bool publish(room& in, net::time_point due);
  void fill(room& in);
  void fill_all();
  void arm_tick();
  void on_tick();
  void set_targets();
  bool drained();
  void count_missing();
  void check_content(chat_member& who, const chat_delivery& what, net::time_point now);
  void complain(const std::string& line);

  net::loop& loop_;
  const chat_options& options_;
  chat_format format_;
  const net::stream_options stream_options_;
  chat_results results_;
  server_watch server_{options_.server_pid, results_};
  std::deque<room> rooms_;
  std::deque<chat_member> members_;
  connection_opener opener_;
  rate_schedule schedule_;

  phase phase_ = phase::connecting;
  net::time_point phase_began_{};
  net::time_point measured_from_{};
  net::time_point measured_to_ = net::never;
  std::uint64_t next_due_ = 0;        // open loop: index of the next message of the run
  std::uint64_t unacknowledged_ = 0;  // publishes, on connections that live
  std::uint32_t open_ = 0;
  std::uint32_t stalled_open_ = 0;
  bool targets_known_ = false;
  bool all_shut_ = false;

  net::timer phase_timer_{net::entry_of<&chat_run::on_phase_timer>(*this)};
  net::timer tick_{net::entry_of<&chat_run::on_tick>(*this)};
};

}  // namespace actornet::load
