#pragma once

// Small programs of tasks on the real channels and selects, run under all their schedules: which
// task goes on is a choice at each step, as is the order in which a select looks at its
// alternatives and who comes in between its looks.

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "actornet/flow/channel.hpp"
#include "actornet/flow/select.hpp"
#include "actornet/flow/task.hpp"
#include "flow/exploration_record.hpp"
#include "flow/exploring_backend.hpp"

namespace actornet {

class exploration {
 public:
  explicit exploration(schedule how) : how_(how) {
    for (std::size_t i = 0; i < tasks_max; ++i) {
      auto driver = std::make_unique<exploring_backend>(choices_);
      backends_[i] = driver.get();
      loops_[i] = std::make_unique<net::loop>(std::move(driver), i);
    }
  }

  /// Runs @p what under all its schedules. What went wrong first, or nothing.
  std::string run_all(const program& what) {
    program_ = &what;
    do {
      ++schedules_;
      begin();
      drive();
      const char* wrong = look_at_end();
      for (const char* next :
           {clean_up(), verdicts::on_elements(record_), verdicts::on_order(record_)})
        wrong = wrong ? wrong : next;
      if (wrong)
        return wrong + (" in this program, with " + what.text());
    } while (choices_.next());
    return {};
  }

  /// So far, in all programs.
  std::size_t schedules() const noexcept { return schedules_; }

 private:
  static constexpr std::size_t tasks_max = run_record::tasks_max;

  // Where a task gives way to others: it goes on when its turn is chosen, whatever it was told.
  class pause final : public wait_point {
   public:
    pause(exploration& all, std::size_t task) noexcept : all_(&all), task_(task) {}
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> handle) {
      park(handle);
      if (all_->how_ == schedule::loops)
        all_->paused_[task_] = this;
      else
        wake_later();
    }
    void await_resume() const noexcept {}
    void go_on() {
      all_->paused_[task_] = nullptr;
      wake();
    }

   private:
    void abandon(errc) override {}
    exploration* all_;
    std::size_t task_;
  };

  // An alternative that is never ready; while the select looks at it, another task may begin.
  class window {
   public:
    explicit window(exploration& all) noexcept : all_(&all) {}
    void bind(task_context&) noexcept {}
    bool look_as_alternative(detail::wake_list&) {
      all_->let_another_begin();
      return false;
    }
    void enlist_as_alternative(wait_point&, detail::claim_word&, std::uint32_t) noexcept {}
    void withdraw_alternative() noexcept {}
    void await_resume() const noexcept {}

   private:
    exploration* all_;
  };

  struct member {
    std::optional<task_context> context;
    task<> work;
    bool begun = false;
    bool ended = false;
    std::size_t finished = 0;  // steps

    void begin() {
      if (!std::exchange(begun, true))
        ended = !work.start(*context, net::entry_of<&member::on_end>(*this));
    }
    void on_end() { ended = true; }
    void cancel() { context->cancel(); }
  };

  // -- one run ------------------------------------------------------------------------------------

  std::size_t count() const noexcept { return program_->tasks.size(); }
  net::loop& home_of(std::size_t task) { return *loops_[how_ == schedule::loops ? task : 0]; }

  void begin() {
    for (std::size_t i = 0; i < 2; ++i)
      channels_[i].emplace(program_->capacities[i]);
    record_.clear();
    for (std::size_t i = 0; i < count(); ++i) {
      member& one = members_[i];
      one.context.emplace(home_of(i));
      one.work = body(i);
      one.begun = one.ended = false;
      one.finished = 0;
      home_of(i).post(net::entry_of<&member::begin>(one));
    }
  }

  void drive() {
    if (how_ != schedule::loops) {
      while (loops_[0]->has_work())
        loops_[0]->turn(false);
      return;
    }
    for (;;) {
      std::array<std::size_t, tasks_max> able{};
      std::size_t able_count = 0;
      for (std::size_t i = 0; i < count(); ++i)
        if (loops_[i]->has_work() || paused_[i])
          able[able_count++] = i;
      if (able_count == 0)
        return;
      const std::size_t next = able[choices_.choose(able_count)];
      if (!loops_[next]->has_work())
        loops_[next]->post(net::entry_of<&pause::go_on>(*paused_[next]));
      loops_[next]->turn(false);
    }
  }

  const char* look_at_end() {
    for (std::size_t i = 0; i < count(); ++i) {
      const member& one = members_[i];
      record_.parked[i].reset();
      if (!one.ended)
        record_.parked[i] = program_->tasks[i][one.finished];
    }
    for (std::size_t i = 0; i < 2; ++i)
      record_.channels[i] = {channels_[i]->size(), channels_[i]->closed()};
    return verdicts::on_parked(*program_, record_);
  }

