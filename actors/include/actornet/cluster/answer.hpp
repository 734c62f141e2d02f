#pragma once

#include <string>
#include <system_error>
#include <utility>

#include "actornet/result.hpp"

namespace actornet::cluster {

/// A service's reply, or why there is none: an `errc`, or an error of the service's own (a value of
/// the enum that its declaration names: `answer.error() == SOLD_OUT`).
template <class Reply>
class [[nodiscard]] answer : public result<Reply> {
 public:
  answer(Reply reply) : result<Reply>(std::move(reply)) {}
  answer(errc error, std::string text = {}) : result<Reply>(error), text_(std::move(text)) {}
  answer(std::error_code error, std::string text = {})
      : result<Reply>(error), text_(std::move(text)) {}

  /// What the service said about the error, for people; often empty.
  const std::string& text() const noexcept { return text_; }

 private:
  std::string text_;
};

/// The category of a service's own errors. @p name must live forever.
class enum_category final : public std::error_category {
 public:
  using text_of = std::string (*)(int value);

  enum_category(const char* name, text_of text) noexcept : name_(name), text_(text) {}

  const char* name() const noexcept override { return name_; }
  std::string message(int value) const override {
    const std::string text = text_(value);
    return std::string(name_) + ' ' + (text.empty() ? std::to_string(value) : text);
  }

 private:
  const char* name_;
  text_of text_;
};

}  // namespace actornet::cluster
