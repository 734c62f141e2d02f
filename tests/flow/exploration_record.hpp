#pragma once

// What a small program of tasks is, what became of it in one run, and whether that may be.

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace actornet {

/// What a task of a program does, at channels a and b.
enum class step : std::uint8_t {
  send_a,
  receive_a,
  select_send_or_receive_a,
  close_a,
  try_send_a,
  try_receive_a,
  send_b,
  receive_b,
  select_receive_both,
  select_send_both,
  select_send_a_receive_b,
  select_receive_a_send_b,
  close_b,
  cancel_next,  ///< tells the next task to stop
};

inline const char* to_string(step what) noexcept {
  constexpr const char* names[] = {"send a",
                                   "receive a",
                                   "select(send a, receive a)",
                                   "close a",
                                   "try_send a",
                                   "try_receive a",
                                   "send b",
                                   "receive b",
                                   "select(receive a, receive b)",
                                   "select(send a, send b)",
                                   "select(send a, receive b)",
                                   "select(receive a, send b)",
                                   "close b",
                                   "cancel next"};
  return names[static_cast<std::size_t>(what)];
}

/// How the tasks of a program get their turns.
enum class schedule : std::uint8_t {
  queue,    ///< one loop; each step is an entry of its run queue
  credit,   ///< the same, but the operations themselves give way: they are out of credit
  windows,  ///< the same as `queue`; others may also begin between the looks of a select
  loops,    ///< a loop for each task; each step is a turn
};

struct program {
  std::vector<std::vector<step>> tasks;
  std::array<std::size_t, 2> capacities{};

  std::string text() const {
    std::string all =
        "capacities " + std::to_string(capacities[0]) + ", " + std::to_string(capacities[1]);
    for (const auto& steps : tasks) {
      all += "\n ";
      for (const step each : steps)
        all += std::string(" ") + to_string(each) + ";";
    }
    return all;
  }
};

/// What travels: it can only be moved, and is 0 afterwards.
struct element {
  element() noexcept = default;
  element(element&& other) noexcept : number(std::exchange(other.number, 0)) {}
  element& operator=(element&& other) noexcept {
    number = std::exchange(other.number, 0);
    return *this;
  }
  std::size_t number = 0;
};

/// One run of a program. Its elements are numbered from 1: two for each step of each task, so that
/// one task's are in the order in which it sends them.
struct run_record {
  static constexpr std::size_t tasks_max = 3;
  static constexpr std::size_t steps_max = 3;
  static constexpr std::size_t elements_max = tasks_max * steps_max * 2;

  enum class fate : std::uint8_t { unused, waiting, sent, refused };

  struct whereabouts {
    std::size_t channel;
    std::size_t element;
    std::size_t receiver;  ///< `nobody`: it was left in the channel
  };
  static constexpr std::size_t nobody = tasks_max;

  struct channel_facts {
    std::size_t size;
    bool closed;
  };

  static constexpr std::size_t first_of(std::size_t task, std::size_t at_step) noexcept {
    return (task * steps_max + at_step) * 2 + 1;
  }
  static constexpr std::size_t sender_of(std::size_t number) noexcept {
    return (number - 1) / (steps_max * 2);
  }

  /// For a send of element @p number.
  element&& offer(std::size_t number) {
    fates[number - 1] = fate::waiting;
    elements[number - 1].number = number;
    return std::move(elements[number - 1]);
  }
  void settle(std::size_t number, bool sent) {
    fates[number - 1] = sent ? fate::sent : fate::refused;
  }
  void arrived(std::size_t receiver, std::size_t channel, const element& one) {
    places.push_back({channel, one.number, receiver});
  }

  void clear() {
    fates.fill(fate::unused);
    places.clear();
  }

  std::array<fate, elements_max> fates{};
  std::array<element, elements_max> elements{};
  std::vector<whereabouts> places;

  // When nothing could run any more:
  std::array<std::optional<step>, tasks_max> parked{};  ///< where the task waited
  std::array<channel_facts, 2> channels{};
};

namespace verdicts {

/// Whether a task at step @p at waits to send to (or to receive from) @p channel.
inline bool waits(step at, std::size_t channel, bool to_send) noexcept {
  switch (at) {
    case step::send_a:
      return channel == 0 && to_send;
    case step::receive_a:
      return channel == 0 && !to_send;
    case step::send_b:
      return channel == 1 && to_send;
    case step::receive_b:
      return channel == 1 && !to_send;
    case step::select_send_or_receive_a:
      return channel == 0;
    case step::select_receive_both:
      return !to_send;
    case step::select_send_both:
      return to_send;
    case step::select_send_a_receive_b:
      return to_send == (channel == 0);
    case step::select_receive_a_send_b:
      return to_send == (channel == 1);
    default:
      return false;
  }
}

inline bool may_wait(step at) noexcept {
  return waits(at, 0, true) || waits(at, 0, false) || waits(at, 1, true) || waits(at, 1, false);
}

/// Nobody is parked who could go on: at a channel that is closed, has an element for it, has room
/// for it, or where another one waits for just that.
inline const char* on_parked(const program& what, const run_record& run) {
  for (std::size_t at = 0; at < 2; ++at) {
    std::size_t senders = 0, receivers = 0;
    bool partners = false;
    for (std::size_t i = 0; i < what.tasks.size(); ++i) {
      if (!run.parked[i])
        continue;
      const bool sends = waits(*run.parked[i], at, true);
      const bool receives = waits(*run.parked[i], at, false);
      if (!may_wait(*run.parked[i]))
        return "a task is parked where nothing waits";
      partners = partners || (sends && receivers > 0) || (receives && senders > 0);
      senders += sends;
      receivers += receives;
    }
    if (partners)
      return "a sender and a receiver wait for each other";
    if (senders + receivers > 0 && run.channels[at].closed)
      return "a task waits at a closed channel";
    if (receivers > 0 && run.channels[at].size > 0)
      return "a task waits although there is an element";
    if (senders > 0 && run.channels[at].size < what.capacities[at])
      return "a task waits although there is room";
  }
  return nullptr;
}

/// Each element was received once, or is left in a channel once, if its send said so; else it is
/// with its sender.
inline const char* on_elements(const run_record& run) {
  for (std::size_t i = 0; i < run_record::elements_max; ++i) {
    const std::size_t number = i + 1;
    const auto places = std::ranges::count_if(
        run.places, [number](const auto& one) { return one.element == number; });
    const bool at_home = run.elements[i].number == number;
    switch (run.fates[i]) {
      case run_record::fate::unused:
        if (places > 0)
          return "an element was received that nobody sent";
        break;
      case run_record::fate::waiting:
        return "a send did not finish";
      case run_record::fate::sent:
        if (places != 1 || at_home)
          return places > 1 ? "an element was received twice" : "an element that was sent is lost";
        break;
      case run_record::fate::refused:
        if (places != 0 || !at_home)
          return places > 0 ? "an element was received whose send failed"
                            : "an element of a send that failed is lost";
        break;
    }
  }
  return nullptr;
}

/// Of one sender's elements at one channel, each receiver gets an older one first, and what is left
/// is younger than what was received.
inline const char* on_order(const run_record& run) {
  for (std::size_t later = 0; later < run.places.size(); ++later) {
    for (std::size_t earlier = 0; earlier < later; ++earlier) {
      const auto &first = run.places[earlier], &second = run.places[later];
      if (first.channel == second.channel &&
          (first.receiver == second.receiver || second.receiver == run_record::nobody) &&
          run_record::sender_of(first.element) == run_record::sender_of(second.element) &&
          first.element >= second.element)
        return "elements of one sender arrived in another order";
    }
  }
  return nullptr;
}

}  // namespace verdicts

}  // namespace actornet
