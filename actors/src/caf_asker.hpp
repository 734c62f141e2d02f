#pragma once

#include <cstdint>
#include <unordered_map>

#include "actornet/caf_ask.hpp"
#include "actornet/detail/caf_slim_actor.hpp"

namespace actornet::detail {

/// The actor of a loop in whose name its tasks ask: it matches answers to the tasks that wait.
class asker final : public slim_actor {
 public:
  asker(caf::actor_config& config, net::loop& home) : slim_actor(config, home) {}

  const char* name() const override { return "asker"; }

  /// The asker of the loop that the calling code runs on; made by the first call.
  static asker& here();

  /// Sends @p request to @p to; `waiting.answered` follows unless `forget` is called before.
  caf::message_id ask(ask_wait& waiting, const caf::strong_actor_ptr& to, caf::message request);
  void forget(caf::message_id id);

  std::uint64_t late_answers() const noexcept { return late_answers_; }

 private:
  void handle(caf::mailbox_element& element) override;

  // Bounded by the tasks of this loop: each waits for one answer at a time.
  std::unordered_map<std::uint64_t, ask_wait*> waiting_;
  std::uint64_t late_answers_ = 0;
};

}  // namespace actornet::detail
