#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <numeric>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

#include "actornet/flow/detail/waiter.hpp"
#include "actornet/flow/task_context.hpp"
#include "actornet/net/biased_lock.hpp"
#include "actornet/result.hpp"

namespace actornet {

namespace detail {

/// An alternative that other threads may complete, under its lock.
template <class A>
concept shared_alternative = requires(A& a) {
  { a.lock_of_alternative() } -> std::same_as<net::biased_lock&>;
};

}  // namespace detail

/// What an awaitable must have to be an alternative of a select. `look` and `enlist` are called
/// with `lock_of_alternative()` held if it has that, else it is bound to the loop of the task.
template <class A>
concept alternative = requires(A& a, detail::wake_list& woken, wait_point& whole,
                               detail::claim_word& claim, task_context& context) {
  a.bind(context);
  { a.look_as_alternative(woken) } -> std::same_as<bool>;  // true: it is done
  a.enlist_as_alternative(whole, claim, std::uint32_t{});  // to claim the select, then to wake it
  a.withdraw_alternative();                                // another one has won; without the lock
  a.await_resume();
};

/// The alternative that is taken when no other is ready: a select with it never waits. Go's
/// `default`.
class otherwise {
 public:
  void bind(task_context&) noexcept {}
  bool look_as_alternative(detail::wake_list&) noexcept { return false; }
  void enlist_as_alternative(wait_point&, detail::claim_word&, std::uint32_t) noexcept {}
  void withdraw_alternative() noexcept {}
  std::monostate await_resume() const noexcept { return {}; }
};

namespace detail {

template <class Result>
concept may_fail = requires(Result& r) {
  { r.error() } -> std::convertible_to<std::error_code>;
  static_cast<bool>(r);
};

template <class Result>
concept has_value_inside = may_fail<Result> && requires(Result& r) {
  *r;
};

/// What an alternative gives, as something that can be kept.
template <class A>
using alternative_result =
    std::conditional_t<std::is_void_v<decltype(std::declval<A&>().await_resume())>, std::monostate,
                       decltype(std::declval<A&>().await_resume())>;

}  // namespace detail

/// Which alternative of a select came true, and what it gave.
template <class... Alternatives>
class selected {
 public:
  /// None: the task is to stop (`error()` says why).
  static constexpr std::size_t none = sizeof...(Alternatives);

  explicit selected(errc reason) noexcept : index_(none), error_(reason) {}
  template <std::size_t I, class Result>
  selected(std::in_place_index_t<I>, Result&& given)
      : index_(I), given_(std::in_place_index<I + 1>, std::forward<Result>(given)) {
    if constexpr (detail::may_fail<std::remove_cvref_t<Result>>)
      error_ = std::get<I + 1>(given_).error();
  }

  /// The position of the alternative that came true; `none` if none did.
  std::size_t index() const noexcept { return index_; }

  /// Null unless the @p I -th alternative came true without error. Else points to what it gave: the
  /// element, message, chunk; a `std::monostate` where there is nothing to give.
  template <std::size_t I>
  auto get() noexcept {
    auto* const given = std::get_if<I + 1>(&given_);
    using result = std::remove_pointer_t<decltype(given)>;
    if constexpr (detail::has_value_inside<result>)
      return given && *given ? std::addressof(**given) : nullptr;
    else if constexpr (detail::may_fail<result>)
      return given && *given ? &nothing_ : nullptr;
    else
      return given;
  }

  /// Why the alternative that came true failed, or why none did.
  std::error_code error() const noexcept { return error_; }

 private:
  std::size_t index_;
  std::error_code error_{};
  std::variant<std::monostate, detail::alternative_result<Alternatives>...> given_;
  [[no_unique_address]] std::monostate nothing_;
};

/// A select that a task awaits; see `select`.
template <alternative... Alternatives>
class [[nodiscard("co_await it")]] select_operation final : public wait_point {
 public:
  explicit select_operation(Alternatives && ... all) noexcept : alternatives_(std::move(all)...) {}
  select_operation(const select_operation&) = delete;
  select_operation& operator=(const select_operation&) = delete;

