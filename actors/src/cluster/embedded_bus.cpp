#include "embedded_bus.hpp"

#include <optional>
#include <string>

#include "actornet/cluster/detail/embedded_network.hpp"
#include "actornet/cluster/detail/requests.hpp"
#include "memory_bus_ends.hpp"

namespace actornet::cluster {

using detail::embedded_desk;
using detail::embedded_link;

namespace {

// -- who hears, serves, watches -------------------------------------------------------------------

class listening final : public subscription::state, bus_sink {
 public:
  listening(embedded_link& at, std::string_view subject, bus_sink& sink)
      : at_(at), sink_(sink), inner_(at.inbox.subscribe(subject, *this)) {}

 private:
  void on_published(const net::shared_bytes& payload) override {
    if (!at_.alive())
      return;
    if (at_.draw(&embedded_faults::publish_lagged))
      sink_.on_lagged(1);
    else
      sink_.on_published(payload);
  }
  void on_lagged(std::uint64_t lost) override {
    if (at_.alive())
      sink_.on_lagged(lost);
  }

  embedded_link& at_;
  bus_sink& sink_;
  const subscription inner_;
};

class serving final : public subscription::state, bus_server {
 public:
  serving(embedded_link& at, std::string_view subject, bus_server& server)
      : at_(at), server_(server), subject_(subject), inner_(at.inbox.serve(subject, *this)) {
    at_.network().serve(subject_, at_.id());
  }
  ~serving() override { at_.network().no_more_serve(subject_, at_.id()); }

 private:
  void on_request(const net::shared_bytes& payload, bus_reply reply) override {
    if (at_.alive())
      server_.on_request(payload, std::move(reply));
  }

  embedded_link& at_;
  bus_server& server_;
  const std::string subject_;
  const subscription inner_;
};

class watching_state final : public subscription::state, detail::reach_sink {
 public:
  watching_state(embedded_link& at, bus_state_sink& sink) : at_(at), desk_(at.here()), sink_(sink) {
    desk_.add(*this);
    desk_.look();
  }
  ~watching_state() override { desk_.remove(*this); }

 private:
  void on_reach() override {
    const bus_state now = at_.connected() ? bus_state::up : bus_state::down;
    if (at_.alive() && std::exchange(told_, now) != now)
      sink_.on_state(now);
  }

  embedded_link& at_;
  embedded_desk& desk_;
  bus_state_sink& sink_;
  std::optional<bus_state> told_;
};

// -- a request ------------------------------------------------------------------------------------

class asking final : public std::enable_shared_from_this<asking>, detail::reach_sink {
 public:
  using told_to = std::shared_ptr<detail::completion<detail::answer>>;

  asking(const std::shared_ptr<embedded_link>& from, told_to told, net::duration deadline)
      : from_(from),
        desk_(from->here()),
        told_(std::move(told)),
        until_(net::deadline_after(net::loop::current()->now(), deadline)) {
    desk_.add(*this);
  }
  ~asking() {
    if (const auto from = from_.lock())
      desk_.remove(*this);
  }

  void begin(embedded_link& from, std::uint64_t lane, std::string subject,
             const net::shared_bytes& payload) {
    from.after(until_ - net::loop::current()->now(),
               [self = shared_from_this()] { self->settle(errc::timed_out); });
    from.later(lane, [self = shared_from_this(), at = &from, subject = std::move(subject),
                      payload] { self->ask(*at, subject, payload); });
  }

  void fail(embedded_link& from, std::error_code why) {
    from.after({}, [self = shared_from_this(), why] { self->settle(why); });
  }

 private:
  void on_reach() override {
    if (const auto from = from_.lock(); from && !from->connected())
      settle(errc::disconnected);
  }

  void settle(detail::answer outcome) {
    if (const auto told = std::exchange(told_, nullptr))
      told->complete(std::move(outcome));
  }

  void ask(embedded_link& from, const std::string& subject, const net::shared_bytes& payload) {
    const net::duration left = until_ - net::loop::current()->now();
    if (!told_ || left <= net::duration::zero() || from.draw(&embedded_faults::request_lost))
      return;
    auto done = [self = shared_from_this()](std::uint64_t server, detail::answer outcome) {
      self->come_back(server, std::move(outcome));
    };
    if (const auto asked = from.network().ask(from.id(), subject, payload, left, done); !asked)
      fail(from, asked.error());
  }

  void come_back(std::uint64_t server, detail::answer outcome) {
    const auto from = from_.lock();
    if (!from)
      return;
    from->later(
        0, [self = shared_from_this(), at = from.get(), server, outcome = std::move(outcome)] {
          if (at->network().reaches(server, at->id()) && !at->draw(&embedded_faults::answer_lost))
            self->settle(outcome);
        });
  }

  // The node may be gone when an answer comes; what waits there has this, so no more than a look.
  const std::weak_ptr<embedded_link> from_;
  embedded_desk& desk_;
  told_to told_;
  const net::time_point until_;
};

}  // namespace

// -- bus ------------------------------------------------------------------------------------------

result<void> embedded_node::bus_end::publish(std::string_view subject,
                                             const net::shared_bytes& payload) {
  if (const auto flaw = detail::flaw_of(subject, payload))
    return flaw;
  if (!link_->connected())
    return errc::disconnected;
  if (link_->here().line.size() >= embedded_link::under_way_max ||
      link_->draw(&embedded_faults::publish_refused))
    return errc::mailbox_full;
  for (const std::uint64_t to : link_->network().all())
    link_->later(to, [from = link_.get(), to, said = std::string(subject), payload] {
      from->network().deliver(from->id(), to, said, payload);
    });
  return {};
}

subscription embedded_node::bus_end::subscribe(std::string_view subject, bus_sink& sink) {
  return subscription(std::make_unique<listening>(*link_, subject, sink));
}

subscription embedded_node::bus_end::serve(std::string_view subject, bus_server& server) {
  return subscription(std::make_unique<serving>(*link_, subject, server));
}

operation embedded_node::bus_end::request(std::string_view subject,
                                          const net::shared_bytes& payload, net::duration deadline,
                                          request_done done) {
  auto told = std::make_shared<detail::completion<detail::answer>>(std::move(done));
  const auto asked = std::make_shared<asking>(link_, told, deadline);
  if (const auto flaw = detail::flaw_of(subject, payload))
    asked->fail(*link_, flaw);
  else if (!link_->connected())
    asked->fail(*link_, errc::disconnected);
  else if (link_->here().line.size() >= embedded_link::under_way_max)
    asked->fail(*link_, errc::mailbox_full);
  else
    asked->begin(*link_, requests_, std::string(subject), payload);
  return operation(told);
}

subscription embedded_node::bus_end::watch_state(bus_state_sink& sink) {
  return subscription(std::make_unique<watching_state>(*link_, sink));
}

}  // namespace actornet::cluster
