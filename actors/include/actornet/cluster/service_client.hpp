#pragma once

#include <memory>
#include <utility>

#include "actornet/cluster/answer.hpp"
#include "actornet/cluster/bus.hpp"
#include "actornet/cluster/detail/client_state.hpp"
#include "actornet/cluster/reply_stream.hpp"
#include "actornet/cluster/service.hpp"
#include "actornet/flow/task.hpp"

namespace actornet::cluster {

/// Asks a service over a bus: what the classes that protoc-gen-actornet generates are made of.
/// Move-only, loop-bound; any number of tasks of its loop may ask. Requests under way go on when it
/// goes; streams end with `closed_locally`. The bus must outlive it and them.
class service_client {
 public:
  /// On the loop that asks.
  service_client(bus& over, service_shape shape, const client_options& options)
      : state_(std::make_shared<detail::client_state>(over, shape, options)) {}
  service_client(service_client&&) noexcept = default;
  service_client& operator=(service_client&& other) noexcept {
    std::swap(state_, other.state_);
    return *this;
  }
  ~service_client() {
    if (state_)
      state_->close();
  }

  /// `co_await client.ask<Method>(request, deadline)` gives `answer<Reply>`. Errors: the service's
  /// own; `timed_out` (it may have been served), `unavailable` (at once: nobody serves it; nothing
  /// was begun), `disconnected` (it may have been served), `overloaded` (nothing was begun),
  /// `message_too_large`, `not_found` (no such method), `message_malformed` (one side does not
  /// understand the other), `handler_failed`, `shutting_down` (the server stopped it),
  /// `mailbox_full` (the bus takes no more); `cancelled` or why else the task is to stop.
  template <class Method>
  task<answer<typename Method::reply>> ask(const typename Method::request& request,
                                           const ask_options& how) {
    return reply_of<Method>(state_, detail::client_state::ask(state_, detail::question_of<Method>(
                                                                          request, how, *state_)));
  }

  /// `co_await client.open<Method>(request, deadline)` gives `answer<reply_stream<Reply>>`; the
  /// deadline is the whole stream's. Errors as of `ask`, and `mailbox_full` (`streams_max` are
  /// open).
  template <class Method>
  task<answer<reply_stream<typename Method::reply>>> open(const typename Method::request& request,
                                                          const ask_options& how) {
    return stream_of<Method>(
        detail::client_state::open(state_, detail::question_of<Method>(request, how, *state_)));
  }

  const client_statistics& statistics() const noexcept { return state_->statistics(); }

 private:
  template <class Method>
  static task<answer<typename Method::reply>> reply_of(std::shared_ptr<detail::client_state> by,
                                                       task<answer<std::string>> asked) {
    const auto encoded = co_await std::move(asked);
    if (!encoded)
      co_return {encoded.error(), encoded.text()};
    typename Method::reply reply;
    if (!reply.ParseFromString(*encoded)) {
      by->not_a_reply();
      co_return errc::message_malformed;
    }
    co_return reply;
  }

  template <class Method>
  static task<answer<reply_stream<typename Method::reply>>> stream_of(
      task<answer<std::unique_ptr<detail::stream_inlet>>> opened) {
    auto inlet = co_await std::move(opened);
    if (!inlet)
      co_return {inlet.error(), inlet.text()};
    co_return reply_stream<typename Method::reply>(std::move(*inlet));
  }

  std::shared_ptr<detail::client_state> state_;
};

}  // namespace actornet::cluster
