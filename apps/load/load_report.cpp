#include "load_report.hpp"

#include <utility>

#include "number_text.hpp"

namespace actornet::load {

namespace {

constexpr std::pair<const char*, double> percentiles[] = {
    {"p50", 50}, {"p90", 90}, {"p99", 99}, {"p99.9", 99.9}};

std::int64_t whole(std::uint64_t number) {
  return static_cast<std::int64_t>(number);
}

void add_row(std::string& table, const std::string& name, const std::string& value,
             const std::string& remark = {}) {
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

void add_server_rows(std::string& table, const load_options& options, const load_results& results) {
  if (const auto cpu = results.server_cpu_us_per_message())
    add_row(table, "server CPU", time_text(*cpu * 1000), "per message, user and system");
  if (const auto bytes = results.server_bytes)
    add_row(table, "server memory", bytes_text(static_cast<double>(*bytes)), "resident");
  if (const auto bytes = results.bytes_per_connection(options.connections))
    add_row(table, "", number_text(static_cast<std::int64_t>(*bytes)) + " B",
            "per connection, over " +
                bytes_text(static_cast<double>(*results.server_bytes_before)) +
                " before they came");
}

class json_object {
 public:
  json_object& add(const char* name, double value, int decimals) {
    return add_text(name, decimal_text(value, decimals));
  }
  json_object& add(const char* name, std::uint64_t value) {
    return add_text(name, std::to_string(value));
  }
  json_object& add(const char* name, std::optional<double> value, int decimals) {
    return add_text(name, value ? decimal_text(*value, decimals) : "null");
  }
  json_object& add(const char* name, std::optional<std::uint64_t> value) {
    return add_text(name, value ? std::to_string(*value) : "null");
  }
  std::string text() const { return "{\n" + fields_ + "\n}\n"; }

 private:
  json_object& add_text(const char* name, const std::string& value) {
    fields_ += std::string(fields_.empty() ? "" : ",\n") + "  \"" + name + "\": " + value;
    return *this;
  }

  std::string fields_;
};

}  // namespace

std::string table_of(const load_options& options, const load_results& results) {
  std::string table = options.uri + ": " + describe(options) + "\n";
  const double seconds = std::chrono::duration<double>(results.measured).count();
  add_row(table, "messages", number_text(whole(results.messages)),
          "in " + decimal_text(seconds, 2) + " s");
  add_row(table, "messages/s",
          number_text(static_cast<std::int64_t>(results.messages_per_second())));
  const latency_histogram& latency = results.latency;
  for (const auto& [name, percent] : percentiles)
    add_row(
        table, std::string("latency ") + name,
        latency.count() == 0 ? "-" : time_text(static_cast<double>(latency.percentile(percent))));
  add_row(table, "latency max",
          latency.count() == 0 ? "-" : time_text(static_cast<double>(latency.max())));
  if (results.lateness.count() > 0)
    add_row(table, "sent late by", time_text(static_cast<double>(results.lateness.percentile(99))),
            "p99 of this program itself; it is part of the latencies");
  add_row(table, "errors", number_text(whole(results.errors)));
  add_server_rows(table, options, results);
  return table;
}

std::string json_of(const load_options& options, const load_results& results) {
  const auto microseconds = [&results](double percent) {
    return static_cast<double>(results.latency.percentile(percent)) / 1000;
  };
  json_object json;
  json.add("connections", std::uint64_t{options.connections});
  json.add("active", std::uint64_t{options.active});
  json.add("messages", results.messages);
  json.add("seconds", std::chrono::duration<double>(results.measured).count(), 6);
  json.add("messages_per_second", results.messages_per_second(), 1);
  json.add("p50_us", microseconds(50), 3);
  json.add("p90_us", microseconds(90), 3);
  json.add("p99_us", microseconds(99), 3);
  json.add("p999_us", microseconds(99.9), 3);
  json.add("max_us", static_cast<double>(results.latency.max()) / 1000, 3);
  json.add("errors", results.errors);
  json.add("server_cpu_us_per_message", results.server_cpu_us_per_message(), 4);
  json.add("server_rss_bytes", results.server_bytes);
  json.add("server_rss_bytes_idle", results.server_bytes_before);
  json.add("bytes_per_connection", results.bytes_per_connection(options.connections), 1);
  return json.text();
}

}  // namespace actornet::load
