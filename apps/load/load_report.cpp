#include "load_report.hpp"

#include "number_text.hpp"
#include "report_parts.hpp"

namespace actornet::load {

namespace {

void add_server_rows(std::string& table, const load_options& options, const load_results& results) {
  if (const auto cpu = results.server_cpu_us_per(results.messages))
    add_row(table, "server CPU", time_text(*cpu * 1000), "per message, user and system");
  if (const auto bytes = results.server_bytes)
    add_row(table, "server memory", bytes_text(static_cast<double>(*bytes)), "resident");
  if (const auto bytes = results.bytes_per_connection(options.connections))
    add_row(table, "", number_text(static_cast<std::int64_t>(*bytes)) + " B",
            "per connection, over " +
                bytes_text(static_cast<double>(*results.server_bytes_before)) +
                " before they came");
}

}  // namespace

std::string table_of(const load_options& options, const load_results& results) {
  std::string table = options.uri + ": " + describe(options) + "\n";
  const double seconds = std::chrono::duration<double>(results.measured).count();
  add_row(table, "messages", number_text(whole(results.messages)),
          "in " + decimal_text(seconds, 2) + " s");
  add_row(table, "messages/s",
          number_text(static_cast<std::int64_t>(results.messages_per_second())));
  add_latency_rows(table, results.latency);
  if (results.lateness.count() > 0)
    add_row(table, "sent late by", time_text(static_cast<double>(results.lateness.percentile(99))),
            "p99 of this program itself; it is part of the latencies");
  add_row(table, "errors", number_text(whole(results.errors)));
  add_server_rows(table, options, results);
  return table;
}

std::string json_of(const load_options& options, const load_results& results) {
  json_object json;
  json.add("connections", std::uint64_t{options.connections});
  json.add("active", std::uint64_t{options.active});
  json.add("messages", results.messages);
  json.add("seconds", std::chrono::duration<double>(results.measured).count(), 6);
  json.add("messages_per_second", results.messages_per_second(), 1);
  json.add_latency(results.latency);
  json.add("errors", results.errors);
  json.add("server_cpu_us_per_message", results.server_cpu_us_per(results.messages), 4);
  json.add("server_rss_bytes", results.server_bytes);
  json.add("server_rss_bytes_idle", results.server_bytes_before);
  json.add("bytes_per_connection", results.bytes_per_connection(options.connections), 1);
  return json.text();
}

}  // namespace actornet::load
