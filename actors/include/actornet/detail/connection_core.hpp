#pragma once

#include <functional>
#include <memory>
#include <span>

#include "actornet/connection_control.hpp"
#include "actornet/flow/detail/waiter.hpp"
#include "actornet/flow/task.hpp"
#include "actornet/net/admission.hpp"
#include "actornet/net/stream.hpp"

namespace actornet::detail {

class connection_core;
class connection_table;

/// A task waiting for input of a connection, alone or in a select. One at a time.
class input_wait : public wait_point {
 public:
  // -- as an alternative of a select --------------------------------------------------------------

  bool look_as_alternative(wake_list&) noexcept { return look(); }
  void enlist_as_alternative(wait_point& whole, claim_word& claim, std::uint32_t number);
  void withdraw_alternative() noexcept;

 protected:
  explicit input_wait(connection_core& from) noexcept : from_(&from) {}
  ~input_wait() = default;

  bool ready() noexcept;
  void suspend(std::coroutine_handle<> task);

  connection_core* from_;
  net::stream::next next_{};

 private:
  friend class connection_core;
  bool look() noexcept;
  bool in_select() const noexcept { return claim_ != nullptr; }
  bool win() noexcept { return !claim_ || claim_->claim(number_); }
  void resume_with(const net::stream::next& next);  // inside the connection's turn
  void give_up(errc reason);
  void abandon(errc reason) override { give_up(reason); }
  void fail(errc reason) noexcept { next_ = {net::stream::next::status::ended, {}, reason}; }

  wait_point* whole_ = nullptr;  // the select that this is an alternative of
  claim_word* claim_ = nullptr;
  std::uint32_t number_ = 0;
};

/// A task writing to a connection, waiting for room. One at a time.
class output_wait : public wait_point {
 protected:
  explicit output_wait(connection_core& to) noexcept : to_(&to) {}
  ~output_wait() = default;

  /// True when the await is over: everything appended and room left, or `error_`.
  bool begin() noexcept;
  void suspend(std::coroutine_handle<> task);

  connection_core* to_;
  std::error_code error_{};

 private:
  friend class connection_core;
  void abandon(errc reason) override;

  /// Appends what still has to be; true when the await is over.
  virtual bool advance() = 0;
};

/// A task waiting until one more request may be in flight: see `may_begin_request`.
class request_wait : public wait_point {
 public:
  explicit request_wait(connection_core& from) noexcept : from_(&from) {}
  bool await_ready() noexcept;
  void await_suspend(std::coroutine_handle<> task);

 protected:
  ~request_wait() = default;

  connection_core* from_;
  errc error_{};

 private:
  friend class connection_core;
  void abandon(errc reason) override;
};

/// What runs on a connection: made by the listener for each accepted socket.
using session_factory = std::function<task<>(connection_core&)>;

/// Looks after a connection that nobody uses for the time being.
class idle_watch {
 public:
  /// The filter's handshake is over. Nothing is asked for any more. May end the watch.
  virtual void on_open() {}

  /// Input came, or its end, or the connection closed. May release the connection.
  virtual void on_disturbed() = 0;

 protected:
  ~idle_watch() = default;
};

/// One connection as an actor: it owns the stream and the session task, lives in its loop's table
/// from open to closed, and is reached from elsewhere through its control block only. CAF-free; its
/// CAF identity is made on demand (see caf.hpp). Loop-bound.
///
/// A dialed connection has no session: a handle owns it (`outgoing`), and tasks that await its
/// operations do so with contexts of their own.
class connection_core final : private net::stream_owner {
 public:
  /// @p options and @p limits must outlive the connection.
  connection_core(connection_table& table, std::unique_ptr<net::transport> socket,
                  const net::stream_options& options, net::admission_ticket ticket,
                  const connection_limits& limits = default_limits,
                  std::unique_ptr<net::filter> filter = nullptr);

  /// A dialed connection. It ends after `release`.
  connection_core(connection_table& table, std::unique_ptr<net::transport> socket,
                  std::shared_ptr<const net::stream_options> options,
                  std::unique_ptr<net::filter> filter = nullptr);
  ~connection_core();
  connection_core(const connection_core&) = delete;
  connection_core& operator=(const connection_core&) = delete;

  /// Starts the session; the connection ends when it has ended.
  void start(task<> session);

  /// Has the session made and started, now or when the filter's handshake is over; a connection
  /// that ends before has none. @p sessions must outlive the connection. Either `start`, once.
  void start(const session_factory& sessions);

  /// The handle of a dialed connection goes: the connection ends in order. Called once.
  void release();

  /// A dialed connection has no user for the time being: their deadlines are cleared, and @p watch
  /// is told of what happens to it. Null ends that.
  void watch_idle(idle_watch* watch);

  /// Whether somebody waits here, or answers a request of this connection.
  bool in_use() const noexcept;

  /// A reference for other threads and actors; made on first use.
  const control_ref& control();

  net::stream& bytes() noexcept { return stream_; }
  const net::stream& bytes() const noexcept { return stream_; }
  task_context& context() noexcept { return context_; }
  net::loop& home() noexcept { return stream_.home(); }

