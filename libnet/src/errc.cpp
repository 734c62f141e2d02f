#include "actornet/errc.hpp"

#include <string>

namespace actornet {

namespace {

/// The portable conditions that generic code may compare with. A code stands here only when the
/// standard condition says the same; deadlines of the caller and limits of ours are told apart by
/// `errc`, both are `std::errc::timed_out`.
std::error_condition portable(errc code) noexcept {
  switch (code) {
    case errc::connection_reset:
      return std::errc::connection_reset;
    case errc::connection_refused:
      return std::errc::connection_refused;
    case errc::address_in_use:
      return std::errc::address_in_use;
    case errc::descriptors_exhausted:
      return std::errc::too_many_files_open;
    case errc::timed_out:
    case errc::handshake_timeout:
    case errc::read_timeout:
    case errc::write_timeout:
    case errc::idle_timeout:
    case errc::drain_timeout:
    case errc::ping_timeout:
      return std::errc::timed_out;
    case errc::cancelled:
      return std::errc::operation_canceled;
    case errc::message_too_large:
      return std::errc::message_size;
    case errc::out_of_memory:
      return std::errc::not_enough_memory;
    default:
      return {static_cast<int>(code), error_category()};
  }
}

class actornet_category final : public std::error_category {
 public:
  const char* name() const noexcept override { return "actornet"; }

  std::string message(int code) const override { return describe(static_cast<errc>(code)); }

  std::error_condition default_error_condition(int code) const noexcept override {
    return portable(static_cast<errc>(code));
  }
};

}  // namespace

const std::error_category& error_category() noexcept {
  static const actornet_category category;
  return category;
}

const char* describe(errc code) noexcept {
  // No default: the compiler then names a code that is missing here.
  switch (code) {
    case errc::end_of_stream:
      return "the peer ended the stream";
    case errc::closed_locally:
      return "closed by our side";
    case errc::shutting_down:
      return "the runtime is shutting down";
    case errc::connection_reset:
      return "connection reset by the peer";
    case errc::connection_refused:
      return "connection refused";
    case errc::address_in_use:
      return "address already in use";
    case errc::address_invalid:
      return "not a usable address";
    case errc::name_not_found:
      return "host name not found";
    case errc::descriptors_exhausted:
      return "no file descriptor left";
    case errc::network_failure:
      return "network failure";
    case errc::frame_too_large:
      return "frame longer than the limit";
    case errc::frame_malformed:
      return "malformed frame length";
    case errc::frame_truncated:
      return "end of stream inside a frame";
    case errc::message_malformed:
      return "frame is not a valid message";
    case errc::tls_failed:
      return "TLS failed";
    case errc::certificate_refused:
      return "certificate refused";
    case errc::handshake_refused:
      return "handshake refused by the peer";
    case errc::timed_out:
      return "deadline passed";
    case errc::cancelled:
      return "cancelled";
    case errc::handshake_timeout:
      return "no complete first frame in time";
    case errc::read_timeout:
      return "frame not completed in time";
    case errc::write_timeout:
      return "peer did not take our bytes in time";
    case errc::idle_timeout:
      return "connection idle for too long";
    case errc::drain_timeout:
      return "drain deadline passed";
    case errc::slow_consumer:
      return "peer reads too slowly";
    case errc::mailbox_full:
      return "mailbox full";
    case errc::connections_exhausted:
      return "limit on connections reached";
    case errc::message_too_large:
      return "message longer than the limit";
    case errc::would_block_loop:
      return "blocking call on a loop's thread";
    case errc::would_block:
      return "the call would have to wait";
    case errc::ping_timeout:
      return "peer does not answer";
    case errc::handler_failed:
      return "handler ended with an exception";
    case errc::stale_reference:
      return "the connection is closed";
    case errc::dropped:
      return "message dropped by the overflow policy";
    case errc::actor_unreachable:
      return "actor is gone";
    case errc::unexpected_response:
      return "actor answered with another type";
    case errc::killed:
      return "ended by an exit message or its supervisor";
    case errc::out_of_memory:
      return "out of memory";
    case errc::channel_closed:
      return "channel closed";
    case errc::filter_missing:
      return "this kind of URI needs a filter (WebSocket, TLS), and the options have none";
    case errc::unavailable:
      return "not possible now";
    case errc::not_allowed:
      return "not allowed";
    case errc::name_invalid:
      return "name empty or too long";
    case errc::rooms_exhausted:
      return "limit on rooms reached";
    case errc::members_exhausted:
      return "limit on members of a room reached";
    case errc::channels_exhausted:
      return "limit on channels reached";
    case errc::wrong_revision:
      return "the key has another revision";
    case errc::not_found:
      return "no such key";
    case errc::disconnected:
      return "not connected to the other nodes";
    case errc::overloaded:
      return "the service has too much to do";
  }
  return "unknown error";
}

}  // namespace actornet
