#include "actornet/runtime.hpp"

#include <atomic>
#include <cassert>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <system_error>

#include "actornet/detail/connection_core.hpp"
#include "actornet/detail/root_tasks.hpp"
#include "actornet/log.hpp"
#include "actornet/net/blocking_pool.hpp"
#include "actornet/net/watchdog.hpp"
#include "actornet/proto/log_sink.hpp"
#include "reloader.hpp"

namespace actornet {

namespace detail {

struct listener {
  listen_options options;
  session_factory sessions;
  std::unique_ptr<net::acceptor> acceptor;
};

class runtime_state {
 public:
  explicit runtime_state(runtime_options options)
      : options_(std::move(options)),
        loops_(options_.loops, options_.backends),
        simulated_(static_cast<bool>(options_.backends)),
        blocking_(simulated_ ? 0 : net::blocking_pool::threads_max) {
    for (std::size_t i = 0; i < loops_.size(); ++i) {
      tables_.push_back(std::make_unique<connection_table>(loops_.at(i)));
      roots_.push_back(std::make_unique<root_tasks>(loops_.at(i)));
      loops_.at(i).set_blocking(&blocking_);
      loops_.at(i).set_runtime(tables_.back().get());
    }
  }

  net::endpoint add_listener(std::string_view uri, listen_options options,
                             session_factory sessions);
  void open(listener& from, std::unique_ptr<net::pending_connection> socket,
            net::admission_ticket ticket);
  void start();
  void drain(net::duration patience, std::function<void(std::size_t)> on_over);
  std::size_t stop(net::duration patience);
  std::size_t connections() const noexcept;
  bool draining() const noexcept { return draining_; }

  const runtime_options options_;
  net::multiplexer loops_;
  const bool simulated_;
  reloader reloader_{loops_.at(0), blocking_};  // outlives the pool, whose threads it works on
  net::blocking_pool blocking_;
  std::atomic<bool> started_{false};
  bool stopped_ = false;
  std::vector<std::unique_ptr<connection_table>> tables_;  // by loop
  std::vector<std::unique_ptr<root_tasks>> roots_;         // by loop
  std::vector<std::unique_ptr<listener>> listeners_;
  std::unique_ptr<net::watchdog> watchdog_;
  std::vector<std::shared_ptr<void>> companions_;

 private:
  // A drain goes through all loops three times, without anybody waiting: no loop accepts any more,
  // then each loop drains its connections, then (at the deadline) each cuts what is left.
  using step = void (runtime_state::*)(net::loop& here);
  struct round {
    runtime_state* state;
    step work;
    step then;  // on the last loop that finished the round; may be null
    std::atomic<std::size_t> left;
  };

  void on_each_loop(step work, step then);
  void stop_accepting(net::loop& here);
  void begin_draining(net::loop& here);
  void drain_loop(net::loop& here);
  void cut_loop(net::loop& here);
  void part_drained();
  void drain_over();
  void on_drain_deadline();

  void wait_for_drain();

