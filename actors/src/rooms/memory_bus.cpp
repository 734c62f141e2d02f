#include "actornet/rooms/memory_bus.hpp"

#include <algorithm>
#include <mutex>
#include <string>
#include <vector>

#include "actornet/rooms/detail/mailbox.hpp"
#include "actornet/rooms/detail/names.hpp"

namespace actornet::rooms {

namespace {

// Brings payloads to a sink on its loop.
class listener : public std::enable_shared_from_this<listener> {
 public:
  listener(detail::mailbox& box, bus_sink& sink) : box_(box), sink_(&sink) {}

  /// On the sink's loop.
  void end() noexcept { sink_ = nullptr; }

  void push(const net::shared_bytes& payload) {
    const std::lock_guard guard(mutex_);
    if (waiting_ >= memory_bus::queue_max) {
      if (lost_++ == 0)
        box_.push([self = shared_from_this()] { self->tell_lag(); });
      return;
    }
    ++waiting_;
    box_.push([self = shared_from_this(), payload] { self->tell(payload); });
  }

 private:
  void tell(const net::shared_bytes& payload) {
    {
      const std::lock_guard guard(mutex_);
      --waiting_;
    }
    if (sink_)
      sink_->on_published(payload);
  }

  void tell_lag() {
    std::uint64_t lost = 0;
    {
      const std::lock_guard guard(mutex_);
      lost = std::exchange(lost_, 0);
    }
    if (sink_)
      sink_->on_lagged(lost);
  }

  detail::mailbox& box_;
  bus_sink* sink_;  // its loop's
  std::mutex mutex_;
  std::size_t waiting_ = 0;
  std::uint64_t lost_ = 0;  // since it was last told
};

}  // namespace

class memory_bus::state {
 public:
  void publish(std::string_view subject, const net::shared_bytes& payload) {
    const std::lock_guard guard(mutex_);
    if (const auto found = subjects_.find(subject); found != subjects_.end())
      for (const auto& each : found->second)
        each->push(payload);
  }

  void add(std::string_view subject, const std::shared_ptr<listener>& added) {
    const std::lock_guard guard(mutex_);
    detail::at_name(subjects_, subject).push_back(added);
  }

  void remove(std::string_view subject, const std::shared_ptr<listener>& gone) {
    gone->end();
    const std::lock_guard guard(mutex_);
    const auto found = subjects_.find(subject);
    std::erase(found->second, gone);
    if (found->second.empty())
      subjects_.erase(found);
  }

  detail::mailboxes boxes;

 private:
  std::mutex mutex_;
  detail::name_map<std::vector<std::shared_ptr<listener>>> subjects_;
};

memory_bus::memory_bus() : state_(std::make_unique<state>()) {}
memory_bus::~memory_bus() = default;

result<void> memory_bus::publish(std::string_view subject, const net::shared_bytes& payload) {
  if (subject.size() > subject_bytes_max || payload.payload.size() > payload_bytes_max)
    return errc::message_too_large;
  state_->publish(subject, payload);
  return {};
}

subscription memory_bus::subscribe(std::string_view subject, bus_sink& sink) {
  class listening final : public subscription::state {
   public:
    listening(memory_bus::state& to, std::string_view subject, bus_sink& sink)
        : to_(to), subject_(subject), mine_(std::make_shared<listener>(to.boxes.here(), sink)) {
      to_.add(subject_, mine_);
    }
    ~listening() override { to_.remove(subject_, mine_); }

   private:
    memory_bus::state& to_;
    const std::string subject_;
    const std::shared_ptr<listener> mine_;
  };
  return subscription(std::make_unique<listening>(*state_, subject, sink));
}

}  // namespace actornet::rooms