  void bind(task_context & context) noexcept {
    wait_point::bind(context);
    std::apply([&](auto&... each) { (each.bind(context), ...); }, alternatives_);
  }

  // First a look at each in random order, one lock at a time: what is ready is taken. Only a look
  // that finds nothing must be repeated with all locks held, as from there on somebody may come to
  // any of them (Go's selectgo, runtime/select.go, does always that).
  bool await_ready() {
    if (context().cancelled()) {
      refused_ = context().cancel_reason();
      return true;
    }
    if (spend_credit())
      return look_at_each();
    yielding_ = true;
    return false;
  }

  bool await_suspend(std::coroutine_handle<> task) {
    park(task);
    if (yielding_) {
      context().home().enqueue(net::entry_of<&select_operation::try_again>(*this));
      return true;
    }
    if (!look_and_enlist())
      return true;
    unpark();
    return false;
  }

  selected<Alternatives...> await_resume() {
    if (refused_ != errc{})
      return selected<Alternatives...>(refused_);
    if (enlisted_) {
      winner_ = claim_.winner();
      withdraw_all_but(winner_);
    }
    return result_of(winner_, std::index_sequence_for<Alternatives...>());
  }

 private:
  static constexpr std::size_t count = sizeof...(Alternatives);
  static constexpr std::size_t default_index = [] {
    constexpr bool is_default[] = {std::is_same_v<Alternatives, otherwise>...};
    return static_cast<std::size_t>(std::find(is_default, is_default + count, true) - is_default);
  }();

  // Calls @p visit with the alternative at a position that is known at run time only.
  template <class Visit>
  auto at(std::size_t position, Visit visit) {
    return at_one_of(position, visit, std::index_sequence_for<Alternatives...>());
  }
  template <class Visit, std::size_t... I>
  auto at_one_of(std::size_t position, Visit & visit, std::index_sequence<I...>) {
    using result = decltype(visit(std::get<0>(alternatives_)));
    using call = result (*)(select_operation&, Visit&);
    static constexpr call calls[] = {[](select_operation& self, Visit& to) -> result {
      return to(std::get<I>(self.alternatives_));
    }...};
    return calls[position](*this, visit);
  }

  // The alternatives in an order of which all are equally likely (Fisher and Yates), as far as it
  // is asked for. One draw does for all steps: each takes its choice from the upper half of a
  // product and leaves the rest to the next.
  class random_order {
   public:
    explicit random_order(std::uint64_t draw) noexcept : chance_(static_cast<std::uint32_t>(draw)) {
      std::iota(left_.begin(), left_.end(), 0);
    }
    bool empty() const noexcept { return size_ == 0; }
    std::uint32_t next() noexcept {
      chance_ *= size_;
      const auto chosen = static_cast<std::uint32_t>(chance_ >> 32);
      chance_ &= 0xffff'ffff;
      return std::exchange(left_[chosen], left_[--size_]);
    }

   private:
    std::array<std::uint32_t, count> left_;
    std::uint32_t size_ = count;
    std::uint64_t chance_;
  };

  bool look_at_each() {
    detail::wake_list woken;
    for (random_order order(context().home().random()); !order.empty();) {
      const std::uint32_t number = order.next();
      const bool done = at(number, [this, &woken]<class A>(A& one) {
        if constexpr (detail::shared_alternative<A>) {
          const net::biased_lock::guard guard(one.lock_of_alternative(), &context().home());
          return one.look_as_alternative(woken);
        } else {
          return one.look_as_alternative(woken);
        }
      });
      woken.wake_all();
      if (done) {
        winner_ = number;
        return true;
      }
    }
    return false;
  }

  // Looks again at what others may have changed meanwhile. True when the select is over; else the
  // task waits at each of the alternatives.
  bool look_and_enlist() {
    detail::wake_list woken;
    {
      lock_of_all guard(*this);
      if (look_at_shared(woken)) {
        guard.unlock();
        woken.wake_all();
        return true;
      }
      if (default_index < count) {
        winner_ = default_index;
        return true;
      }
      enlisted_ = true;
      enlist<true>(std::index_sequence_for<Alternatives...>());
    }
    // These may make system calls; nobody but this loop can complete them.
    enlist<false>(std::index_sequence_for<Alternatives...>());
    return false;
  }

