#pragma once

#include <memory>
#include <string>
#include <utility>

#include "actornet/cluster/detail/stream_inlet.hpp"

namespace actornet::cluster {

/// The wait for a stream's next reply; see `reply_stream::receive`.
template <class Reply>
class [[nodiscard("co_await it")]] reply_wait final : public detail::inlet_wait {
 public:
  using detail::inlet_wait::inlet_wait;

  result<Reply> await_resume() {
    const auto encoded = take();
    if (!encoded)
      return encoded.error();
    Reply reply;
    if (reply.ParseFromString(*encoded))
      return reply;
    of_->spoil();
    return errc::message_malformed;
  }
};

/// The replies of a method that streams, in order and without a hole. The server sends only what
/// was granted: who takes slowly slows it down. When this goes, the server is told to stop. To be
/// received from by one task at a time. Move-only, loop-bound.
template <class Reply>
class reply_stream {
 public:
  explicit reply_stream(std::unique_ptr<detail::stream_inlet> from) noexcept
      : from_(std::move(from)) {}

  /// `co_await s.receive()` gives `result<Reply>`; an alternative of a select. What had come is
  /// given before an error: `end_of_stream` (it is complete); the service's own, or what it ended
  /// with; `dropped` (an item was lost on the way), `disconnected` (the server is silent),
  /// `timed_out` (the stream's deadline), `message_malformed`, `closed_locally` (the client went):
  /// these stay. `cancelled` or why else the task is to stop: the stream goes on.
  reply_wait<Reply> receive() noexcept { return reply_wait<Reply>(*from_); }

  /// What the service said about the error it ended with, for people; often empty.
  const std::string& text() const noexcept { return from_->text(); }

 private:
  std::unique_ptr<detail::stream_inlet> from_;
};

}  // namespace actornet::cluster
