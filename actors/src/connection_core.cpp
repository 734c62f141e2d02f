#include "actornet/detail/connection_core.hpp"

#include <algorithm>
#include <cassert>
#include <stdexcept>

#include "actornet/log.hpp"

namespace actornet {

namespace detail {

// -- waiting for input ----------------------------------------------------------------------------

bool input_wait::ready() noexcept {
  if (context().cancelled())
    return fail(context().cancel_reason()), true;
  if (!from_->read_deadline_passed() && !spend_credit())
    return false;
  return look();
}

bool input_wait::look() noexcept {
  from_->frame_ = {};  // the previous frame's view ends here
  if (from_->ended())
    return fail(from_->stream_.close_reason()), true;
  if (from_->read_deadline_passed())
    return fail(errc::timed_out), true;
  next_ = from_->take_frame();
  return next_.state != net::stream::next::status::need_more;
}

void input_wait::suspend(std::coroutine_handle<> task) {
  assert(!from_->reader_ && "two reads of one connection at a time");
  park(task);
  from_->reader_ = this;
  if (from_->home().credit() == 0)
    from_->stream_.yield_input();
  else
    from_->stream_.want_input();
}

void input_wait::enlist_as_alternative(wait_point& whole, claim_word& claim, std::uint32_t number) {
  assert(!from_->reader_ && "two reads of one connection at a time");
  whole_ = &whole;
  claim_ = &claim;
  number_ = number;
  from_->reader_ = this;
  from_->stream_.want_input();
}

// What was asked for may still be read; it waits for the next read.
void input_wait::withdraw_alternative() noexcept {
  if (from_->reader_ == this)
    from_->reader_ = nullptr;
}

void input_wait::resume_with(const net::stream::next& next) {
  next_ = next;
  if (whole_)
    resume_now(*whole_);
  else
    resume_inline();
}

void input_wait::give_up(errc reason) {
  from_->reader_ = nullptr;
  if (!win())
    return;
  fail(reason);
  wake_from_anywhere(whole_ ? *whole_ : *this);
}

// -- waiting for room -----------------------------------------------------------------------------

bool output_wait::begin() noexcept {
  if (context().cancelled())
    error_ = context().cancel_reason();
  else if (to_->ended())
    error_ = to_->stream_.close_reason();
  else if (to_->write_deadline_passed())
    error_ = errc::timed_out;
  return error_ || (spend_credit() && advance());
}

void output_wait::suspend(std::coroutine_handle<> task) {
  assert(!to_->writer_ && "two writes to one connection at a time");
  park(task);
  to_->writer_ = this;
  if (to_->stream_.above_high())
    to_->stream_.want_room();
  else
    to_->stream_.yield_room();
}

void output_wait::abandon(errc reason) {
  to_->writer_ = nullptr;
  error_ = reason;
  wake();
}

// -- waiting for requests -------------------------------------------------------------------------

bool request_wait::await_ready() noexcept {
  if (context().cancelled())
    error_ = context().cancel_reason();
  else if (from_->ended())
    error_ = from_->stream_.close_reason();
  if (error_ != errc{})
    return true;
  return from_->may_begin_request() && spend_credit();
}

void request_wait::await_suspend(std::coroutine_handle<> task) {
  park(task);
  from_->requester_ = this;
  from_->control()->watch_requests(true);
  // It may be lack of credit only, or requests may have ended meanwhile.
  if (from_->requester_may_go()) {
    from_->release_requester();
    wake_later();
  }
}

void request_wait::abandon(errc reason) {
  from_->release_requester();
  error_ = reason;
  wake();
}

// -- the connection -------------------------------------------------------------------------------

connection_core::extras::extras(connection_core& owner)
    : read_timer(net::entry_of<&connection_core::on_read_deadline>(owner)),
      write_timer(net::entry_of<&connection_core::on_write_deadline>(owner)) {}

connection_core::connection_core(connection_table& table, std::unique_ptr<net::transport> socket,
                                 const net::stream_options& options, net::admission_ticket ticket,
                                 const connection_limits& limits)
    : table_(table),
      stream_(table.home(), std::move(socket), options, *this),
      context_(table.home()),
      limits_(limits),
      ticket_(std::move(ticket)) {
  table_.add(*this);
}

connection_core::connection_core(connection_table& table, std::unique_ptr<net::transport> socket,
                                 std::shared_ptr<const net::stream_options> options)
    : table_(table),
      extras_(std::make_unique<extras>(*this)),
      stream_(table.home(), std::move(socket), *options, *this),
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
    control_ = control_ref(new connection_control(home(), *this, stream_.options(), limits_));
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
  if (session_ended_)
    return table_.remove(*this);
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

// -- the table ------------------------------------------------------------------------------------

connection_table::~connection_table() {
  assert(!first_);
}

connection_table& connection_table::of(net::loop& home) {
  if (!home.runtime())
    throw std::logic_error("actornet: connections are made on a runtime's loops only");
  return *static_cast<connection_table*>(home.runtime());
}

void connection_table::add(connection_core& opened) noexcept {
  opened.next_ = first_;
  if (first_)
    first_->previous_ = &opened;
  first_ = &opened;
  ++size_;
}

void connection_table::remove(connection_core& closed) noexcept {
  (closed.previous_ ? closed.previous_->next_ : first_) = closed.next_;
  if (closed.next_)
    closed.next_->previous_ = closed.previous_;
  --size_;
  delete &closed;
  lost();
}

void connection_table::lost() {
  if (home_.connection_count.fetch_sub(1, std::memory_order_relaxed) == 1 && on_empty_)
    std::exchange(on_empty_, {})();
}

void connection_table::list(drain_listener& added) noexcept {
  added.previous_ = nullptr;
  added.next_ = listeners_;
  if (listeners_)
    listeners_->previous_ = &added;
  listeners_ = &added;
  added.listed_ = true;
}

void connection_table::unlist(drain_listener& gone) noexcept {
  if (!std::exchange(gone.listed_, false))
    return;
  (gone.previous_ ? gone.previous_->next_ : listeners_) = gone.next_;
  if (gone.next_)
    gone.next_->previous_ = gone.previous_;
}

// Bad input must not be able to fill a disk: a few lines a second, then a count.
void connection_table::report(connection_core& closed, errc reason) {
  if (reason == errc::end_of_stream || reason == errc::closed_locally ||
      reason == errc::shutting_down || reason == errc::connection_reset)
    return;
  if (home_.now() - report_window_ >= std::chrono::seconds(1)) {
    if (reports_ > reports_per_second_max)
      log(log_level::warning, std::to_string(reports_ - reports_per_second_max) +
                                  " more connections closed for a reason");
    report_window_ = home_.now();
    reports_ = 0;
  }
  if (++reports_ <= reports_per_second_max)
    log(log_level::warning, std::string("connection ") + (closed.dialed() ? "to " : "from ") +
                                net::to_string(closed.stream_.peer()) +
                                " closed: " + describe(reason));
}

void connection_table::drain_all() {
  draining_ = true;
  while (drain_listener* const first = listeners_) {
    unlist(*first);
    first->on_drain();
  }
  for (connection_core* i = first_; i; i = i->next_)
    i->drain();
}

std::size_t connection_table::kill_all(errc reason) {
  std::size_t killed = 0;
  for (connection_core* i = first_; i; i = i->next_) {
    killed += i->stream_.current_state() != net::stream::state::closed;
    i->kill(reason);
  }
  return killed;
}

}  // namespace detail

}  // namespace actornet
