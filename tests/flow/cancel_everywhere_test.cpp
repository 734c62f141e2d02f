// A task with an await of each kind, told to stop at each of them.

#include <optional>
#include <vector>

#include "actornet/flow/cancel.hpp"
#include "actornet/flow/channel.hpp"
#include "actornet/flow/scope.hpp"
#include "actornet/flow/select.hpp"
#include "actornet/flow/time.hpp"
#include "flow/flow_test.hpp"

namespace actornet {
namespace {

/// When the task is told to stop at its n-th await.
enum class moment : std::uint8_t {
  before,    ///< just before it begins
  parked,    ///< while it waits
  too_late,  ///< when it has been served already, but before the task goes on
};

class cancel_everywhere_test : public flow_test {
 protected:
  using element = std::shared_ptr<int>;

  static constexpr int never = -1;

  /// Runs the task; what each of its awaits came to.
  std::vector<std::error_code> outcomes(int stop_at, moment when) {
    stop_at_ = stop_at;
    when_ = when;
    reached_ = 0;
    seen_.clear();
    in_.emplace();
    out_.emplace();
    source_ = cancel_source();
    started_task<void> subject(loop_, [this] { return everything(); });
    started_task<void> partner(loop_, [this] { return serve(); });
    subject_ = &subject;
    on_loop([&] {
      subject.begin();
      partner.begin();
    });
    EXPECT_TRUE(world_.run_until([&] { return subject.ended(); })) << world_;
    cancel(partner);
    EXPECT_TRUE(partner.ended());
    in_.reset();
    out_.reset();
    EXPECT_EQ(owned_.use_count(), 1) << "something is kept, with a stop at await " << stop_at;
    return seen_;
  }

 private:
  // Before each await.
  void next() {
    if (reached_++ != stop_at_)
      return;
    if (when_ == moment::before)
      stop();
    if (when_ == moment::parked)
      loop_.enqueue(net::entry_of<&cancel_everywhere_test::stop>(*this));
  }
  void stop() { subject_->context().cancel(errc::killed); }

  void note(std::error_code outcome) { seen_.push_back(outcome); }

  task<> everything() {
    const element kept = owned_;
    std::vector<element> many;
    next();
    note((co_await out_->send(element(kept))).error());
    next();
    note((co_await in_->receive()).error());
    next();
    note((co_await in_->receive_many(many, 3)).error());
    next();
    {
      const auto chosen = co_await select(in_->receive(), in_->receive(), after(1h));
      note(chosen.error());
    }
    next();
    {
      element mine = kept;
      const auto chosen = co_await select(out_->send(std::move(mine)), source_.token().wait());
      note(chosen.error());
    }
    next();
    note((co_await sleep(5ms)).error());
    next();
    note((co_await yield()).error());
    ticker every(3ms);
    next();
    note((co_await every.tick()).error());
    next();
    note(co_await nested());
    next();
    note(co_await with_deadline(loop_.now() + 1h, nested()));
    next();
    note(co_await with_token(source_.token(), nested()));
    co_await with_children();
    awaits_token_ = true;
    next();
    const errc told = co_await source_.token().wait();
    note(told == errc::shutting_down ? std::error_code() : make_error_code(told));
    awaits_token_ = false;
  }

  task<> with_children() {
    std::error_code at_end;
    const auto last = [this, &at_end]() -> task<> { at_end = co_await nested(); };
    (void)co_await with_scope([&](scope& children) -> task<> {
      next();
      note(co_await children.spawn(nested()).join());
      next();
      note(co_await children.spawn_on(other_, [this] { return nested(); }).join());
      auto raced = children.spawn(nested());
      next();
      note((co_await select(raced.join(), in_->receive())).error());
      children.spawn(last());
      next();  // the end of the scope
    });
    note(at_end);
  }

  task<std::error_code> nested() {
    const element kept = owned_;
    co_return (co_await sleep(2ms)).error();
  }

  // Serves the subject when it has waited for a millisecond: a stop is there before.
  task<> serve() {
    for (int before = 0; co_await sleep(1ms); before = reached_) {
      if (before != reached_)
        continue;
      const int served = reached_ - 1;
      const bool sent = bool(in_->try_send(element(owned_)));
      const bool received = !sent && bool(out_->try_receive());
      if (awaits_token_)
        source_.cancel(errc::shutting_down);
      if ((sent || received || awaits_token_) && served == stop_at_ && when_ == moment::too_late)
        stop();
    }
  }

  net::loop other_{world_.make_backend()};
  const element owned_ = std::make_shared<int>(7);
  std::optional<channel<element>> in_, out_;
  cancel_source source_;
  started_task<void>* subject_ = nullptr;
  int stop_at_ = never;
  moment when_{};
  int reached_ = 0;
  bool awaits_token_ = false;
  std::vector<std::error_code> seen_;
};

constexpr std::size_t awaits = 16;

TEST_F(cancel_everywhere_test, without_a_stop_all_awaits_succeed) {
  EXPECT_EQ(outcomes(never, moment::parked), std::vector<std::error_code>(awaits));
}

TEST_F(cancel_everywhere_test, told_to_stop_at_an_await_that_and_all_later_ones_fail) {
  for (const moment when : {moment::before, moment::parked}) {
    for (std::size_t at = 0; at < awaits; ++at) {
      std::vector<std::error_code> expected(awaits, errc::killed);
      std::fill_n(expected.begin(), at, std::error_code());
      EXPECT_EQ(outcomes(static_cast<int>(at), when), expected) << "await " << at;
    }
  }
}

TEST_F(cancel_everywhere_test, told_to_stop_when_it_was_served_only_later_awaits_fail) {
  for (const std::size_t at : {0u, 1u, 2u, 3u, 4u, 15u}) {
    std::vector<std::error_code> expected(awaits, errc::killed);
    std::fill_n(expected.begin(), at + 1, std::error_code());
    EXPECT_EQ(outcomes(static_cast<int>(at), moment::too_late), expected) << "await " << at;
  }
}

}  // namespace
}  // namespace actornet
