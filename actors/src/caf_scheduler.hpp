#pragma once

#include <caf/actor_control_block.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/detail/simple_actor_clock.hpp>
#include <caf/execution_unit.hpp>
#include <caf/resumable.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "actornet/net/multiplexer.hpp"

namespace actornet::detail {

class loop_unit;

/// Where the work of actors that are pinned to a loop goes, whoever makes it.
class pinned_unit_of_loop final : public caf::execution_unit {
 public:
  pinned_unit_of_loop(caf::actor_system& system, loop_unit& home)
      : execution_unit(&system), home_(home) {}
  void exec_later(caf::resumable* job) override;

 private:
  loop_unit& home_;
};

/// A loop as CAF sees it: where an actor that runs on the loop puts more work.
class loop_unit final : public caf::execution_unit {
 public:
  loop_unit(caf::actor_system& system, net::loop& home)
      : execution_unit(&system), pinned(system, *this), home_(home) {}

  /// From any thread: pinned actors use it with their home's unit.
  void exec_later(caf::resumable* job) override;

  /// Puts @p job into this loop's own queue, where no sibling takes it. From any thread.
  void run_pinned(caf::resumable* job);

  /// The same, handed over (see `net::loop::enqueue_next`) if this is the loop.
  void run_pinned_next(caf::resumable* job);

  /// Runs @p job here and now, with the reference that its entry held. On the loop.
  void resume_now(caf::resumable* job);

  /// No job runs any more: those that come are discarded. When the loop does not run; other
  /// threads may go on sending.
  void close();

  net::loop& home() noexcept { return home_; }

  /// The actor in whose name tasks of this loop ask; see caf_asker.hpp.
  caf::strong_actor_ptr asker_of_loop;

  pinned_unit_of_loop pinned;

 private:
  void post(caf::resumable* job);

  net::loop& home_;
  std::mutex mutex_;
  bool closed_ = false;  // under mutex_
};

/// CAF's timeouts and delayed messages on the timer wheel of loop 0: no clock thread, and virtual
/// time under simulation. Thread-safe.
class loop_clock final : public caf::detail::simple_actor_clock {
 public:
  explicit loop_clock(net::loop& home) : home_(home) {}

  /// Forgets everything. When loop 0 does not run.
  void stop();

  time_point now() const noexcept override;
  void set_ordinary_timeout(time_point t, caf::abstract_actor* self, caf::atom_value type,
                            std::uint64_t id) override;
  void set_multi_timeout(time_point t, caf::abstract_actor* self, caf::atom_value type,
                         std::uint64_t id) override;
  void set_request_timeout(time_point t, caf::abstract_actor* self, caf::message_id id) override;
  void cancel_ordinary_timeout(caf::abstract_actor* self, caf::atom_value type) override;
  void cancel_request_timeout(caf::abstract_actor* self, caf::message_id id) override;
  void cancel_timeouts(caf::abstract_actor* self) override;
  void schedule_message(time_point t, caf::strong_actor_ptr receiver,
                        caf::mailbox_element_ptr content) override;
  void schedule_message(time_point t, caf::group target, caf::strong_actor_ptr sender,
                        caf::message content) override;
  void cancel_all() override;

 private:
  void rearm();
  void on_timer();

  net::loop& home_;
  // Recursive: what a timeout triggers may set or cancel another.
  mutable std::recursive_mutex mutex_;
  time_point armed_ = time_point::max();
  bool stopped_ = false;
  net::timer timer_{net::entry_of<&loop_clock::on_timer>(*this)};  // on loop 0
};

/// The configuration of an actor system that runs on loops.
class loop_system_config : public caf::actor_system_config {
 public:
  explicit loop_system_config(net::multiplexer& loops);

  net::multiplexer& loops() noexcept { return loops_; }

 private:
  net::multiplexer& loops_;
};

/// CAF's scheduler on the loops: the one place that knows CAF's scheduler interface (gone from
/// CAF's newest versions). Nothing but where actors run depends on it.
class loop_scheduler final : public caf::scheduler::abstract_coordinator {
 public:
  static caf::actor_system::module* make(caf::actor_system& system, caf::detail::type_list<>);

  explicit loop_scheduler(caf::actor_system& system);

  void start() override;
  void stop() override;
  void enqueue(caf::resumable* job) override;
  caf::actor_clock& clock() noexcept override { return clock_; }
  bool detaches_utility_actors() const override { return false; }

  /// The unit of a loop.
  loop_unit& unit_of(net::loop& home) noexcept { return *units_[home.index()]; }

  /// The unit of the loop that the calling thread is in a turn of, or null.
  loop_unit* current_unit() noexcept;

  /// Ends the actor that is @p job, with the reference that its entry held. After the loops' end;
  /// from any thread.
  void discard(caf::resumable* job);

  static loop_scheduler& of(caf::actor_system& system);

 private:
  void turn_until_printed();
  void wait_for_discards();

  net::multiplexer& loops_;
  std::vector<std::unique_ptr<loop_unit>> units_;
  loop_clock clock_;
  std::atomic<std::size_t> next_loop_{0};
  std::mutex discard_mutex_;
  std::condition_variable discards_over_;
  std::vector<caf::resumable*> discarded_;
  bool discarding_ = false;  // some thread does
};

}  // namespace actornet::detail
