#include "embedded_directory.hpp"

#include <map>
#include <optional>
#include <vector>

#include "actornet/cluster/detail/embedded_call.hpp"
#include "actornet/cluster/detail/embedded_network.hpp"

namespace actornet::cluster {

using detail::embedded_desk;
using detail::embedded_link;

namespace {

// Changes wait here while the directory is out of reach; of each key only the last.
class directory_relay final : public std::enable_shared_from_this<directory_relay>,
                              directory_sink,
                              detail::reach_sink {
 public:
  directory_relay(embedded_link& at, directory_sink& sink)
      : at_(at), desk_(at.here()), lane_(at.new_lane()), sink_(&sink) {
    desk_.add(*this);
  }
  void begin(directory& shared, std::string_view prefix) { inner_ = shared.watch(prefix, *this); }
  void end() {
    inner_.end();
    desk_.remove(*this);
    sink_ = nullptr;
  }

 private:
  void on_put(std::string_view key, const directory_entry& now) override { change(key, now); }
  void on_removed(std::string_view key) override { change(key, {}); }

  // Revision 0: removed.
  void change(std::string_view key, const directory_entry& now) {
    const auto [place, added] = waiting_.insert_or_assign(std::string(key), now);
    if (added)
      order_.emplace(++last_, place->first);
    if (added && at_.reaches_engine())
      send(last_);
  }

  void send(std::uint64_t number) {
    at_.later(lane_, [self = weak_from_this(), number] {
      if (const auto held = self.lock())
        held->tell(number);
    });
  }

  void tell(std::uint64_t number) {
    const auto place = order_.find(number);
    if (place == order_.end() || !at_.reaches_engine())
      return;
    const std::string key = place->second;
    const directory_entry now = std::move(waiting_.extract(key).mapped());
    order_.erase(place);
    if (!sink_)
      return;
    if (now.revision == 0)
      sink_->on_removed(key);
    else
      sink_->on_put(key, now);
  }

  void on_reach() override {
    if (!sink_ || !at_.reaches_engine())
      return;
    // Without a delay each is told, and taken out, at once; and who is told may end this.
    const auto self = shared_from_this();
    std::vector<std::uint64_t> numbers;
    for (const auto& each : order_)
      numbers.push_back(each.first);
    for (const std::uint64_t number : numbers)
      send(number);
  }

  embedded_link& at_;
  embedded_desk& desk_;
  const std::uint64_t lane_;
  directory_sink* sink_;
  std::map<std::string, directory_entry, std::less<>> waiting_;
  std::map<std::uint64_t, std::string> order_;  // of what waits
  std::uint64_t last_ = 0;
  subscription inner_;
};

}  // namespace

operation embedded_node::directory_end::put(std::string_view key, std::string value,
                                            std::uint64_t expected, net::duration time_to_live,
                                            put_done done) {
  auto work = [shared = &link_->network().directory, key = std::string(key),
               value = std::move(value), expected, time_to_live](put_done answer) {
    shared->put(key, value, expected, time_to_live, std::move(answer)).detach();
  };
  return detail::call_shared<result<std::uint64_t>>(link_, lane_, std::move(done), errc::timed_out,
                                                    errc::disconnected, std::move(work));
}

operation embedded_node::directory_end::remove(std::string_view key, std::uint64_t expected,
                                               put_done done) {
  auto work = [shared = &link_->network().directory, key = std::string(key), expected](
                  put_done answer) { shared->remove(key, expected, std::move(answer)).detach(); };
  return detail::call_shared<result<std::uint64_t>>(link_, lane_, std::move(done), errc::timed_out,
                                                    errc::disconnected, std::move(work));
}

operation embedded_node::directory_end::get(std::string_view key, get_done done) {
  auto work = [shared = &link_->network().directory, key = std::string(key)](get_done answer) {
    shared->get(key, std::move(answer)).detach();
  };
  return detail::call_shared<result<directory_entry>>(
      link_, lane_, std::move(done), errc::timed_out, errc::disconnected, std::move(work));
}

subscription embedded_node::directory_end::watch(std::string_view prefix, directory_sink& sink) {
  class watching final : public subscription::state {
   public:
    explicit watching(std::shared_ptr<directory_relay> relay) : relay_(std::move(relay)) {}
    ~watching() override { relay_->end(); }

   private:
    const std::shared_ptr<directory_relay> relay_;
  };
  auto relay = std::make_shared<directory_relay>(*link_, sink);
  relay->begin(link_->network().directory, prefix);
  return subscription(std::make_unique<watching>(std::move(relay)));
}

}  // namespace actornet::cluster
