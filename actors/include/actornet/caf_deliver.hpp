#pragma once

#include <caf/typed_actor.hpp>
#include <cstddef>
#include <utility>
#include <variant>

#include "actornet/caf_ask.hpp"
#include "actornet/flow/channel.hpp"
#include "actornet/flow/scope.hpp"

namespace actornet {

namespace detail {

template <class T, class... Clauses>
task<result<void>> deliver_one(caf::typed_actor<Clauses...> to, T element,
                               channel<std::monostate>& credit, channel<std::monostate>& begun) {
  (void)begun.try_send(std::monostate());  // it is sent in this turn: the next one may begin
  auto handled = co_await ask(to, std::move(element), net::never);
  (void)credit.try_receive();
  if (handled)
    co_return {};
  co_return handled.error();
}

}  // namespace detail

/// Hands what comes through a channel to a CAF actor, as messages, in order, with credit: at most
/// @p credit of them are on their way to it or in its hands at a time; then the channel fills, and
/// its senders wait. `co_await deliver(from, to)` gives `result<void>` when the channel is closed
/// and everything in it has been handled, or the first error of the actor: `actor_unreachable`,
/// `mailbox_full`, …; what was on its way then is lost. The task's loop must belong to a runtime
/// with `actors`. @pre credit > 0
template <class T, class... Clauses>
task<result<void>> deliver(channel<T> from, caf::typed_actor<Clauses...> to,
                           std::size_t credit = 16) {
  channel<std::monostate> in_use(credit);
  channel<std::monostate> begun(1);
  co_return co_await with_scope([&](scope& children) -> task<> {
    for (;;) {
      if (!co_await in_use.send(std::monostate()))
        co_return;  // told to stop: an element's delivery failed
      auto element = co_await from.receive();
      if (!element)
        co_return;
      children.spawn(detail::deliver_one(to, std::move(*element), in_use, begun));
      (void)co_await begun.receive();  // children may start in any order
    }
  });
}

}  // namespace actornet