  /// The frame that a chunk shows; moves when the session suspends while the chunk lives.
  std::span<const std::byte> current_frame() const noexcept { return frame_; }
  void chunk_taken(std::span<const std::byte> frame) noexcept;
  void chunk_released() noexcept { --chunks_; }

  void set_read_deadline(net::time_point deadline);
  void set_write_deadline(net::time_point deadline);
  bool ended() const noexcept { return stream_.current_state() == net::stream::state::closed; }
  bool read_deadline_passed() const noexcept;
  bool write_deadline_passed() const noexcept;

  /// How long the answer to the frame taken last may well be: as long as the frame, on the wire.
  std::size_t request_bytes() const noexcept { return frame_bytes_ + envelope_bytes_max; }

  /// Whether the frame taken last may become a request: there is a place for it, and room for its
  /// answer behind the others' if each is no longer than its request.
  bool may_begin_request();

  /// Requests of this connection ended; only while it watches them.
  void on_requests_changed();

  /// Threads wait for room in the output queue.
  void want_room_for_blocked() { stream_.want_room(); }

  /// Accepts nothing new: the session is told `shutting_down` after what was accepted.
  void drain();

  /// Ends the connection now; the session's awaits fail.
  void kill(errc reason);

 private:
  friend class input_wait;
  friend class output_wait;
  friend class request_wait;
  friend class connection_table;

  // What most connections do not need: the user's deadlines; what belongs to dialed ones.
  struct extras {
    explicit extras(connection_core& owner);
    std::shared_ptr<const net::stream_options> options;
    idle_watch* watch = nullptr;
    net::time_point read = net::never;
    net::time_point write = net::never;
    net::timer read_timer;
    net::timer write_timer;
  };

  static constexpr std::size_t envelope_bytes_max = 6;  // of any framing

  void on_open() override;
  void on_input() override;
  void on_room() override;
  void on_closed(errc reason) override;
  net::stream::next take_frame() noexcept;
  void keep_chunk();
  bool requester_may_go();
  void release_requester() noexcept;
  void wake_requester();
  void resume_writer();
  void on_read_deadline();
  void on_write_deadline();
  void on_session_end();
  void finish_when_answered();
  void end_without_session();
  void fail_waiting(errc reason);
  void reap();
  bool dialed() const noexcept { return extras_ && extras_->options; }
  extras& user_deadlines();

  connection_table& table_;
  connection_core* previous_ = nullptr;  // in the table
  connection_core* next_ = nullptr;
  std::unique_ptr<extras> extras_;  // holds the options of the stream, if that is dialed
  net::stream stream_;
  task_context context_;
  task<> session_;
  const session_factory* sessions_ = nullptr;  // until there is a session
  input_wait* reader_ = nullptr;
  output_wait* writer_ = nullptr;
  request_wait* requester_ = nullptr;
  std::span<const std::byte> frame_{};
  control_ref control_;
  const connection_limits& limits_;
  net::admission_ticket ticket_;
  unsigned chunks_ = 0;
  std::uint32_t frame_bytes_ = 0;  // of the frame taken last
  bool blocked_first_ = false;     // who has the next room: threads, or the session
  bool session_ended_ = false;
  bool closed_ = false;
};

/// Something of a loop besides its connections that a drain must reach.
class drain_listener {
 public:
  /// Once; it is not listed any more. May list others and take them out.
  virtual void on_drain() = 0;

 protected:
  ~drain_listener() = default;

 private:
  friend class connection_table;
  drain_listener* previous_ = nullptr;
  drain_listener* next_ = nullptr;
  bool listed_ = false;
};

/// The connections of one loop: it holds the one strong reference to each of them.
class connection_table {
 public:
  explicit connection_table(net::loop& home) noexcept : home_(home) {}
  ~connection_table();
  connection_table(const connection_table&) = delete;
  connection_table& operator=(const connection_table&) = delete;

  /// The one of @p home. Throws `std::logic_error` when that is not a runtime's loop.
  static connection_table& of(net::loop& home);

  net::loop& home() noexcept { return home_; }
  std::size_t size() const noexcept { return size_; }

  void add(connection_core& opened) noexcept;
  void remove(connection_core& closed) noexcept;      ///< destroys it
  void report(connection_core& closed, errc reason);  ///< logs unusual ends, rate-limited

  /// A connection is on its way here, so the table is not empty; it is `add`ed or `lost`.
  void expect() noexcept { home_.connection_count.fetch_add(1, std::memory_order_relaxed); }
  void lost();

  void list(drain_listener& added) noexcept;
  void unlist(drain_listener& gone) noexcept;  ///< idempotent
  void drain_all();
  bool draining() const noexcept { return draining_; }  ///< `drain_all` was called
  std::size_t kill_all(errc reason);  ///< returns how many were not closed already

  /// Runs on the loop when the last connection is gone, also of those that are on their way here;
  /// one at a time, cleared when it ran.
  void set_on_empty(net::entry on_empty) noexcept { on_empty_ = on_empty; }

 private:
  net::loop& home_;
  connection_core* first_ = nullptr;
  drain_listener* listeners_ = nullptr;
  std::size_t size_ = 0;
  bool draining_ = false;
  net::entry on_empty_;
  static constexpr unsigned reports_per_second_max = 10;
  net::time_point report_window_{};
  unsigned reports_ = 0;
};

}  // namespace actornet::detail
