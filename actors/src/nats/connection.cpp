#include "actornet/nats/connection.hpp"

#include <charconv>
#include <vector>

#include "actornet/cluster/detail/mailbox.hpp"
#include "actornet/cluster/detail/requests.hpp"
#include "actornet/log.hpp"
#include "link.hpp"
#include "subscription_table.hpp"

namespace actornet::nats {

using cluster::bus_state;
using cluster::bus_state_sink;
using cluster::detail::completion;
using cluster::detail::mailbox;

class connection::core final : private link::owner, private message_sink {
 public:
  core(net::loop& home, net::blocking_pool& pool, const connection_options& how);
  ~core();

  result<void> publish(const message& what, bool accepted);
  cluster::operation request(message what, net::duration deadline, request_done done);
  cluster::operation drain(net::duration deadline, drain_done done);

  std::uint64_t subscribe(std::string_view subject, std::string_view queue_group,
                          message_sink& sink) {
    return subscriptions_.add(subject, queue_group, sink, up() ? &link_->library() : nullptr);
  }
  void unsubscribe(std::uint64_t number) { subscriptions_.remove(number); }

  void watch(const std::shared_ptr<bus_state_sink*>& sink);

  bool up() const noexcept { return up_.load(std::memory_order_relaxed); }
  bool full() const noexcept { return full_.load(std::memory_order_relaxed); }
  std::weak_ptr<natsConnection> hold() const { return {up() ? held_of(link_) : nullptr}; }

  net::loop& home;
  net::blocking_pool& pool;

 private:
  static std::shared_ptr<natsConnection> held_of(const std::shared_ptr<link>& of) {
    return {of, &of->library()};
  }

  void begin();
  void end_attempt(const result<void>& came);
  void on_progress() override;
  void on_lost() override;
  void drop_link();
  void wait_to_begin();
  void tell_state();
  void look_at_buffer();
  void refuse(const result<std::uint64_t>& number,
              const std::shared_ptr<completion<result<message>>>& told, std::error_code why);
  void on_message(const message& what) override;
  void on_lagged(std::uint64_t) override {}  // those requests time out