  std::function<void(std::size_t)> on_over_;
  std::mutex over_mutex_;
  std::condition_variable over_changed_;
  bool over_ = false;  // the drain
  net::duration patience_{};
  net::timer drain_deadline_{net::entry_of<&runtime_state::on_drain_deadline>(*this)};  // loop 0
  std::atomic<std::size_t> parts_left_{0};  // of a drain: each loop's connections, its tasks
  std::atomic<std::size_t> cut_{0};
  std::atomic<bool> draining_{false};
};

// What speaks a protocol is made elsewhere: the runtime knows neither HTTP nor TLS.
static void require_filter(const net::endpoint& where, const listen_options& options,
                           std::string_view uri) {
  using protocol = net::endpoint::protocol;
  if (where.speaks == protocol::plain || options.filter)
    return;
  constexpr const char* web = "web::web_filter(...) of <actornet/web/web_filter.hpp>";
  constexpr const char* tls = "tls::server(...).filters() of <actornet/tls/tls.hpp>";
  std::string what = where.speaks == protocol::tls   ? tls
                     : where.speaks == protocol::wss ? std::string(tls) + " around " + web
                                                     : web;
  throw std::invalid_argument(std::string(uri) + ": needs listen_options::filter, such as " + what);
}

net::endpoint runtime_state::add_listener(std::string_view uri, listen_options options,
                                          session_factory sessions) {
  if (started_)
    throw std::logic_error("actornet: listen at " + std::string(uri) + " before rt.start()");
  const auto where = net::parse_endpoint(uri);
  if (!where)
    throw std::system_error(where.error(), std::string(uri));
  require_filter(*where, options, uri);
  auto added = std::make_unique<listener>();
  added->options = std::move(options);
  added->sessions = std::move(sessions);
  net::loop& home = loops_.at(listeners_.size() % loops_.size());
  auto opened =
      net::acceptor::open(home, *where, added->options.acceptor,
                          [this, &from = *added](std::unique_ptr<net::pending_connection> socket,
                                                 net::admission_ticket ticket) {
                            open(from, std::move(socket), std::move(ticket));
                          });
  if (!opened)
    throw std::system_error(opened.error(), std::string(uri));
  added->acceptor = std::move(*opened);
  listeners_.push_back(std::move(added));
  return listeners_.back()->acceptor->local();
}

// On the acceptor's loop: the socket moves to the loop with the fewest connections.
void runtime_state::open(listener& from, std::unique_ptr<net::pending_connection> socket,
                         net::admission_ticket ticket) {
  struct travelling {
    connection_table& table;
    listener& from;
    std::unique_ptr<net::pending_connection> socket;
    net::admission_ticket ticket;
  };
  net::loop& home = loops_.least_loaded();
  home.connection_count.fetch_add(1, std::memory_order_relaxed);
  auto* arriving =
      new travelling{*tables_[home.index()], from, std::move(socket), std::move(ticket)};
  home.post({[](void* context) {
               const std::unique_ptr<travelling> here(static_cast<travelling*>(context));
               auto* core = new connection_core(
                   here->table, here->socket->attach(here->table.home()), here->from.options.stream,
                   std::move(here->ticket), here->from.options.limits,
                   here->from.options.filter ? here->from.options.filter() : nullptr);
               core->start(here->from.sessions);
               if (here->table.draining())
                 core->drain();
             },
             arriving});
}

// Listeners come last: where a thread cannot be had, there is no connection yet.
void runtime_state::start() {
  assert(!started_);
  started_ = true;
  if (!simulated_) {
    try {
      if (options_.stall_budget > net::duration::zero())
        watchdog_ = std::make_unique<net::watchdog>(loops_, options_.stall_budget);
      loops_.start();
    } catch (...) {
      loops_.stop();
      watchdog_.reset();
      throw;
    }
  }
  for (auto& each : listeners_)
    each->acceptor->home().post(net::entry_of<&net::acceptor::start>(*each->acceptor));
}

void runtime_state::on_each_loop(step work, step then) {
  auto* shared = new round{this, work, then, {loops_.size()}};
  for (std::size_t i = 0; i < loops_.size(); ++i) {
    loops_.at(i).post({[](void* context) {
                         auto* mine = static_cast<round*>(context);
                         net::loop& here = *net::loop::current();
                         (mine->state->*mine->work)(here);
                         if (mine->left.fetch_sub(1) != 1)
                           return;
                         const std::unique_ptr<round> last(mine);
                         if (last->then)
                           (last->state->*last->then)(here);
                       },
                       shared});
  }
}

void runtime_state::drain(net::duration patience, std::function<void(std::size_t)> on_over) {
  if (draining_.exchange(true))
    return;
  patience_ = patience;
  on_over_ = std::move(on_over);
  parts_left_ = 2 * loops_.size();
  on_each_loop(&runtime_state::stop_accepting, &runtime_state::begin_draining);
}

void runtime_state::stop_accepting(net::loop& here) {
  for (auto& each : listeners_)
    if (&each->acceptor->home() == &here)
      each->acceptor->stop();
}

void runtime_state::begin_draining(net::loop&) {
  on_each_loop(&runtime_state::drain_loop, nullptr);
}

void runtime_state::drain_loop(net::loop& here) {
  if (here.index() == 0)
    here.timers().arm(drain_deadline_, net::deadline_after(here.fresh_now(), patience_));
  connection_table& table = *tables_[here.index()];
  table.drain_all();
  if (here.connection_count.load(std::memory_order_relaxed) == 0)
    part_drained();
  else
    table.set_on_empty(net::entry_of<&runtime_state::part_drained>(*this));
  roots_[here.index()]->drain(net::entry_of<&runtime_state::part_drained>(*this));
}

void runtime_state::on_drain_deadline() {
  on_each_loop(&runtime_state::cut_loop, nullptr);
}

void runtime_state::cut_loop(net::loop& here) {
  cut_ += tables_[here.index()]->kill_all(errc::drain_timeout) + roots_[here.index()]->running();
}

void runtime_state::part_drained() {
  if (parts_left_.fetch_sub(1) == 1)
    loops_.at(0).post(net::entry_of<&runtime_state::drain_over>(*this));
}

void runtime_state::drain_over() {
  loops_.at(0).timers().remove(drain_deadline_);
  if (on_over_)
    on_over_(cut_);
  const std::lock_guard guard(over_mutex_);
  over_ = true;
  over_changed_.notify_all();
}

void runtime_state::wait_for_drain() {
  std::unique_lock lock(over_mutex_);
  over_changed_.wait(lock, [this] { return over_; });
}

std::size_t runtime_state::connections() const noexcept {
  std::size_t sum = 0;
  for (const auto& table : tables_)
    sum += table->home().connection_count.load(std::memory_order_relaxed);
  return sum;
}

std::size_t runtime_state::stop(net::duration patience) {
  if (std::exchange(stopped_, true))
    return cut_;
  const bool on_threads = loops_.running();
  if (on_threads) {
    drain(patience, {});
    wait_for_drain();
  }
  for (auto& each : listeners_) {
    if (!loops_.running())
      each->acceptor->stop();  // never started
    each->sessions = nullptr;  // they may hold handles to actors
  }
  while (!companions_.empty())  // the first is an actor system, which needs running loops to end
    companions_.pop_back();
  loops_.stop();
  if (!draining_)  // never started: what was spawned begins below, and ends at once
    for (auto& each : roots_)
      each->drain({[](void*) {}, nullptr});
  watchdog_.reset();  // no loop may be about to call it
  reloader_.end();    // it may be the last to hold what the sessions shared
  if (on_threads || !simulated_)
    loops_.turn_until_idle();  // what was posted last holds references
  return cut_;
}

}  // namespace detail

namespace {

// Bad messages of peers, one line each: for debugging only. The connection's end is logged anyway,
// and at a limited rate.
void log_protobuf(proto::log_level level, const char* text) noexcept {
  log(level == proto::log_level::fatal ? log_level::error : log_level::debug, text);
}

}  // namespace

runtime::runtime(runtime_options options)
    : state_(std::make_unique<detail::runtime_state>(std::move(options))) {
  proto::set_log_sink(log_protobuf);
}

runtime::~runtime() {
  stop();
}

net::endpoint runtime::add_listener(std::string_view uri, listen_options options,
                                    detail::session_factory sessions) {
  return state_->add_listener(uri, std::move(options), std::move(sessions));
}

void runtime::start() {
  state_->start();
}

void runtime::on_reload(std::function<void()> again) {
  if (state_->started_)
    throw std::logic_error("actornet: on_reload before rt.start()");
  state_->reloader_.add(std::move(again));
}

void runtime::reload() {
  if (state_->started_)
    state_->reloader_.request();
}

bool runtime::reloads() const noexcept {
  return !state_->reloader_.empty();
}

bool runtime::started() const noexcept {
  return state_->started_;
}

bool runtime::draining() const noexcept {
  return state_->draining();
}

void runtime::drain(net::duration patience, std::function<void(std::size_t)> on_over) {
  state_->drain(patience, std::move(on_over));
}

std::size_t runtime::stop(net::duration patience) {
  return state_->stop(patience);
}

std::vector<net::endpoint> runtime::listening() const {
  std::vector<net::endpoint> all;
  for (const auto& each : state_->listeners_)
    all.push_back(each->acceptor->local());
  return all;
}

detail::root_tasks& runtime::roots_of(net::loop& where) noexcept {
  return *state_->roots_[where.index()];
}

net::acceptor& runtime::acceptor_at(std::size_t index) {
  return *state_->listeners_.at(index)->acceptor;
}

net::multiplexer& runtime::loops() noexcept {
  return state_->loops_;
}

const runtime_options& runtime::options() const noexcept {
  return state_->options_;
}

std::size_t runtime::connections() const noexcept {
  return state_->connections();
}

void runtime::keep(std::shared_ptr<void> companion) {
  state_->companions_.push_back(std::move(companion));
}

}  // namespace actornet
