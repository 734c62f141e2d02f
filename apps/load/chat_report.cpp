#include "chat_report.hpp"

#include "number_text.hpp"
#include "report_parts.hpp"

namespace actornet::load {

namespace {

double seconds_of(const chat_results& results) {
  return std::chrono::duration<double>(results.measured).count();
}

void add_count_rows(std::string& table, const chat_options& options, const chat_results& results) {
  const chat_counts& counts = results.counts;
  add_row(table, "lost", number_text(whole(counts.lost)));
  add_row(table, "doubled", number_text(whole(counts.doubled)));
  add_row(table, "reordered", number_text(whole(counts.reordered)));
  add_row(table, "changed", number_text(whole(counts.wrong)), "another content or another place");
  add_row(table, "gaps told", number_text(whole(counts.gaps)),
          number_text(whole(counts.gap_messages)) + " messages; no errors");
  add_row(table, "errors", number_text(whole(results.errors())),
          number_text(whole(results.lost_connections)) + " connections, " +
              number_text(whole(results.refused)) + " refused, " +
              number_text(whole(results.unacknowledged)) + " not acknowledged");
  if (options.stalled > 0)
    add_row(table, "stalled, closed", number_text(whole(results.stalled_closed)),
            "of " + number_text(options.stalled) + ", by the server");
}

void add_server_rows(std::string& table, const chat_results& results) {
  if (const auto cpu = results.server_cpu_us_per(results.deliveries))
    add_row(table, "server CPU", time_text(*cpu * 1000), "per delivery, user and system");
  if (const auto bytes = results.server_bytes)
    add_row(table, "server memory", bytes_text(static_cast<double>(*bytes)), "resident");
}

}  // namespace

std::string table_of(const chat_options& options, const chat_results& results) {
  std::string table = options.uri + ": " + describe(options) + "\n";
  add_row(table, "published", number_text(whole(results.published)),
          "in " + decimal_text(seconds_of(results), 2) + " s");
  add_row(table, "deliveries", number_text(whole(results.deliveries)));
  add_row(table, "deliveries/s",
          number_text(static_cast<std::int64_t>(results.deliveries_per_second())));
  add_latency_rows(table, results.latency);
  if (results.lateness.count() > 0)
    add_row(table, "sent late by", time_text(static_cast<double>(results.lateness.percentile(99))),
            "p99 of this program itself; it is part of the latencies");
  add_count_rows(table, options, results);
  add_server_rows(table, results);
  return table;
}

std::string json_of(const chat_options& options, const chat_results& results) {
  json_object json;
  json.add("members", std::uint64_t{options.members});
  json.add("rooms", std::uint64_t{options.rooms});
  json.add("seconds", seconds_of(results), 6);
  json.add("published", results.published);
  json.add("deliveries", results.deliveries);
  json.add("deliveries_total", results.deliveries_total);
  json.add("deliveries_per_second", results.deliveries_per_second(), 1);
  json.add_latency(results.latency);
  json.add("lost", results.counts.lost);
  json.add("doubled", results.counts.doubled);
  json.add("reordered", results.counts.reordered);
  json.add("changed", results.counts.wrong);
  json.add("gaps", results.counts.gaps);
  json.add("gap_messages", results.counts.gap_messages);
  json.add("refused", results.refused);
  json.add("unacknowledged", results.unacknowledged);
  json.add("lost_connections", results.lost_connections);
  json.add("stalled_closed", results.stalled_closed);
  json.add("errors", results.errors());
  json.add("server_cpu_us_per_delivery", results.server_cpu_us_per(results.deliveries), 4);
  json.add("server_rss_bytes", results.server_bytes);
  json.add("server_rss_bytes_idle", results.server_bytes_before);
  return json.text();
}

}  // namespace actornet::load