  // Whoever is left is told to stop; then what is in the channels is taken out.
  const char* clean_up() {
    choices_.hold(true);
    for (std::size_t i = 0; i < count(); ++i)
      if (!members_[i].ended)
        home_of(i).post(net::entry_of<&member::cancel>(members_[i]));
    drive();
    choices_.hold(false);
    for (std::size_t i = 0; i < count(); ++i)
      if (!members_[i].ended || members_[i].finished != program_->tasks[i].size())
        return "a task did not end when it was told to stop";
    for (std::size_t i = 0; i < 2; ++i)
      while (const auto left = channels_[i]->try_receive())
        record_.arrived(run_record::nobody, i, *left);
    return nullptr;
  }

  // In which order a select looks at its two channels and the window: of the six orders (see
  // `select_operation::random_order`) the two, or, where the window counts, the four in which it is
  // between the channels or after both.
  void let_selects_choose(std::size_t task) {
    constexpr std::uint64_t sixth = (std::uint64_t{1} << 32) / 6;
    static constexpr std::uint64_t two_orders[] = {1 * sixth + sixth / 2, 2 * sixth + sixth / 2};
    static constexpr std::uint64_t four_orders[] = {0 * sixth + sixth / 2, 1 * sixth + sixth / 2,
                                                    2 * sixth + sixth / 2, 3 * sixth + sixth / 2};
    if (how_ == schedule::windows)
      backends_[0]->set_random(four_orders);
    else
      backends_[how_ == schedule::loops ? task : 0]->set_random(two_orders);
  }

  void let_another_begin() {
    if (how_ != schedule::windows)
      return;
    std::array<member*, tasks_max> others{};
    std::size_t others_count = 1;  // the first: nobody
    for (std::size_t i = 0; i < count(); ++i)
      if (!members_[i].begun)
        others[others_count++] = &members_[i];
    if (member* const chosen = others[choices_.choose(others_count)])
      chosen->begin();
  }

  // -- what tasks do ------------------------------------------------------------------------------

  task<> body(std::size_t me) {
    const std::vector<step>& steps = program_->tasks[me];
    for (std::size_t i = 0; i < steps.size(); ++i) {
      const bool gives_way = how_ == schedule::credit && verdicts::may_wait(steps[i]);
      if (gives_way)
        loops_[0]->credit() = 0;
      else if (i > 0)
        co_await pause(*this, me);
      let_selects_choose(me);
      const std::size_t first = run_record::first_of(me, i), second = first + 1;
      channel<element>& a = *channels_[0];
      channel<element>& b = *channels_[1];
      switch (steps[i]) {
        case step::send_a:
        case step::send_b: {
          const bool to_b = steps[i] == step::send_b;
          const auto sent = co_await (to_b ? b : a).send(record_.offer(first));
          record_.settle(first, bool(sent));
          break;
        }
        case step::receive_a:
        case step::receive_b: {
          const bool from_b = steps[i] == step::receive_b;
          const auto received = co_await (from_b ? b : a).receive();
          if (received)
            record_.arrived(me, from_b, *received);
          break;
        }
        case step::select_receive_both: {
          auto chosen = co_await select(a.receive(), b.receive(), window(*this));
          if (chosen.template get<0>())
            record_.arrived(me, 0, *chosen.template get<0>());
          if (chosen.template get<1>())
            record_.arrived(me, 1, *chosen.template get<1>());
          break;
        }
        case step::select_send_both: {
          const auto chosen = co_await select(a.send(record_.offer(first)),
                                              b.send(record_.offer(second)), window(*this));
          const bool sent = !chosen.error();
          record_.settle(first, sent && chosen.index() == 0);
          record_.settle(second, sent && chosen.index() == 1);
          break;
        }
        case step::select_send_a_receive_b:
        case step::select_receive_a_send_b:
        case step::select_send_or_receive_a: {
          const bool sends_b = steps[i] == step::select_receive_a_send_b;
          const bool receives_b = steps[i] == step::select_send_a_receive_b;
          auto chosen = co_await select((sends_b ? b : a).send(record_.offer(first)),
                                        (receives_b ? b : a).receive(), window(*this));
          record_.settle(first, !chosen.error() && chosen.index() == 0);
          if (chosen.template get<1>())
            record_.arrived(me, receives_b, *chosen.template get<1>());
          break;
        }
        case step::close_a:
        case step::close_b:
          (void)(steps[i] == step::close_b ? b : a).close();
          break;
        case step::try_send_a:
          record_.settle(first, bool(a.try_send(record_.offer(first))));
          break;
        case step::try_receive_a:
          if (const auto received = a.try_receive())
            record_.arrived(me, 0, *received);
          break;
        case step::cancel_next: {
          const std::size_t next = (me + 1) % count();
          home_of(next).post(net::entry_of<&member::cancel>(members_[next]));
          break;
        }
      }
      ++members_[me].finished;
    }
  }

  const schedule how_;
  const program* program_ = nullptr;
  std::size_t schedules_ = 0;
  choice_tree choices_;
  std::array<exploring_backend*, tasks_max> backends_{};
  std::array<std::unique_ptr<net::loop>, tasks_max> loops_;
  std::array<std::optional<channel<element>>, 2> channels_;
  std::array<member, tasks_max> members_;
  std::array<pause*, tasks_max> paused_{};
  run_record record_;
};

}  // namespace actornet
