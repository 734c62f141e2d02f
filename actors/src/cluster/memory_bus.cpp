#include "actornet/cluster/memory_bus.hpp"

#include <algorithm>
#include <mutex>
#include <string>
#include <vector>

#include "actornet/cluster/detail/mailbox.hpp"
#include "actornet/cluster/detail/names.hpp"
#include "memory_bus_ends.hpp"

namespace actornet::cluster {

using detail::flaw_of;
using detail::listener;
using detail::memory_server;

namespace {

// Of one subject.
struct ends {
  std::vector<std::shared_ptr<listener>> listeners;
  std::vector<std::shared_ptr<memory_server>> servers;
  std::size_t turn = 0;  // of the servers
};

std::vector<std::shared_ptr<listener>>& those_of(ends& all, const listener&) {
  return all.listeners;
}
std::vector<std::shared_ptr<memory_server>>& those_of(ends& all, const memory_server&) {
  return all.servers;
}

}  // namespace

class memory_bus::state {
 public:
  void publish(std::string_view subject, const net::shared_bytes& payload) {
    const std::lock_guard guard(mutex_);
    if (const auto found = subjects_.find(subject); found != subjects_.end())
      for (const auto& each : found->second.listeners)
        each->push(payload);
  }

  result<void> ask(std::string_view subject, const net::shared_bytes& payload, bus_reply reply) {
    const std::lock_guard guard(mutex_);
    const auto found = subjects_.find(subject);
    if (found == subjects_.end() || found->second.servers.empty())
      return errc::unavailable;
    ends& there = found->second;
    return there.servers[++there.turn % there.servers.size()]->push(payload, std::move(reply));
  }

  template <class End>
  void add(std::string_view subject, const std::shared_ptr<End>& added) {
    const std::lock_guard guard(mutex_);
    those_of(detail::at_name(subjects_, subject), *added).push_back(added);
  }

  template <class End>
  void remove(std::string_view subject, const std::shared_ptr<End>& gone) {
    gone->end();
    const std::lock_guard guard(mutex_);
    const auto found = subjects_.find(subject);
    std::erase(those_of(found->second, *gone), gone);
    if (found->second.listeners.empty() && found->second.servers.empty())
      subjects_.erase(found);
  }

  detail::askers askers;
  detail::mailboxes boxes;

 private:
  std::mutex mutex_;
  detail::name_map<ends> subjects_;
};

namespace {

// As long as it is there, an end stands at its subject.
template <class End>
class standing final : public subscription::state {
 public:
  template <class User>
  standing(memory_bus::state& at, std::string_view subject, User& user)
      : at_(at), subject_(subject), mine_(std::make_shared<End>(at.boxes.here(), user)) {
    at_.add(subject_, mine_);
  }
  ~standing() override { at_.remove(subject_, mine_); }

 private:
  memory_bus::state& at_;
  const std::string subject_;
  const std::shared_ptr<End> mine_;
};

}  // namespace

memory_bus::memory_bus() : state_(std::make_unique<state>()) {}
memory_bus::~memory_bus() = default;

result<void> memory_bus::publish(std::string_view subject, const net::shared_bytes& payload) {
  if (const auto flaw = flaw_of(subject, payload))
    return flaw;
  state_->publish(subject, payload);
  return {};
}

subscription memory_bus::subscribe(std::string_view subject, bus_sink& sink) {
  return subscription(std::make_unique<standing<listener>>(*state_, subject, sink));
}

subscription memory_bus::serve(std::string_view subject, bus_server& server) {
  return subscription(std::make_unique<standing<memory_server>>(*state_, subject, server));
}

operation memory_bus::request(std::string_view subject, const net::shared_bytes& payload,
                              net::duration deadline, request_done done) {
  auto told = std::make_shared<detail::completion<detail::answer>>(std::move(done));
  const auto& here = state_->askers.here();
  const auto request = here->table.add(told, deadline);
  if (!request) {
    detail::mailboxes::answer(state_->boxes.here(), told, detail::answer(request.error()));
    return operation(told);
  }
  auto back = std::make_unique<detail::memory_way>(here, *request);
  std::error_code flaw = flaw_of(subject, payload);
  if (!flaw)
    if (const auto asked = state_->ask(subject, payload, bus_reply(std::move(back))); !asked)
      flaw = asked.error();
  if (flaw)
    here->answer_later(*request, flaw);
  return operation(told);
}

subscription memory_bus::watch_state(bus_state_sink& sink) {
  class watching final : public subscription::state {
   public:
    watching(detail::mailbox& box, bus_state_sink& sink)
        : sink_(std::make_shared<bus_state_sink*>(&sink)) {
      box.push([told = sink_] {
        if (*told)
          (*told)->on_state(bus_state::up);
      });
    }
    ~watching() override { *sink_ = nullptr; }

   private:
    const std::shared_ptr<bus_state_sink*> sink_;  // its loop's
  };
  return subscription(std::make_unique<watching>(state_->boxes.here(), sink));
}

}  // namespace actornet::cluster
