#include "load_report.hpp"

#include <gtest/gtest.h>

#include "number_text.hpp"
#include "percentile_svg.hpp"

namespace actornet::load {
namespace {

using namespace std::chrono_literals;

load_options some_options() {
  load_options options;
  options.uri = "tcp://127.0.0.1:7411";
  options.connections = 1000;
  options.active = 100;
  return options;
}

load_results some_results() {
  load_results results;
  for (std::uint64_t i = 1; i <= 1000; ++i)
    results.latency.record(i * 1000);
  results.messages = 1000;
  results.measured = 500ms;
  results.server_cpu = 5ms;
  results.server_bytes_before = 1'000'000;
  results.server_bytes = 2'500'000;
  return results;
}

TEST(load_report, json_is_one_flat_object_with_stable_names) {
  EXPECT_EQ(json_of(some_options(), some_results()), R"({
  "connections": 1000,
  "active": 100,
  "messages": 1000,
  "seconds": 0.500000,
  "messages_per_second": 2000.0,
  "p50_us": 500.223,
  "p90_us": 900.095,
  "p99_us": 990.207,
  "p999_us": 999.423,
  "max_us": 1000.000,
  "errors": 0,
  "server_cpu_us_per_message": 5.0000,
  "server_rss_bytes": 2500000,
  "server_rss_bytes_idle": 1000000,
  "bytes_per_connection": 1500.0
}
)");
}

TEST(load_report, what_was_not_measured_is_null_in_json) {
  load_results results = some_results();
  results.server_cpu.reset();
  results.server_bytes.reset();
  const std::string json = json_of(some_options(), results);
  EXPECT_NE(json.find("\"server_cpu_us_per_message\": null"), std::string::npos);
  EXPECT_NE(json.find("\"server_rss_bytes\": null"), std::string::npos);
  EXPECT_NE(json.find("\"bytes_per_connection\": null"), std::string::npos);
}

TEST(load_report, a_run_without_answers_divides_by_nothing) {
  load_results nothing;
  nothing.server_cpu = 5ms;
  const std::string json = json_of(some_options(), nothing);
  EXPECT_NE(json.find("\"messages_per_second\": 0.0"), std::string::npos);
  EXPECT_NE(json.find("\"server_cpu_us_per_message\": null"), std::string::npos);
  EXPECT_NE(table_of(some_options(), nothing).find("latency p50"), std::string::npos);
}

TEST(load_report, the_table_shows_rate_latencies_errors_and_the_server) {
  EXPECT_EQ(table_of(some_options(), some_results()),
            "tcp://127.0.0.1:7411: 64 B, raw, depth 1, 1,000 connections, 100 of them active\n"
            "messages                 1,000  in 0.50 s\n"
            "messages/s               2,000\n"
            "latency p50             500 µs\n"
            "latency p90             900 µs\n"
            "latency p99             990 µs\n"
            "latency p99.9           999 µs\n"
            "latency max            1.00 ms\n"
            "errors                       0\n"
            "server CPU             5.00 µs  per message, user and system\n"
            "server memory         2.38 MiB  resident\n"
            "                       1,500 B  per connection, over 977 KiB before they came\n");
}

TEST(load_report, the_picture_has_axes_with_units_and_the_percentiles) {
  load_options options = some_options();
  options.uri = "unix:///tmp/<&>";
  const std::string svg = percentile_svg(options, some_results());
  for (const char* expected : {"<svg ", "&lt;&amp;&gt;", ">90 %<", ">99.9 %<", "1 ms<", "µs<",
                               ">p50 500 µs<", ">max 1.00 ms<", "<polyline", "</svg>"})
    EXPECT_NE(svg.find(expected), std::string::npos) << expected;
  EXPECT_EQ(svg.find("nan"), std::string::npos);
  EXPECT_EQ(svg.find("inf"), std::string::npos);
}

TEST(load_report, the_picture_of_few_or_no_messages_is_whole) {
  for (const std::uint64_t count : {0, 1, 2, 3, 10, 11}) {
    load_results few;
    for (std::uint64_t i = 0; i < count; ++i)
      few.latency.record(i);
    const std::string svg = percentile_svg(some_options(), few);
    EXPECT_TRUE(svg.ends_with("</svg>\n"));
    EXPECT_EQ(svg.find("nan"), std::string::npos) << count;
    EXPECT_EQ(svg.find("inf"), std::string::npos) << count;
  }
}

TEST(load_report, numbers_are_grouped_by_thousands) {
  EXPECT_EQ(number_text(0), "0");
  EXPECT_EQ(number_text(999), "999");
  EXPECT_EQ(number_text(1000), "1,000");
  EXPECT_EQ(number_text(1234567), "1,234,567");
  EXPECT_EQ(number_text(-1234), "-1,234");
  EXPECT_EQ(number_text(-123), "-123");
}

TEST(load_report, times_and_sizes_have_three_digits_and_a_unit) {
  EXPECT_EQ(time_text(0), "0 ns");
  EXPECT_EQ(time_text(950), "950 ns");
  EXPECT_EQ(time_text(7432), "7.43 µs");
  EXPECT_EQ(time_text(12345), "12.3 µs");
  EXPECT_EQ(time_text(99'960), "100 µs");
  EXPECT_EQ(time_text(999'700), "1.00 ms");
  EXPECT_EQ(time_text(2.5e9), "2.50 s");
  EXPECT_EQ(time_text(2.5e12), "2500 s");
  EXPECT_EQ(bytes_text(812), "812 B");
  EXPECT_EQ(bytes_text(1024), "1.00 KiB");
  EXPECT_EQ(bytes_text(12'900'000), "12.3 MiB");
}

}  // namespace
}  // namespace actornet::load
