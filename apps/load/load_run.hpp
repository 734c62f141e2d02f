#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "connection_opener.hpp"
#include "load_connection.hpp"
#include "load_options.hpp"
#include "load_results.hpp"
#include "message_format.hpp"
#include "rate_schedule.hpp"
#include "run_status.hpp"
#include "server_watch.hpp"

namespace actornet::load {

/// One run of the load, on one loop. Its phases, moved by `enter` only:
///
///     connecting  every connection opens, sends one message and gets its answer
///     warming     the active ones send: 100 ms, and until each of them has an answer (at most 5 s)
///     measuring   for the duration: answers and the server's CPU time are counted
///     draining    nothing becomes due any more; until all is answered, at most 5 s
///     closing     the sockets close
///     over
///
/// A latency counts if its message was due in the measured time, whenever the answer comes: an
/// answer that comes late, or never, is not forgotten.
class load_run final : public run_status, private connection_observer {
 public:
  enum class phase : std::uint8_t { connecting, warming, measuring, draining, closing, over };

  static constexpr net::duration warming_min = std::chrono::milliseconds(100);
  static constexpr net::duration warming_max = std::chrono::seconds(5);
  static constexpr net::duration draining_max = std::chrono::seconds(5);

  /// @p addresses are those of `options.target`, numeric. @p options must outlive the run, which
  /// must not be destroyed between `start` and the time it is over.
  load_run(net::loop& on, const load_options& options, std::vector<net::endpoint> addresses);

  /// Begins. In a turn of the loop or before its first.
  void start();

  /// Open loop: sends what is due by now. A timer does that each millisecond; between turns it may
  /// be called more often, which keeps messages in time.
  void send_due();

  /// Whether a message becomes due so soon that the loop should not go to sleep.
  bool due_soon() const noexcept;

  phase current_phase() const noexcept { return phase_; }
  bool over() const noexcept { return phase_ == phase::over; }
  const load_results& results() const noexcept { return results_; }

  const char* phase_name() const noexcept override;
  std::uint32_t connections_up() const noexcept override { return opener_.settled(); }
  std::uint64_t messages_received() const noexcept override { return answers_; }
  std::uint64_t errors() const noexcept override { return results_.errors; }

 private:
  void on_answer(load_connection& from, std::uint64_t sequence, net::time_point now) override;
  void on_answers_told(load_connection& from, net::time_point now) override;
  void on_lost(load_connection& which, const std::string& why) override;
  void on_closed(load_connection& which) override;
  void on_connected(std::uint32_t index, std::unique_ptr<net::transport> socket);
  void on_not_connected(std::error_code why);

  void enter(phase next);
  void on_phase_timer();
  void begin_warming();
  void begin_measuring();
  void end_measuring();
  void begin_closing();
  void close_all();
  bool warm() const noexcept;
  void move_on_if_done();

  bool is_active(const load_connection& which) const noexcept;
  void release(load_connection& on, std::uint64_t count, net::time_point now);
  void arm_tick();
  net::time_point due_at(const load_connection& of, std::uint64_t sequence) const noexcept;
  void record(const load_connection& of, std::uint64_t sequence, net::time_point now);
  void count_unanswered();
  std::uint64_t record_unsent();
  void complain(const std::string& line);

  net::loop& loop_;
  const load_options& options_;
  message_format format_;
  const net::stream_options stream_options_;
  std::deque<load_connection> connections_;
  connection_opener opener_;
  rate_schedule schedule_;
  load_results results_;
  server_watch server_{options_.server_pid, results_};

  phase phase_ = phase::connecting;
  net::time_point phase_began_{};
  net::time_point measured_from_{};
  net::time_point measured_to_ = net::never;
  std::vector<net::time_point> sent_at_;  // closed loop: per active connection, `depth` of them
  std::uint64_t next_due_ = 0;            // open loop: index of the next message of the run
  std::uint64_t in_flight_ = 0;           // released and unanswered, on connections that live
  std::uint64_t answers_ = 0;
  std::uint32_t served_ = 0;  // active connections that have an answer besides the first
  std::uint32_t lost_active_ = 0;
  std::uint32_t open_ = 0;
  bool all_shut_ = false;

  net::timer phase_timer_{net::entry_of<&load_run::on_phase_timer>(*this)};
  net::timer tick_{net::entry_of<&load_run::send_due>(*this)};
};

}  // namespace actornet::load
