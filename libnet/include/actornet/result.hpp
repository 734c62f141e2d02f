#pragma once

#include <cassert>
#include <optional>
#include <type_traits>
#include <utility>

#include "actornet/errc.hpp"

namespace actornet {

/// A value or the reason why there is none. Converts to true when it holds a value; `*` and `->`
/// are allowed only then. `error()` is `std::error_code{}` when there is a value.
template <class T>
class [[nodiscard]] result {
 public:
  using value_type = T;

  result(T value) : value_(std::move(value)) {}
  result(std::error_code error) noexcept : error_(error) { assert(error); }
  result(errc error) noexcept : error_(error) {}

  explicit operator bool() const noexcept { return value_.has_value(); }
  std::error_code error() const noexcept { return error_; }

  T& operator*() & noexcept { return *checked(); }
  const T& operator*() const& noexcept { return *checked(); }
  T&& operator*() && noexcept { return std::move(*checked()); }
  T* operator->() noexcept { return checked(); }
  const T* operator->() const noexcept { return checked(); }

 private:
  T* checked() noexcept {
    assert(value_);
    return &*value_;
  }
  const T* checked() const noexcept {
    assert(value_);
    return &*value_;
  }

  std::optional<T> value_;
  std::error_code error_;
};

/// Success or the reason of the failure.
template <>
class [[nodiscard]] result<void> {
 public:
  result() noexcept = default;
  result(std::error_code error) noexcept : error_(error) {}
  result(errc error) noexcept : error_(error) {}

  explicit operator bool() const noexcept { return !error_; }
  std::error_code error() const noexcept { return error_; }

 private:
  std::error_code error_;
};

}  // namespace actornet
