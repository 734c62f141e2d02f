#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>

namespace actornet::apps {

/// A page of metrics in Prometheus' text format 0.0.4:
///
///     page.family("chat_rooms", metrics_text::kind::gauge, "Rooms that have members.");
///     page.sample(12);
///     page.family("chat_messages_total", metrics_text::kind::counter, "Messages, by their way
///     in."); page.sample(7, {{"over", "tcp"}}); page.sample(9, {{"over", "websocket"}});
///
/// Mistakes of the program throw `std::invalid_argument`: a name that is none, or a family twice. A
/// page over `bytes_max` throws `std::length_error`. Both become an answer 500 and a log line.
class metrics_text {
 public:
  static constexpr std::size_t bytes_max = 1024 * 1024;
  static constexpr const char* content_type = "text/plain; version=0.0.4; charset=utf-8";

  enum class kind : std::uint8_t { counter, gauge };

  struct label {
    std::string_view name;
    std::string_view value;
  };

  /// Begins a family; `sample` adds to the last one. @p name is `[a-zA-Z_:][a-zA-Z0-9_:]*`, that of
  /// a counter ends in `_total`.
  void family(std::string_view name, kind type, std::string_view help);

  template <std::integral Number>
  void sample(Number value, std::initializer_list<label> labels = {}) {
    add(std::to_string(value), labels);
  }
  void sample(double value, std::initializer_list<label> labels = {});

  /// A family of one sample.
  template <class Number>
  void counter(std::string_view name, std::string_view help, Number value) {
    family(name, kind::counter, help);
    sample(value);
  }
  template <class Number>
  void gauge(std::string_view name, std::string_view help, Number value) {
    family(name, kind::gauge, help);
    sample(value);
  }

  const std::string& text() const noexcept { return text_; }

 private:
  void add(const std::string& value, std::span<const label> labels);

  std::set<std::string, std::less<>> families_;
  std::string current_;
  std::string text_;
};

}  // namespace actornet::apps
