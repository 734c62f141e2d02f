#pragma once

#include <caf/actor_cast.hpp>
#include <caf/mailbox_element.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

#include "actornet/caf.hpp"
#include "actornet/flow/channel.hpp"
#include "actornet/flow/task.hpp"

namespace actornet {

namespace detail {

template <class Signature>
struct signature_parts;
template <class Out, class In>
struct signature_parts<Out(In)> {
  using in = In;
  using out = Out;
};

/// Answers a CAF request, once; a request that nobody answers fails with `errc::dropped`.
class pending_answer {
 public:
  pending_answer() noexcept = default;
  pending_answer(caf::strong_actor_ptr from, caf::strong_actor_ptr to, caf::message_id request)
      : from_(std::move(from)), to_(std::move(to)), request_(request) {}
  pending_answer(pending_answer&&) noexcept = default;
  pending_answer& operator=(pending_answer&& other) noexcept {
    std::swap(from_, other.from_);
    std::swap(to_, other.to_);
    std::swap(request_, other.request_);
    return *this;
  }
  ~pending_answer();

  void give(caf::message answer);

 private:
  caf::strong_actor_ptr from_;
  caf::strong_actor_ptr to_;  // null: no request, or answered
  caf::message_id request_{};
};

}  // namespace detail

/// A message that a task actor got: one of its interface's. Move-only. A request for nothing
/// (`void(In)`) is answered when the envelope goes; of another, `answer` must be called, else the
/// asker is told `errc::dropped`.
template <class... Signatures>
class envelope {
 public:
  using content = std::variant<typename detail::signature_parts<Signatures>::in...>;

  envelope(content message, bool answers_itself, detail::pending_answer answer) noexcept
      : message_(std::move(message)), answers_itself_(answers_itself), answer_(std::move(answer)) {}
  envelope(envelope&&) noexcept = default;
  envelope& operator=(envelope&&) noexcept = default;
  ~envelope() {
    if (answers_itself_)
      answer_.give(caf::message());
  }

  /// The message if it is an `In`, else null.
  template <class In>
  In* get() noexcept {
    return std::get_if<In>(&message_);
  }
  content& message() noexcept { return message_; }

  /// Answers the request; does nothing if it was none.
  template <class Out>
  void answer(Out value) {
    static_assert((std::is_same_v<Out, typename detail::signature_parts<Signatures>::out> || ...),
                  "actornet: this actor does not answer with that type");
    answer_.give(caf::make_message(std::move(value)));
  }

  /// For who answers instead.
  detail::pending_answer take_answer() noexcept { return std::move(answer_); }

 private:
  content message_;
  bool answers_itself_;
  detail::pending_answer answer_;
};

/// Where a task actor receives: `co_await inbox.receive()` gives `result<envelope>`, an alternative
/// of a select too. Errors: `cancelled`, `killed` (an exit message came) or why else the task is to
/// stop.
template <class... Signatures>
class mailbox {
 public:
  using element = envelope<Signatures...>;
  static constexpr std::size_t messages_max = 1024;  ///< that wait; more are refused or dropped

  explicit mailbox(channel<element> from) noexcept : from_(std::move(from)) {}
  receive_operation<element> receive() noexcept { return from_.receive(); }

 private:
  channel<element> from_;
};

namespace detail {

/// Puts a CAF message into a task's mailbox. `errc{}`, or why it could not:
/// `unexpected_response` when its type is none of the interface's.
using take_message = std::function<errc(caf::mailbox_element& element, pending_answer& answer)>;

/// Makes the actor of a task on the calling loop, and starts the task in a later turn.
caf::strong_actor_ptr make_task_actor(take_message take, task<> work);

template <class Signature, class... All>
bool take_as(caf::mailbox_element& element, pending_answer& answer, channel<envelope<All...>>& into,
             errc& refused) {
  using in = typename signature_parts<Signature>::in;
  if (!element.content().match_elements<in>())
    return false;
  envelope<All...> taken(
      typename envelope<All...>::content(std::in_place_type<in>, element.content().get_as<in>(0)),
      std::is_void_v<typename signature_parts<Signature>::out>, std::move(answer));
  const auto offered = into.offer(std::move(taken));
  refused = offered ? errc{} : static_cast<errc>(offered.error().value());
  if (!offered)
    answer = taken.take_answer();  // it is still here, and must not answer itself
  return true;
}

}  // namespace detail

/// A task with a mailbox that is a typed CAF actor: `spawn_actor<void(join), int(get)>(work)` calls
/// `work(mailbox<void(join), int(get)>)`, which gives a `task<>`, and runs it on the calling loop.
/// Returns the typed handle: send, request, monitor, link and exit work as with any CAF actor. An
/// exit message tells the task to stop (`errc::killed`). When it has ended, monitors and links are
/// told: `exit_reason::normal`, or `handler_failed` when an exception left it. At most
/// `mailbox::messages_max` messages wait: a request beyond is answered with `mailbox_full`, another
/// message dropped and counted (`net::counters::messages_rejected`). On a loop of a runtime with
/// `actors`.
template <class... Signatures, class Work>
interface<Signatures...> spawn_actor(Work work) {
  using inbox = mailbox<Signatures...>;
  channel<typename inbox::element> messages(inbox::messages_max);
  auto take = [messages](caf::mailbox_element& element, detail::pending_answer& answer) mutable {
    errc refused = errc::unexpected_response;
    (detail::take_as<Signatures>(element, answer, messages, refused) || ...);
    return refused;
  };
  // The function lives in the task: it may be a lambda that holds what the task works with.
  auto run = [](Work held, inbox from) -> task<> { co_await held(std::move(from)); };
  return caf::actor_cast<interface<Signatures...>>(
      detail::make_task_actor(std::move(take), run(std::move(work), inbox(messages))));
}

}  // namespace actornet
