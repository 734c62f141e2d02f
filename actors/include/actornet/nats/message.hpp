#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "actornet/net/output_queue.hpp"

namespace actornet::nats {

/// A header of a message: `Nats-Msg-Id`, `Nats-Sequence`, …. The server tells lower from upper
/// case.
struct header {
  std::string name;
  std::string value;
};

/// One message of NATS, to be sent or received.
struct message {
  std::string subject;
  std::string reply{};  ///< where an answer goes; empty: nowhere
  net::shared_bytes payload{};
  std::vector<header> headers{};

  /// The value of the first header of that name; empty when there is none.
  std::string_view header_value(std::string_view name) const noexcept;

  /// The status the server puts before the headers of its own answers (404: no such message, 408,
  /// 503: nobody serves the subject); 0 when there is none.
  int status() const noexcept;
};

}  // namespace actornet::nats
