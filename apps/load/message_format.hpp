#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "actornet/net/stream.hpp"
#include "load_options.hpp"
#include "payload_pattern.hpp"

namespace actornet::echo::v1 {
class Echo;
}

namespace actornet::load {

/// How messages go to the server and how answers are checked: payloads as they are or wrapped as
/// protobuf. Shared by all connections of a loop.
class message_format {
 public:
  explicit message_format(const load_options& options);
  ~message_format();

  /// What a connection's stream needs to carry these messages; no deadlines, they are the run's.
  net::stream_options stream_options() const noexcept;

  /// Appends a message to what @p to sends.
  result<void> write(net::stream& to, std::uint64_t connection, std::uint64_t sequence);

  /// What received bytes are, compared with the answer that is due.
  struct checked {
    enum class verdict : std::uint8_t { right, right_so_far, wrong } is;
    std::size_t bytes;  ///< right: how many belong to it; wrong: where in the payload
  };

  /// Compares @p received with the answer from its byte @p offset on. Only raw framing cuts
  /// answers: elsewhere @p offset is 0 and @p received is a frame.
  checked check(std::uint64_t connection, std::uint64_t sequence, std::size_t offset,
                std::span<const std::byte> received);

 private:
  checked check_raw(std::uint64_t connection, std::uint64_t sequence, std::size_t offset,
                    std::span<const std::byte> received) const;

  payload_pattern payload_;
  net::framing framing_;
  std::unique_ptr<echo::v1::Echo> echo_;  // reused; null when not typed
};

}  // namespace actornet::load
