#include "actornet/rooms/embedded_history.hpp"

#include <chrono>
#include <string>

#include "actornet/cluster/detail/embedded_call.hpp"

namespace actornet::rooms {

using cluster::embedded_faults;
using cluster::detail::embedded_desk;
using cluster::detail::embedded_link;

namespace {

constexpr net::duration notice_after = std::chrono::seconds(1);

// Hears the shared history and passes on what gets through, in order.
class live_relay final : public std::enable_shared_from_this<live_relay>,
                         live_sink,
                         cluster::detail::reach_sink {
 public:
  live_relay(embedded_link& at, live_sink& sink)
      : at_(at), desk_(at.here()), lane_(at.new_lane()), sink_(&sink) {
    desk_.add(*this);
  }

  void begin(history& shared, std::string_view channel) { inner_ = shared.live(channel, *this); }
  void end() {
    inner_.end();
    desk_.remove(*this);
    sink_ = nullptr;
  }

 private:
  void on_start(const position& newest) override {
    send([newest](live_relay& self) {
      self.newest_ = newest;
      self.miss();
      self.resume();
    });
  }

  void on_message(const message_ref& next) override {
    send([next](live_relay& self) { self.pass(next); });
  }

  void on_failed(std::error_code reason) override {
    send([reason](live_relay& self) { self.sink_->on_failed(reason); });
  }

  template <class Work>
  void send(Work work) {
    at_.later(lane_, [self = weak_from_this(), work = std::move(work)] {
      if (const auto here = self.lock(); here && here->sink_)
        work(*here);
    });
  }

  void pass(const message_ref& next) {
    newest_ = next->at();
    if (!at_.reaches_engine() || at_.draw(&embedded_faults::live_lost))
      return miss();
    if (std::exchange(missed_, false))
      sink_->on_start({newest_.epoch, newest_.offset - 1});
    if (sink_)
      sink_->on_message(next);
  }

  void miss() {
    if (std::exchange(missed_, true))
      return;
    at_.after(notice_after, [self = weak_from_this()] {
      if (const auto here = self.lock())
        here->resume();
    });
  }

  void on_reach() override { resume(); }

  void resume() {
    if (sink_ && missed_ && at_.reaches_engine()) {
      missed_ = false;
      sink_->on_start(newest_);
    }
  }

  embedded_link& at_;
  embedded_desk& desk_;
  const std::uint64_t lane_;
  live_sink* sink_;
  position newest_;
  bool missed_ = false;
  cluster::subscription inner_;
};

}  // namespace

embedded_history::embedded_history(cluster::embedded_node& node, history& shared)
    : shared_(shared), link_(node.link()), lane_(link_->new_lane()) {}

embedded_history::~embedded_history() = default;

cluster::operation embedded_history::append(std::string_view channel, draft what,
                                            append_done done) {
  // Only what has an id is noticed when it comes again.
  const bool twice = !what.id.empty() && link_->draw(&embedded_faults::append_again);
  auto work = [shared = &shared_, channel = std::string(channel), what = std::move(what),
               twice](append_done answer) {
    if (twice)
      shared->append(channel, what, [](const result<appended>&) {}).detach();
    shared->append(channel, what, std::move(answer)).detach();
  };
  return cluster::detail::call_shared<result<appended>>(
      link_, lane_, std::move(done), errc::unavailable, errc::unavailable, std::move(work));
}

cluster::operation embedded_history::read_after(std::string_view channel, std::uint64_t after,
                                                std::size_t count, read_done done) {
  auto work = [shared = &shared_, channel = std::string(channel), after, count](read_done answer) {
    shared->read_after(channel, after, count, std::move(answer)).detach();
  };
  return cluster::detail::call_shared<result<history_page>>(
      link_, lane_, std::move(done), errc::unavailable, errc::unavailable, std::move(work));
}

cluster::operation embedded_history::read_before(std::string_view channel, std::uint64_t before,
                                                 std::size_t count, read_done done) {
  auto work = [shared = &shared_, channel = std::string(channel), before, count](read_done answer) {
    shared->read_before(channel, before, count, std::move(answer)).detach();
  };
  return cluster::detail::call_shared<result<history_page>>(
      link_, lane_, std::move(done), errc::unavailable, errc::unavailable, std::move(work));
}

cluster::subscription embedded_history::live(std::string_view channel, live_sink& sink) {
  class following final : public cluster::subscription::state {
   public:
    explicit following(std::shared_ptr<live_relay> relay) : relay_(std::move(relay)) {}
    ~following() override { relay_->end(); }

   private:
    const std::shared_ptr<live_relay> relay_;
  };
  auto relay = std::make_shared<live_relay>(*link_, sink);
  relay->begin(shared_, channel);
  return cluster::subscription(std::make_unique<following>(std::move(relay)));
}

}  // namespace actornet::rooms
