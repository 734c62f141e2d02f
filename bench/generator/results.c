#include "results.h"

#include <inttypes.h>
#include <stdio.h>

static double per(double value, double count) {
  return count > 0 ? value / count : 0;
}

static double us(uint64_t ns) {
  return (double)ns / 1e3;
}

static void print_errors_json(const struct fleet* fleet) {
  const struct error_counts* errors = &fleet->errors;
  printf("  \"errors\": %" PRIu64 ",\n", fleet_error_count(fleet));
  printf("  \"error_kinds\": {\"connect\": %" PRIu64 ", \"closed\": %" PRIu64 ", \"io\": %" PRIu64
         ", \"wrong_bytes\": %" PRIu64 ", \"surplus_bytes\": %" PRIu64 "},\n",
         errors->connect, errors->closed, errors->io, errors->wrong_bytes, errors->surplus_bytes);
}

static void print_server_json(const struct load_results* results) {
  const struct process_sample *before = &results->before, *after = &results->after;
  printf("  \"server\": {\n");
  printf("    \"cpu_s\": %.6f,\n", (double)results->server_cpu_ns / 1e9);
  printf("    \"user_s\": %.2f,\n", after->user_s - before->user_s);
  printf("    \"system_s\": %.2f,\n", after->system_s - before->system_s);
  printf("    \"cpu_us_per_message\": %.4f,\n",
         per(us(results->server_cpu_ns), (double)results->messages));
  printf("    \"rss_bytes\": %" PRIu64 ",\n", after->rss_bytes);
  printf("    \"threads\": %u,\n", after->threads);
  printf("    \"voluntary_switches\": %" PRIu64 ",\n",
         after->voluntary_switches - before->voluntary_switches);
  printf("    \"involuntary_switches\": %" PRIu64 "\n",
         after->involuntary_switches - before->involuntary_switches);
  printf("  }\n");
}

static void print_load_json(const struct fleet* fleet, const struct load_results* results) {
  const struct options* options = fleet->options;
  const struct histogram* latency = &results->latency_ns;
  printf("{\n  \"mode\": \"%s\",\n", options->rate > 0 ? "open" : "closed");
  printf("  \"connections\": %u,\n  \"active\": %u,\n", options->connections, options->active);
  printf("  \"served\": %u,\n", results->served);
  printf("  \"size\": %u,\n  \"wire_bytes\": %zu,\n", options->size, fleet->shape.wire_bytes);
  printf("  \"depth\": %u,\n  \"rate\": %g,\n", options->depth, options->rate);
  printf("  \"seconds\": %.6f,\n  \"messages\": %" PRIu64 ",\n", results->seconds,
         results->messages);
  printf("  \"messages_total\": %" PRIu64 ",\n", results->messages_total);
  printf("  \"messages_per_s\": %.1f,\n", per((double)results->messages, results->seconds));
  printf("  \"latency_us\": {\"samples\": %" PRIu64
         ", \"p50\": %.3f, \"p90\": %.3f, \"p99\": %.3f, \"p99_9\": %.3f, \"max\": %.3f},\n",
         latency->total, us(histogram_at(latency, 50)), us(histogram_at(latency, 90)),
         us(histogram_at(latency, 99)), us(histogram_at(latency, 99.9)), us(latency->max));
  if (options->rate > 0)
    printf("  \"sent_late_us\": {\"p50\": %.3f, \"p99\": %.3f, \"max\": %.3f},\n",
           us(histogram_at(&results->late_ns, 50)), us(histogram_at(&results->late_ns, 99)),
           us(results->late_ns.max));
  printf("  \"unanswered\": %" PRIu64 ",\n", results->unanswered);
  print_errors_json(fleet);
  print_server_json(results);
  printf("}\n");
}

static void print_load_text(const struct fleet* fleet, const struct load_results* results) {
  const struct histogram* latency = &results->latency_ns;
  printf("%" PRIu64 " messages in %.3f s: %.0f messages/s\n", results->messages, results->seconds,
         per((double)results->messages, results->seconds));
  printf("latency p50 %.1f, p90 %.1f, p99 %.1f, p99.9 %.1f us\n", us(histogram_at(latency, 50)),
         us(histogram_at(latency, 90)), us(histogram_at(latency, 99)),
         us(histogram_at(latency, 99.9)));
  printf("%" PRIu64 " errors, %" PRIu64 " unanswered\n", fleet_error_count(fleet),
         results->unanswered);
  if (fleet->options->server_pid)
    printf("server: %.3f us CPU per message, %.1f MiB resident\n",
           per(us(results->server_cpu_ns), (double)results->messages),
           (double)results->after.rss_bytes / (1 << 20));
}

void print_load_results(const struct fleet* fleet, const struct load_results* results) {
  if (fleet->options->json)
    print_load_json(fleet, results);
  else
    print_load_text(fleet, results);
}

// -- idle -----------------------------------------------------------------------------------------

static double grown(const struct process_sample* from, const struct process_sample* to) {
  return (double)to->rss_bytes - (double)from->rss_bytes;
}

void print_idle_results(const struct fleet* fleet, const struct idle_results* results) {
  const struct options* options = fleet->options;
  double later = (double)options->connections - 1;
  double each = per(grown(&results->first, &results->opened), later);
  double each_from_fresh = per(grown(&results->fresh, &results->opened), later + 1);
  uint64_t wakeups = results->end.voluntary_switches - results->opened.voluntary_switches;
  uint64_t cpu_ns = results->end.cpu_ns - results->opened.cpu_ns;
  if (!options->json) {
    printf("%u idle connections, %u alive: %.0f B each; %" PRIu64 " wake-ups in %.1f s; %" PRIu64
           " errors\n",
           options->connections, results->alive, each, wakeups, options->duration_ms / 1e3,
           fleet_error_count(fleet));
    return;
  }
  printf("{\n  \"mode\": \"idle\",\n  \"connections\": %u,\n  \"alive\": %u,\n",
         options->connections, results->alive);
  printf("  \"seconds\": %.3f,\n", options->duration_ms / 1e3);
  print_errors_json(fleet);
  printf("  \"server\": {\n");
  printf("    \"rss_fresh_bytes\": %" PRIu64 ",\n", results->fresh.rss_bytes);
  printf("    \"rss_first_bytes\": %" PRIu64 ",\n", results->first.rss_bytes);
  printf("    \"rss_opened_bytes\": %" PRIu64 ",\n", results->opened.rss_bytes);
  printf("    \"rss_end_bytes\": %" PRIu64 ",\n", results->end.rss_bytes);
  printf("    \"bytes_per_connection\": %.1f,\n", each);
  printf("    \"bytes_per_connection_from_fresh\": %.1f,\n", each_from_fresh);
  printf("    \"wakeups\": %" PRIu64 ",\n", wakeups);
  printf("    \"cpu_us\": %.1f,\n    \"threads\": %u\n", us(cpu_ns), results->end.threads);
  printf("  }\n}\n");
}
