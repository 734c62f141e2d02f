#include "actornet/nats/nats_bus.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <vector>

#include "actornet/nats/subject.hpp"
#include "nats_bus_ends.hpp"

namespace actornet::nats {

using cluster::bus_state;
using cluster::bus_state_sink;
using cluster::operation;
using cluster::subscription;
using cluster::detail::answer;
using cluster::detail::completion;
using cluster::detail::listener;
using cluster::detail::mailbox;
using cluster::detail::mailboxes;
using cluster::detail::memory_server;

namespace {

/// Who is told of the state on its own loop.
struct watcher {
  explicit watcher(mailbox& at, bus_state_sink& who) : box(at), sink(&who) {}

  static void tell(const std::shared_ptr<watcher>& whom, bus_state now) {
    whom->box.push([whom, now] {
      if (whom->sink)
        whom->sink->on_state(now);
    });
  }

  mailbox& box;
  bus_state_sink* sink;  // its loop's
};

// An answer, or the reason why a server of ours did not take the request.
answer outcome_of(const result<message>& came) {
  if (!came)
    return came.error();
  const std::string_view refusal = came->header_value(refusal_header);
  if (!refusal.empty())
    return errc::mailbox_full;  // the one reason there is
  if (came->payload.payload.size() > cluster::bus::payload_bytes_max)
    return errc::message_too_large;
  return came->payload;
}

}  // namespace

// What is private here belongs to the home loop.
class nats_bus::state final : private bus_state_sink {
 public:
  state(connection& over, nats_bus_options how)
      : out(std::make_shared<outlet>(over, how)), over_(over), how_(std::move(how)) {
    out->run([this] { watching_ = over_.watch_state(*this); });
  }
  ~state() { out->close(); }

  std::string published(std::string_view subject) const {
    return how_.prefix + ".p." + escaped_subject(subject);
  }
  std::string requested(std::string_view subject) const {
    return how_.prefix + ".r." + escaped_subject(subject);
  }

  // -- on any loop --------------------------------------------------------------------------------

  void add(const std::shared_ptr<listener>& added, std::string subject) {
    out->run([this, added, subject = std::move(subject)] {
      listeners_.emplace(added.get(), std::make_unique<home_listener>(over_, subject, added));
    });
  }
  void add(const std::shared_ptr<memory_server>& added, std::string subject) {
    out->run([this, added, subject = std::move(subject)] {
      servers_.emplace(added.get(), std::make_unique<home_server>(over_, subject, out, added));
    });
  }
  void add(const std::shared_ptr<watcher>& added) {
    out->run([this, added] {
      watchers_.push_back(added);
      if (watching_told_)
        watcher::tell(added, now_);
    });
  }
  void remove(const std::shared_ptr<listener>& gone) {
    out->run([this, gone] { listeners_.erase(gone.get()); });
  }
  void remove(const std::shared_ptr<memory_server>& gone) {
    out->run([this, gone] { servers_.erase(gone.get()); });
  }
  void remove(const std::shared_ptr<watcher>& gone) {
    out->run([this, gone] { std::erase(watchers_, gone); });
  }

  const std::shared_ptr<outlet> out;
  cluster::detail::askers askers;
  mailboxes boxes;

 private:
  void on_state(bus_state now) override {
    now_ = now;
    watching_told_ = true;
    for (const auto& each : watchers_)
      watcher::tell(each, now);
  }

  connection& over_;
  const nats_bus_options how_;
  bus_state now_ = bus_state::down;
  bool watching_told_ = false;
  std::map<listener*, std::unique_ptr<home_listener>> listeners_;
  std::map<memory_server*, std::unique_ptr<home_server>> servers_;
  std::vector<std::shared_ptr<watcher>> watchers_;
  subscription watching_;
};

namespace {

/// As long as it is there, an end stands at its subject.
template <class End>
class standing final : public subscription::state {
 public:
  template <class User>
  standing(nats_bus::state& at, std::string subject, User& user)
      : at_(at), mine_(std::make_shared<End>(at.boxes.here(), user)) {
    at_.add(mine_, std::move(subject));
  }
  ~standing() override {
    mine_->end();
    at_.remove(mine_);
  }

 private:
  nats_bus::state& at_;
  const std::shared_ptr<End> mine_;
};

}  // namespace

nats_bus::nats_bus(connection& over, nats_bus_options how)
    : state_(std::make_unique<state>(over, std::move(how))) {}
nats_bus::~nats_bus() = default;

result<void> nats_bus::publish(std::string_view subject, const net::shared_bytes& payload) {
  if (const auto flaw = cluster::detail::flaw_of(subject, payload))
    return flaw;
  return state_->out->send({.subject = state_->published(subject), .payload = payload});
}

subscription nats_bus::subscribe(std::string_view subject, cluster::bus_sink& sink) {
  return subscription(
      std::make_unique<standing<listener>>(*state_, state_->published(subject), sink));
}

subscription nats_bus::serve(std::string_view subject, cluster::bus_server& server) {
  return subscription(
      std::make_unique<standing<memory_server>>(*state_, state_->requested(subject), server));
}

operation nats_bus::request(std::string_view subject, const net::shared_bytes& payload,
                            net::duration deadline, request_done done) {
  auto told = std::make_shared<completion<answer>>(std::move(done));
  const auto& here = state_->askers.here();
  const auto request = here->table.add(told, deadline);
  if (!request) {
    mailboxes::answer(state_->boxes.here(), told, answer(request.error()));
    return operation(told);
  }
  const auto ask = [here, number = *request, deadline](connection& over, message what) {
    auto answered = [here, number](const result<message>& came) {
      here->answer_later(number, outcome_of(came));
    };
    over.request(std::move(what), deadline, std::move(answered)).detach();
  };
  std::error_code flaw = cluster::detail::flaw_of(subject, payload);
  if (!flaw)
    flaw =
        state_->out->send({.subject = state_->requested(subject), .payload = payload}, ask).error();
  if (flaw)
    here->answer_later(*request, flaw);
  return operation(told);
}

subscription nats_bus::watch_state(bus_state_sink& sink) {
  class watching final : public subscription::state {
   public:
    watching(nats_bus::state& at, bus_state_sink& sink)
        : at_(at), mine_(std::make_shared<watcher>(at.boxes.here(), sink)) {
      at_.add(mine_);
    }
    ~watching() override {
      mine_->sink = nullptr;
      at_.remove(mine_);
    }

   private:
    nats_bus::state& at_;
    const std::shared_ptr<watcher> mine_;
  };
  return subscription(std::make_unique<watching>(*state_, sink));
}

}  // namespace actornet::nats
