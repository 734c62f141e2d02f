#include "actornet/detail/dial_attempt.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "actornet/log.hpp"

namespace actornet::detail {

void dial_attempt::begin(connection_table& here, std::string_view uri, net::time_point deadline,
                         const std::shared_ptr<const dial_options>& options) {
  assert(!under_way_ && !here.draining());
  net::loop& home = here.home();
  assert(home.in_loop() && home.blocking());
  under_way_ = true;
  table_ = &here;
  options_ = options;
  deadline_ = deadline;
  table_->expect();
  table_->list(*this);
  const auto where = net::parse_endpoint(uri);
  if (!where)
    refused_ = where.error();
  else if (where->speaks != net::endpoint::protocol::plain && !options->filter)
    refused_ = errc::filter_missing;
  if (refused_)
    return home.timers().arm(timer_, home.now());  // never inline
  where_ = *where;
  connector_ = std::make_unique<net::connector>(
      home, *home.blocking(), where_, deadline,
      [this](result<std::unique_ptr<net::transport>> outcome) { on_connected(std::move(outcome)); },
      options->socket);
}

// What was begun ends, and nobody is told.
void dial_attempt::end() {
  under_way_ = false;
  table_->unlist(*this);
  table_->home().timers().remove(timer_);
  connector_.reset();
  refused_ = {};
  if (!made_)
    return table_->lost();
  connection_core& made = *std::exchange(made_, nullptr);
  made.watch_idle(nullptr);
  if (made.bytes().input_end() == errc{})
    made.kill(errc::closed_locally);
  made.release();  // what the filter has to say about the end of its input is sent
}

void dial_attempt::give_up() {
  if (under_way_)
    end();
}

void dial_attempt::fail(std::error_code why) {
  end();
  on_dialed(why);
}

void dial_attempt::on_connected(result<std::unique_ptr<net::transport>> outcome) {
  auto filter = outcome ? made_filter() : outcome.error();
  if (!filter)
    return fail(filter.error());
  connector_.reset();
  const std::shared_ptr<const net::stream_options> limits(options_, &options_->stream);
  made_ = new connection_core(*table_, std::move(*outcome), limits, *std::move(filter));
  if (!made_->bytes().in_handshake())
    return on_open();
  made_->watch_idle(this);
  net::time_point until = deadline_;
  if (options_->filter_timeout > net::duration::zero())
    until = std::min(until, net::deadline_after(table_->home().now(), options_->filter_timeout));
  table_->home().timers().arm(timer_, until);
}

result<std::unique_ptr<net::filter>> dial_attempt::made_filter() const {
  if (!options_->filter)
    return std::unique_ptr<net::filter>();
  try {
    return options_->filter(table_->home(), where_);
  } catch (const std::exception& failure) {
    log(log_level::error, std::string("no filter for a dialed connection: ") + failure.what());
    return errc::handler_failed;
  }
}

void dial_attempt::on_open() {
  under_way_ = false;
  table_->unlist(*this);
  table_->home().timers().remove(timer_);
  connection_core& made = *std::exchange(made_, nullptr);
  made.watch_idle(nullptr);
  on_dialed(&made);
}

// In its handshake.
void dial_attempt::on_disturbed() {
  const net::stream& bytes = made_->bytes();
  fail(made_->ended() ? bytes.close_reason() : bytes.input_end());
}

void dial_attempt::on_timer() {
  if (refused_)
    return fail(std::exchange(refused_, {}));
  fail(table_->home().now() >= deadline_ ? errc::timed_out : errc::handshake_timeout);
}

void dial_attempt::on_drain() {
  fail(errc::shutting_down);
}

}  // namespace actornet::detail
