#pragma once

#include <system_error>

namespace actornet {

/// Every run-time error of actornet and every reason for which a connection closes.
/// The numbers are stable: they stand in logs, metrics and monitors' messages.
enum class errc : int {
  // How a connection ends in order.
  end_of_stream = 1,   ///< the peer finished sending between two frames
  closed_locally = 2,  ///< our side closed the connection
  shutting_down = 3,   ///< the runtime drains; everything accepted was answered
  // What the network does.
  connection_reset = 10,       ///< the peer aborted the connection (RST) or vanished
  connection_refused = 11,     ///< nobody listens at the address
  address_in_use = 12,         ///< another socket is bound to the address
  address_invalid = 13,        ///< not an endpoint URI, or an address this host does not have
  name_not_found = 14,         ///< name resolution gave no address
  descriptors_exhausted = 15,  ///< the process or the system has no descriptor left
  network_failure = 16,        ///< any other error of the operating system's network
  // What the peer sends.
  frame_too_large = 20,      ///< a frame's length is over `frame_bytes_max`
  frame_malformed = 21,      ///< a frame's length prefix is not a valid one
  frame_truncated = 22,      ///< end of stream inside a frame
  message_malformed = 23,    ///< a frame is not a valid encoding of the expected message
  tls_failed = 24,           ///< no TLS, no common version or cipher, a bad certificate or record
  certificate_refused = 25,  ///< the peer's certificate is not trusted, or ours is not by the peer
  handshake_refused = 26,    ///< the peer's answer to our handshake is not the one to go on with
  // Deadlines and limits.
  timed_out = 30,              ///< the caller's deadline passed; nothing was lost
  cancelled = 31,              ///< the task was asked to stop
  handshake_timeout = 32,      ///< no handshake, or no first frame, in time
  read_timeout = 33,           ///< a frame began but did not end in time
  write_timeout = 34,          ///< the peer did not take our bytes in time
  idle_timeout = 35,           ///< no complete frame in either direction for too long
  drain_timeout = 36,          ///< the drain deadline cut the connection
  slow_consumer = 37,          ///< the overflow policy closed the connection
  mailbox_full = 38,           ///< a bounded mailbox or output queue refused a message
  connections_exhausted = 39,  ///< the listener's limit on connections is reached
  message_too_large = 40,      ///< a message to send is over `frame_bytes_max`
  would_block_loop = 41,       ///< a blocking call was made on a loop's thread
  would_block = 42,            ///< a call that must not wait would have to
  ping_timeout = 43,           ///< the peer did not answer a ping in time
  // What our own code does.
  handler_failed = 50,       ///< a session or handler ended with an exception
  stale_reference = 51,      ///< the connection behind a reference is closed
  dropped = 52,              ///< an overflow policy dropped the message
  actor_unreachable = 53,    ///< the actor asked is gone
  unexpected_response = 54,  ///< the actor asked answered with another type
  killed = 55,               ///< an exit message or a supervisor ended the actor
  out_of_memory = 56,        ///< an allocation failed
  channel_closed = 57,       ///< the channel is closed (and, for a receive, empty)
  filter_missing = 58,       ///< the URI's scheme needs a filter, and the options have none
  // What rooms and the services below them say.
  unavailable = 60,         ///< it cannot be done now: too much waits, or a store failed
  not_allowed = 61,         ///< the user may not do this in this room
  name_invalid = 62,        ///< a room, user or id that is empty or too long
  rooms_exhausted = 63,     ///< the limit on rooms is reached
  members_exhausted = 64,   ///< the limit on members of a room is reached
  channels_exhausted = 65,  ///< the limit on channels of a history is reached
  wrong_revision = 66,      ///< the key changed, or is there, or is not, against expectation
  not_found = 67,           ///< there is nothing under the key
  disconnected = 68,        ///< the engine between nodes cannot be reached now
  overloaded = 69,          ///< who serves has too much to do
};

/// The one error category of actornet; its name is "actornet".
const std::error_category& error_category() noexcept;

/// A static, one-line English description of @p code.
const char* describe(errc code) noexcept;

inline std::error_code make_error_code(errc code) noexcept {
  return {static_cast<int>(code), error_category()};
}

}  // namespace actornet

template <>
struct std::is_error_code_enum<actornet::errc> : std::true_type {};
