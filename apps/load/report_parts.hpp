#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "latency_histogram.hpp"

namespace actornet::load {

/// A number as `number_text` wants it.
inline std::int64_t whole(std::uint64_t number) {
  return static_cast<std::int64_t>(number);
}

/// Appends a line to a table for people: name, value, remark.
void add_row(std::string& table, const std::string& name, const std::string& value,
             const std::string& remark = {});

/// Appends the lines of a latency: its percentiles and its maximum.
void add_latency_rows(std::string& table, const latency_histogram& latency);

/// One flat JSON object, a field a line.
class json_object {
 public:
  json_object& add(const char* name, double value, int decimals);
  json_object& add(const char* name, std::uint64_t value) {
    return add_text(name, std::to_string(value));
  }
  json_object& add(const char* name, std::optional<double> value, int decimals);
  json_object& add(const char* name, std::optional<std::uint64_t> value) {
    return add_text(name, value ? std::to_string(*value) : "null");
  }
  /// Microseconds: `p50_us` to `p999_us` and `max_us`.
  json_object& add_latency(const latency_histogram& latency);

  std::string text() const { return "{\n" + fields_ + "\n}\n"; }

 private:
  json_object& add_text(const char* name, const std::string& value);

  std::string fields_;
};

}  // namespace actornet::load