  bool look_at_shared(detail::wake_list & woken) {
    for (random_order order(context().home().random()); !order.empty();) {
      const std::uint32_t number = winner_ = order.next();
      if (at(number, [&woken]<class A>(A& one) {
            return detail::shared_alternative<A> && one.look_as_alternative(woken);
          }))
        return true;
    }
    return false;
  }

  template <bool Shared, std::size_t... I>
  void enlist(std::index_sequence<I...>) {
    (
        [this] {
          auto& one = std::get<I>(alternatives_);
          if constexpr (detail::shared_alternative<Alternatives> == Shared)
            one.enlist_as_alternative(*this, claim_, I);
        }(),
        ...);
  }

  // In the order of their addresses, so that two selects never wait for each other.
  class lock_of_all {
   public:
    explicit lock_of_all(select_operation& of) {
      std::apply([this](auto&... each) { (add(each), ...); }, of.alternatives_);
      std::sort(locks_.begin(), locks_.begin() + used_, std::less<>());
      used_ = std::unique(locks_.begin(), locks_.begin() + used_) - locks_.begin();
      for (std::ptrdiff_t i = 0; i < used_; ++i)
        locks_[i]->lock(&of.context().home());
    }
    ~lock_of_all() { unlock(); }
    lock_of_all(const lock_of_all&) = delete;
    lock_of_all& operator=(const lock_of_all&) = delete;

    void unlock() {
      while (used_ > 0)
        locks_[--used_]->unlock();
    }

   private:
    template <class A>
    void add(A& one) {
      if constexpr (detail::shared_alternative<A>)
        locks_[used_++] = &one.lock_of_alternative();
    }

    std::array<net::biased_lock*, count> locks_{};
    std::ptrdiff_t used_ = 0;
  };

  void try_again() {
    yielding_ = false;
    if (refused_ != errc{} || look_at_each() || look_and_enlist())
      resume_inline();
  }

  void withdraw_all_but(std::size_t kept) {
    for (std::size_t i = 0; i < count; ++i)
      if (i != kept)
        at(i, [](auto& one) { one.withdraw_alternative(); });
  }

  template <std::size_t... I>
  selected<Alternatives...> result_of(std::size_t position, std::index_sequence<I...>) {
    using call = selected<Alternatives...> (*)(select_operation&);
    static constexpr call calls[] = {[](select_operation& self) {
      auto& one = std::get<I>(self.alternatives_);
      if constexpr (std::is_void_v<decltype(one.await_resume())>) {
        one.await_resume();
        return selected<Alternatives...>(std::in_place_index<I>, std::monostate());
      } else {
        return selected<Alternatives...>(std::in_place_index<I>, one.await_resume());
      }
    }...};
    return calls[position](*this);
  }

  void abandon(errc reason) override {
    if (!yielding_ && !claim_.withdraw())
      return;  // an alternative has won, and is about to wake the task
    refused_ = reason;
    if (yielding_)
      return;
    withdraw_all_but(count);
    wake();
  }

  std::tuple<Alternatives...> alternatives_;
  detail::claim_word claim_;
  std::size_t winner_ = 0;
  errc refused_{};
  bool enlisted_ = false;
  bool yielding_ = false;
};

/// Go's `select`: `co_await select(a.receive(), b.send(x), peer.receive(), after(30s), …)` waits
/// until one of its alternatives is ready, takes exactly that one, and gives `selected`. Those that
/// were not taken have no effect: no element, message or byte is lost. When several are ready, each
/// is as likely as the others. With `otherwise()` it does not wait. Alternatives: sends and
/// receives of channels, `receive` and `read` of connections, `join` of child tasks, `cancelled` of
/// tokens, `after`, `ticker::tick`.
template <alternative... Alternatives>
select_operation<Alternatives...> select(Alternatives&&... alternatives) noexcept {
  static_assert(sizeof...(Alternatives) > 0,
                "actornet: a select without alternatives would wait forever");
  return select_operation<Alternatives...>(std::move(alternatives)...);
}

}  // namespace actornet
