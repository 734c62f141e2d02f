#include "report_parts.hpp"

#include <utility>

#include "number_text.hpp"

namespace actornet::load {

namespace {

constexpr std::pair<const char*, double> percentiles[] = {
    {"p50", 50}, {"p90", 90}, {"p99", 99}, {"p99.9", 99.9}};

}  // namespace

void add_row(std::string& table, const std::string& name, const std::string& value,
             const std::string& remark) {
  constexpr std::size_t name_width = 18;
  constexpr std::size_t value_width = 12;
  const auto padding = [](const std::string& text, std::size_t width) {
    std::size_t shown = 0;  // "µ" is two bytes and one column
    for (const char letter : text)
      shown += (static_cast<unsigned char>(letter) & 0xc0) != 0x80;
    return std::string(shown < width ? width - shown : 0, ' ');
  };
  table += name + padding(name, name_width) + padding(value, value_width) + value;
  table += remark.empty() ? "\n" : "  " + remark + "\n";
}

void add_latency_rows(std::string& table, const latency_histogram& latency) {
  for (const auto& [name, percent] : percentiles)
    add_row(
        table, std::string("latency ") + name,
        latency.count() == 0 ? "-" : time_text(static_cast<double>(latency.percentile(percent))));
  add_row(table, "latency max",
          latency.count() == 0 ? "-" : time_text(static_cast<double>(latency.max())));
}

json_object& json_object::add(const char* name, double value, int decimals) {
  return add_text(name, decimal_text(value, decimals));
}

json_object& json_object::add(const char* name, std::optional<double> value, int decimals) {
  return add_text(name, value ? decimal_text(*value, decimals) : "null");
}

json_object& json_object::add_latency(const latency_histogram& latency) {
  const auto microseconds = [&latency](double percent) {
    return static_cast<double>(latency.percentile(percent)) / 1000;
  };
  add("p50_us", microseconds(50), 3);
  add("p90_us", microseconds(90), 3);
  add("p99_us", microseconds(99), 3);
  add("p999_us", microseconds(99.9), 3);
  return add("max_us", static_cast<double>(latency.max()) / 1000, 3);
}

json_object& json_object::add_text(const char* name, const std::string& value) {
  fields_ += std::string(fields_.empty() ? "" : ",\n") + "  \"" + name + "\": " + value;
  return *this;
}

}  // namespace actornet::load