  const connection_options how_;
  const std::shared_ptr<natsOptions> options_;
  const std::string inbox_;
  const std::shared_ptr<mailbox> box_;
  std::shared_ptr<link> link_;
  net::blocking_work attempt_;
  errc last_failure_{};
  std::atomic<bool> up_{false};
  std::atomic<bool> full_{false};
  subscription_table subscriptions_;
  cluster::detail::request_table_of<message> requests_;
  std::vector<std::shared_ptr<bus_state_sink*>> watchers_;
  net::timer retry_{net::entry_of<&core::begin>(*this)};
};

connection::core::core(net::loop& at, net::blocking_pool& threads, const connection_options& how)
    : home(at),
      pool(threads),
      how_(how),
      options_(make_library_options(how)),
      inbox_(new_inbox() + '.'),
      box_(std::make_shared<mailbox>(at)),
      subscriptions_(box_, how.waiting_max),
      requests_(at) {
  subscriptions_.add(inbox_ + '*', "", *this, nullptr, false);
  box_->push([this] { begin(); });
}

connection::core::~core() {
  box_->close();
  if (link_)
    drop_link();
}

// -- one link after the other ---------------------------------------------------------------------

// A thread of the pool holds no link that nobody else does, so that none is destroyed on the loop.
void connection::core::begin() {
  link_ = std::make_shared<link>(home, box_, static_cast<link::owner&>(*this));
  auto started = pool.run(
      home,
      [weak = std::weak_ptr(link_), options = options_]() -> result<void> {
        const auto mine = weak.lock();
        return mine ? mine->connect(*options) : result<void>(errc::cancelled);
      },
      [this](const result<void>& came) { end_attempt(came); });
  if (started)
    attempt_ = *std::move(started);
  else
    end_attempt(started.error());
}

void connection::core::end_attempt(const result<void>& came) {
  const result<void> begun = came ? link_->start() : came;
  if (!begun) {
    const auto why = static_cast<errc>(begun.error().value());
    if (std::exchange(last_failure_, why) != why)
      log(log_level::warning,
          "nats: not connected to " + how_.servers.front() + ", … : " + describe(why));
    drop_link();
    return wait_to_begin();
  }
  last_failure_ = {};
  subscriptions_.make_all(link_->library());
  up_ = true;
  tell_state();
}

void connection::core::on_progress() {
  if (subscriptions_.poll())
    box_->push([this] {
      if (up())
        on_progress();
    });
  look_at_buffer();
}

void connection::core::on_lost() {
  up_ = full_ = false;
  subscriptions_.unmake_all();
  drop_link();
  wait_to_begin();
  tell_state();
  requests_.settle_all(errc::disconnected);
}

// Closing it may block: on a loop's turn it is for a thread of the pool.
void connection::core::drop_link() {
  link_->stop();
  if (net::loop::current()) {
    auto closing = pool.run(
        home,
        [gone = link_]() mutable -> result<void> {
          gone.reset();
          return {};
        },
        [](const result<void>&) {});
    if (closing)
      closing->detach();
  }
  link_.reset();
}

void connection::core::wait_to_begin() {
  const auto whole = static_cast<std::uint64_t>(how_.reconnect_wait.count());
  const net::duration more(static_cast<net::duration::rep>(whole ? home.random() % whole : 0));
  home.timers().arm(retry_, home.now() + how_.reconnect_wait + more);
}

void connection::core::tell_state() {
  const bus_state now = up() ? bus_state::up : bus_state::down;
  std::erase_if(watchers_, [](const auto& each) { return !*each; });
  for (const auto& each : watchers_)
    box_->push([each, now] {
      if (*each)
        (*each)->on_state(now);
    });
}

void connection::core::watch(const std::shared_ptr<bus_state_sink*>& sink) {
  watchers_.push_back(sink);
  box_->push([sink, now = up() ? bus_state::up : bus_state::down] {
    if (*sink)
      (*sink)->on_state(now);
  });
}

// -- messages -------------------------------------------------------------------------------------

namespace {

bool may_be_sent(const message& what) {
  if (!is_subject(what.subject) || !(what.reply.empty() || is_subject(what.reply)))
    return false;
  for (const header& each : what.headers)
    if (!is_subject(each.name) || each.value.find_first_of("\r\n") != std::string::npos)
      return false;
  return true;
}

}  // namespace

result<void> connection::core::publish(const message& what, bool accepted) {
  if (!may_be_sent(what))
    return errc::name_invalid;
  if (what.payload.payload.size() > how_.payload_bytes_max)
    return errc::message_too_large;
  if (!up())
    return errc::disconnected;
  look_at_buffer();
  if (full() && !accepted)
    return errc::mailbox_full;
  const natsStatus status = send(link_->library(), what);
  return status == NATS_OK ? result<void>() : to_errc(status);
}

void connection::core::look_at_buffer() {
  full_ = up() && link_->buffered() >= how_.buffered_bytes_max;
}

// Later: never inside the call.
void connection::core::refuse(const result<std::uint64_t>& number,
                              const std::shared_ptr<completion<result<message>>>& told,
                              std::error_code why) {
  box_->push([this, told, why, request = number ? *number : 0] {
    if (request)
      requests_.settle(request, why);
    else
      told->complete(why);
  });
}

cluster::operation connection::core::request(message what, net::duration deadline,
                                             request_done done) {
  auto told = std::make_shared<completion<result<message>>>(std::move(done));
  const auto number = requests_.add(told, deadline);
  std::error_code flaw = number.error();
  if (number) {
    what.reply = inbox_ + std::to_string(*number);
    flaw = publish(what, false).error();
  }
  if (flaw)
    refuse(number, told, flaw);
  return cluster::operation(told);
}

// What the server sends back has passed all that was sent before.
cluster::operation connection::core::drain(net::duration deadline, drain_done done) {
  auto outcome = [done = std::move(done)](const result<message>& came) {
    done(came ? result<void>() : came.error());
  };
  auto told = std::make_shared<completion<result<message>>>(std::move(outcome));
  const auto number = requests_.add(told, deadline);
  std::error_code flaw = number.error();
  if (number)
    flaw = publish({.subject = inbox_ + std::to_string(*number)}, true).error();
  if (flaw)
    refuse(number, told, flaw);
  return cluster::operation(told);
}

void connection::core::on_message(const message& what) {
  if (!what.subject.starts_with(inbox_))
    return;
  const std::string_view text = std::string_view(what.subject).substr(inbox_.size());
  std::uint64_t number = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), number).ec != std::errc())
    return;
  if (what.status() == 503 && what.payload.payload.empty())
    requests_.settle(number, errc::unavailable);
  else
    requests_.settle(number, what);
}

// -- connection -----------------------------------------------------------------------------------

connection::connection(net::loop& home, net::blocking_pool& pool, const connection_options& how)
    : core_(std::make_unique<core>(home, pool, how)) {}
connection::~connection() = default;

net::loop& connection::home() const noexcept {
  return core_->home;
}
net::blocking_pool& connection::pool() const noexcept {
  return core_->pool;
}
bool connection::up() const noexcept {
  return core_->up();
}
bool connection::full() const noexcept {
  return core_->full();
}
std::weak_ptr<natsConnection> connection::hold() const {
  return core_->hold();
}
result<void> connection::publish(const message& what) {
  return core_->publish(what, false);
}
result<void> connection::publish_accepted(const message& what) {
  return core_->publish(what, true);
}
cluster::operation connection::request(message what, net::duration deadline, request_done done) {
  return core_->request(std::move(what), deadline, std::move(done));
}
cluster::operation connection::drain(net::duration deadline, drain_done done) {
  return core_->drain(deadline, std::move(done));
}

cluster::subscription connection::subscribe(std::string_view subject, std::string_view queue_group,
                                            message_sink& sink) {
  class hearing final : public cluster::subscription::state {
   public:
    hearing(core& at, std::uint64_t number) : at_(at), number_(number) {}
    ~hearing() override { at_.unsubscribe(number_); }

   private:
    core& at_;
    const std::uint64_t number_;
  };
  return cluster::subscription(
      std::make_unique<hearing>(*core_, core_->subscribe(subject, queue_group, sink)));
}

cluster::subscription connection::watch_state(bus_state_sink& sink) {
  class watching final : public cluster::subscription::state {
   public:
    watching(core& at, bus_state_sink& sink) : sink_(std::make_shared<bus_state_sink*>(&sink)) {
      at.watch(sink_);
    }
    ~watching() override { *sink_ = nullptr; }

   private:
    const std::shared_ptr<bus_state_sink*> sink_;
  };
  return cluster::subscription(std::make_unique<watching>(*core_, sink));
}

}  // namespace actornet::nats
