#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "actornet/net/clock.hpp"

namespace actornet::cluster {

/// What a service knows of a request that it serves. Lives until the request is answered.
class call {
 public:
  static constexpr std::size_t text_bytes_max = 1024;

  call(std::string_view method, std::uint64_t trace_id, net::time_point deadline,
       std::optional<std::uint32_t> shard) noexcept
      : method_(method), trace_id_(trace_id), deadline_(deadline), shard_(shard) {}

  std::string_view method() const noexcept { return method_; }

  /// What belongs together has the same; given on with `ask_options`.
  std::uint64_t trace_id() const noexcept { return trace_id_; }

  /// When the asker gives up, by this node's clock; the awaits of the handler fail then.
  net::time_point deadline() const noexcept { return deadline_; }

  /// That of the request's key, where the method is keyed.
  std::optional<std::uint32_t> shard() const noexcept { return shard_; }

  /// Goes with the error that is returned after this; cut at `text_bytes_max`.
  void explain(std::string text) {
    text_ = std::move(text);
    if (text_.size() > text_bytes_max)
      text_.resize(text_bytes_max);
  }
  const std::string& text() const noexcept { return text_; }

 private:
  std::string_view method_;
  std::uint64_t trace_id_;
  net::time_point deadline_;
  std::optional<std::uint32_t> shard_;
  std::string text_;
};

}  // namespace actornet::cluster
