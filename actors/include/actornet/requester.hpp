#pragma once

#include <cassert>
#include <functional>
#include <optional>
#include <utility>

#include "actornet/connection.hpp"
#include "actornet/detail/requester_state.hpp"
#include "actornet/outgoing.hpp"

namespace actornet {

/// What a protocol of requests and answers looks like, and its limits.
template <protobuf_message In, protobuf_message Out>
struct requester_options {
  std::function<void(Out&, std::uint64_t id)> set_id;  ///< numbers a request; from 1 on
  std::function<std::uint64_t(const In&)> id_of;       ///< which request a message answers; 0: none
  std::function<void(In&&)> on_other;  ///< takes messages that answer no request; else dropped
  std::size_t requests_max = 1024;     ///< that wait for their answers at a time
};

namespace detail {

template <class In>
class request_for : public request_pending {
 public:
  void answer(In&& message) {
    answer_.emplace(std::move(message));
    complete();
  }

 protected:
  using request_pending::request_pending;
  ~request_for() = default;
  std::optional<In> answer_;
};

template <class In, class Out>
class typed_requester final : public requester_state {
 public:
  typed_requester(outgoing<connection<In, Out>>&& peer, requester_options<In, Out>&& options)
      : requester_state(peer.ref().control()->home(), options.requests_max),
        peer_(std::move(peer)),
        to_(peer_->ref()),
        options_(std::move(options)) {
    assert(options_.set_id && options_.id_of);
  }

  std::error_code send(Out& message, std::uint64_t id) {
    options_.set_id(message, id);
    return to_.send(message).error();
  }

 private:
  task<std::error_code> receive_answers() override {
    for (;;) {
      auto received = co_await peer_->receive();
      if (!received)
        co_return received.error();
      bool known = false;
      if (request_pending* const request = answered(options_.id_of(*received), known))
        static_cast<request_for<In>*>(request)->answer(std::move(*received));
      else if (!known && options_.on_other)
        options_.on_other(std::move(*received));
    }
  }

  void hang_up() override { peer_.reset(); }

  std::optional<outgoing<connection<In, Out>>> peer_;
  connection_ref<Out> to_;
  const requester_options<In, Out> options_;
};

}  // namespace detail

/// A request that a task awaits; see `requester::request`.
template <protobuf_message In, protobuf_message Out>
class [[nodiscard("co_await it")]] answer_operation final : public detail::request_for<In> {
 public:
  answer_operation(detail::typed_requester<In, Out> & to, Out && message, net::time_point deadline)
      : detail::request_for<In>(to, deadline), to_(to), message_(std::move(message)) {}
  result<In> await_resume() {
    if (this->error_)
      return this->error_;
    return std::move(*this->answer_);
  }

 private:
  std::error_code send(std::uint64_t id) override {
    return to_.send(message_, id);
  }

  detail::typed_requester<In, Out>& to_;
  Out message_;
};

/// Requests and their answers over one connection: each request gets a number, the answer with the
/// same number is its answer, in whatever order they come. It owns the connection, and receives
/// from it in a task of its own. Any number of tasks of the loop may have requests in flight.
/// Move-only, loop-bound. When it goes, requests in flight fail with `closed_locally` and the
/// connection ends in order.
template <protobuf_message In, protobuf_message Out>
class requester {
 public:
  /// On the connection's loop. @pre `set_id` and `id_of` are there
  requester(outgoing<connection<In, Out>> peer, requester_options<In, Out> options)
      : state_(new detail::typed_requester<In, Out>(std::move(peer), std::move(options))) {
    state_->start();
  }
  requester(requester&& other) noexcept : state_(std::exchange(other.state_, nullptr)) {}
  requester& operator=(requester&& other) noexcept {
    std::swap(state_, other.state_);
    return *this;
  }
  ~requester() {
    if (state_)
      state_->abandon();
  }

  /// `co_await r.request(message, deadline)` gives `result<In>`: the answer, waited for until the
  /// earlier of @p deadline and the task's own. Never waits to send. Errors: `timed_out`, after
  /// which an answer is dropped and counted (`late`); `mailbox_full` (`requests_max` are in flight,
  /// or the output queue is full: the peer is slow); `message_too_large`; `cancelled` or why else
  /// the task is to stop. When the connection has ended, all requests in flight and all later ones
  /// fail with its reason: `end_of_stream`, `connection_reset`, `message_malformed`, …;
  /// `handler_failed` when a function of the options threw.
  answer_operation<In, Out> request(Out message, net::time_point deadline = net::never) {
    return answer_operation<In, Out>(*state_, std::move(message), deadline);
  }

  /// Whether the connection stands, as far as is known.
  bool open() const noexcept {
    const std::error_code refused = state_->refusal();
    return !refused || refused == errc::mailbox_full;
  }

  const requester_statistics& statistics() const noexcept { return state_->statistics(); }

 private:
  detail::typed_requester<In, Out>* state_;
};

}  // namespace actornet
