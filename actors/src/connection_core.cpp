#include "actornet/detail/connection_core.hpp"

#include <cassert>

#include "actornet/log.hpp"

namespace actornet::detail {

connection_core::extras::extras(connection_core& owner)
    : read_timer(net::entry_of<&connection_core::on_read_deadline>(owner)),
      write_timer(net::entry_of<&connection_core::on_write_deadline>(owner)) {}

connection_core::connection_core(connection_table& table, std::unique_ptr<net::transport> socket,
                                 const net::stream_options& options, net::admission_ticket ticket,
                                 const connection_limits& limits,
                                 std::unique_ptr<net::filter> filter)
    : table_(table),
      stream_(table.home(), std::move(socket), options, *this, std::move(filter)),
      context_(table.home()),
      limits_(limits),
      ticket_(std::move(ticket)) {
  table_.add(*this);
}

connection_core::connection_core(connection_table& table, std::unique_ptr<net::transport> socket,
                                 std::shared_ptr<const net::stream_options> options,
                                 std::unique_ptr<net::filter> filter)
    : table_(table),
      extras_(std::make_unique<extras>(*this)),
      stream_(table.home(), std::move(socket), *options, *this, std::move(filter)),
      context_(table.home()),
      limits_(default_limits) {
  extras_->options = std::move(options);
  table_.add(*this);
}

connection_core::~connection_core() {
  assert(closed_ && session_ended_);
}

void connection_core::start(task<> session) {
  session_ = std::move(session);
  if (!session_.start(context_, net::entry_of<&connection_core::on_session_end>(*this)))
    on_session_end();
}

// A handler that is no coroutine may throw at once; its connection takes that as any other failure.
static task<> made_session(const session_factory& sessions, connection_core& core) {
  try {
    return sessions(core);
  } catch (...) {
    return [](std::exception_ptr thrown) -> task<> {
      std::rethrow_exception(thrown);
      co_return;
    }(std::current_exception());
  }
}

void connection_core::start(const session_factory& sessions) {
  if (!stream_.in_handshake())
    return start(made_session(sessions, *this));
  sessions_ = &sessions;
  stream_.want_input();
}

void connection_core::on_open() {
  stream_.forget_input();
  if (sessions_)
    start(made_session(*std::exchange(sessions_, nullptr), *this));
  else if (extras_ && extras_->watch)
    extras_->watch->on_open();
}

// The input ended in the handshake: there is nobody to tell.
void connection_core::end_without_session() {
  sessions_ = nullptr;
  session_ended_ = true;
  stream_.finish();
}

void connection_core::release() {
  assert(home().in_loop() && "a connection's handle must go on its loop");
  session_ended_ = true;
  frame_ = {};
  extras_->watch = nullptr;
  fail_waiting(errc::closed_locally);
  finish_when_answered();
  if (closed_)
    home().enqueue(net::entry_of<&connection_core::reap>(*this));
}

void connection_core::watch_idle(idle_watch* watch) {
  extras_->watch = watch;
  if (!watch)
    return;
  frame_ = {};
  if (extras_->read != net::never)
    set_read_deadline(net::never);
  if (extras_->write != net::never)
    set_write_deadline(net::never);
  stream_.want_input();
}

bool connection_core::in_use() const noexcept {
  return reader_ || writer_ || requester_ || (control_ && control_->requests() > 0);
}

const control_ref& connection_core::control() {
  if (!control_) {
    control_ = control_ref(new connection_control(home(), *this, stream_, limits_));
    if (closed_)
      control_->detach(errc::closed_locally);
  }
  return control_;
}

void connection_core::chunk_taken(std::span<const std::byte> frame) noexcept {
  frame_ = frame;
  ++chunks_;
}

void connection_core::drain() {
  stream_.stop_input();
}

void connection_core::kill(errc reason) {
  if (stream_.current_state() == net::stream::state::closed)
    return;
  stream_.close(reason);
  fail_waiting(reason);  // now: `on_closed` comes in a later turn
}

// Not only the session waits here: tasks with contexts of their own do, too.
void connection_core::fail_waiting(errc reason) {
  context_.cancel(reason);
  if (reader_)
    reader_->give_up(reason);
  if (writer_)
    writer_->abandon(reason);
  if (requester_)
    requester_->abandon(reason);
}

void connection_core::on_input() {
  if (!reader_) {
    if (sessions_)
      return end_without_session();
    if (extras_ && extras_->watch)
      extras_->watch->on_disturbed();
    return;
  }
  if (reader_->in_select() && stream_.has_next() && !reader_->win()) {
    reader_ = nullptr;  // another alternative of its select was faster
    return;
  }
  const auto next = take_frame();
  if (next.state == net::stream::next::status::need_more)
    return stream_.want_input();
  std::exchange(reader_, nullptr)->resume_with(next);
  keep_chunk();
}

net::stream::next connection_core::take_frame() noexcept {
  const auto next = stream_.next_frame();
  frame_bytes_ = static_cast<std::uint32_t>(next.payload.size());
  return next;
}

// The session runs inside the turn of its connection. What it left in the loop's read buffer and
// still looks at is copied out before another connection's turn.
void connection_core::keep_chunk() {
  if (chunks_ > 0 && !session_ended_)
    frame_ = stream_.hold(frame_);
}

// Whoever waited longest is not known; nobody is to starve behind one that always has more.
void connection_core::on_room() {
  blocked_first_ = !blocked_first_;
  if (blocked_first_ && control_)
    control_->serve_blocked();
  wake_requester();
  if (writer_)
    resume_writer();
  if (!blocked_first_ && control_)
    control_->serve_blocked();
}

void connection_core::resume_writer() {
  if (!writer_->advance())
    return stream_.above_high() ? stream_.want_room() : stream_.yield_room();
  std::exchange(writer_, nullptr)->resume_inline();
  keep_chunk();  // a read that timed out before may have left input to take
}

void connection_core::on_closed(errc reason) {
  closed_ = true;
  table_.report(*this, reason);
  if (control_)
    control_->detach(reason);
  if (session_ended_ || std::exchange(sessions_, nullptr)) {
    session_ended_ = true;
    return table_.remove(*this);
  }
  fail_waiting(reason);  // it is removed when the session has ended
  if (extras_ && extras_->watch)
    extras_->watch->on_disturbed();
}

void connection_core::on_session_end() {
  session_ended_ = true;
  try {
    session_.take();
    finish_when_answered();
  } catch (const std::exception& failure) {
    log(log_level::error, std::string("a session ended with an exception: ") + failure.what());
    stream_.close(errc::handler_failed);
  } catch (...) {
    log(log_level::error, "a session ended with an exception that is no std::exception");
    stream_.close(errc::handler_failed);
  }
  // Its frame is still on the stack: it goes in a turn of its own.
  if (closed_)
    home().enqueue(net::entry_of<&connection_core::reap>(*this));
}

// Others still work for this connection: what they answer is sent before it ends.
void connection_core::finish_when_answered() {
  if (control_) {
    control_->watch_requests(true);
    if (control_->requests() > 0)
      return;
  }
  stream_.finish();
}

bool connection_core::may_begin_request() {
  const auto load = control()->request_load();
  if (load.count >= limits_.requests_max)
    return false;
  control_->take_mail();  // answers of requests that are not in `load` any more
  if (stream_.above_high())
    return false;
  return load.bytes == 0 || stream_.output_bytes() + load.bytes + request_bytes() <=
                                stream_.options().output_bytes_max;
}

// Either requests end, or the peer takes output.
bool connection_core::requester_may_go() {
  if (stream_.above_high())
    stream_.flush();
  if (may_begin_request())
    return true;
  if (stream_.above_high())
    stream_.want_room();
  return false;
}

void connection_core::release_requester() noexcept {
  requester_ = nullptr;
  control_->watch_requests(false);  // each end of a request would cost a message to this loop
}

void connection_core::wake_requester() {
  if (!requester_ || !requester_may_go())
    return;
  request_wait& going = *requester_;
  release_requester();
  going.wake();
}

void connection_core::on_requests_changed() {
  wake_requester();
  if (session_ended_ && control_->requests() == 0)
    stream_.finish();
}

void connection_core::reap() {
  table_.remove(*this);
}

// -- the user's deadlines -------------------------------------------------------------------------

connection_core::extras& connection_core::user_deadlines() {
  if (!extras_)
    extras_ = std::make_unique<extras>(*this);
  return *extras_;
}

void connection_core::set_read_deadline(net::time_point deadline) {
  if (deadline == net::never && !extras_)
    return;
  user_deadlines().read = deadline;
  home().timers().arm(extras_->read_timer, deadline);
}

void connection_core::set_write_deadline(net::time_point deadline) {
  if (deadline == net::never && !extras_)
    return;
  user_deadlines().write = deadline;
  home().timers().arm(extras_->write_timer, deadline);
}

bool connection_core::read_deadline_passed() const noexcept {
  return extras_ && extras_->read <= stream_.home().now();
}

bool connection_core::write_deadline_passed() const noexcept {
  return extras_ && extras_->write <= stream_.home().now();
}

void connection_core::on_read_deadline() {
  if (reader_)
    reader_->give_up(errc::timed_out);
}

void connection_core::on_write_deadline() {
  if (writer_)
    writer_->abandon(errc::timed_out);
}

}  // namespace actornet::detail
