#pragma once

#include <cstdint>

namespace actornet::net {

/// What becomes of a message for something bounded that is full: a connection's output queue
/// (always whole messages, before filters; one that is partly sent is exempt), or a channel whose
/// producer must not wait.
enum class overflow_policy : std::uint8_t {
  reject,       ///< refuse the new message: `errc::mailbox_full`
  drop_newest,  ///< drop the new message, counted
  drop_oldest,  ///< drop the oldest messages until the new one fits, counted
  conflate,     ///< replace the waiting message of the same key; reject when there is none
  close,        ///< close the connection or channel: `errc::slow_consumer`
};

}  // namespace actornet::net
