#pragma once

#include <caf/mailbox_element.hpp>
#include <caf/typed_actor.hpp>
#include <type_traits>
#include <utility>

#include "actornet/caf.hpp"
#include "actornet/flow/task_context.hpp"
#include "actornet/net/timer_wheel.hpp"
#include "actornet/result.hpp"

namespace actornet {

namespace detail {

/// A task that asked a CAF actor and waits for the answer.
class ask_wait : public wait_point {
 public:
  ask_wait(caf::strong_actor_ptr to, net::time_point deadline) noexcept
      : to_(std::move(to)), deadline_(deadline) {}
  ask_wait(const ask_wait&) = delete;
  ask_wait& operator=(const ask_wait&) = delete;

  bool await_ready();
  void await_suspend(std::coroutine_handle<> task);

  /// The answer came. Called by the loop's asker.
  void answered(caf::mailbox_element& answer);

 protected:
  ~ask_wait() = default;

  std::error_code error_{};

 private:
  void abandon(errc reason) override;
  void on_deadline();

  /// The request's message. Called once.
  virtual caf::message request() = 0;

  /// Takes the answer's value; false when it has another type.
  virtual bool take(caf::type_erased_tuple& answer) = 0;

  caf::strong_actor_ptr to_;
  net::time_point deadline_;
  net::timer timer_{net::entry_of<&ask_wait::on_deadline>(*this)};
  caf::message_id id_{};
};

// The answer of the clause of an interface that takes Message.
template <class Message, class... Clauses>
struct answer_to;
template <class Message, class Out, class... More>
struct answer_to<Message, caf::typed_mpi<caf::detail::type_list<Message>, caf::output_tuple<Out>>,
                 More...> {
  using type = Out;
};
template <class Message, class Other, class... More>
struct answer_to<Message, Other, More...> : answer_to<Message, More...> {};
template <class Message>
struct answer_to<Message> {
  static_assert(!std::is_same_v<Message, Message>,
                "actornet: this actor does not take messages of that type");
};

template <class Message, class Answer>
class [[nodiscard("co_await it")]] ask_operation final : public ask_wait {
 public:
  ask_operation(caf::strong_actor_ptr to, Message message, net::time_point deadline)
      : ask_wait(std::move(to), deadline), message_(std::move(message)) {}

  result<Answer> await_resume() {
    if (error_)
      return error_;
    if constexpr (std::is_void_v<Answer>)
      return {};
    else
      return std::move(*answer_);
  }

 private:
  using stored = std::conditional_t<std::is_void_v<Answer>, bool, Answer>;

  caf::message request() override {
    return caf::make_message(std::move(message_));
  }

  bool take(caf::type_erased_tuple & answer) override {
    if constexpr (std::is_void_v<Answer>) {
      return answer.empty();
    } else {
      if (!answer.match_elements<Answer>())
        return false;
      answer_.emplace(answer.get_as<Answer>(0));
      return true;
    }
  }

  Message message_;
  std::optional<stored> answer_;
};

}  // namespace detail

/// Asks a typed CAF actor from a task: `co_await ask(actor, message, deadline)` gives
/// `result<Answer>`, `Answer` being what the actor's interface says for that message. At
/// @p deadline it gives `timed_out`; a late answer is dropped and counted (`late_answers`). Other
/// errors: `cancelled` (or why the connection closed), `actor_unreachable`, an `errc` that the
/// actor answered, `unexpected_response`. The task's loop must belong to a runtime with `actors`.
template <class... Clauses, class Message>
auto ask(const caf::typed_actor<Clauses...>& to, Message message, net::time_point deadline) {
  using answer = typename detail::answer_to<Message, Clauses...>::type;
  return detail::ask_operation<Message, answer>(caf::actor_cast<caf::strong_actor_ptr>(to),
                                                std::move(message), deadline);
}

/// Answers that came to this loop after their question had ended. On a loop.
std::uint64_t late_answers();

}  // namespace actornet
