// The admin pages: what is on them, and that they are there while the server drains.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <limits>
#include <stdexcept>

#include "actornet/log.hpp"
#include "common/admin_pages.hpp"
#include "common/admin_server.hpp"
#include "common/loop_health.hpp"
#include "common/metrics_text.hpp"
#include "plain_client.hpp"

namespace actornet::apps {
namespace {

using namespace std::chrono_literals;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

runtime_options two_loops() {
  runtime_options options;
  options.loops = 2;
  options.stall_budget = 0s;
  return options;
}

web::http_request get(const std::string& target) {
  web::http_request request;
  request.method = "GET";
  request.target = target;
  return request;
}

// -- the format -----------------------------------------------------------------------------------

TEST(metrics_text, is_prometheus_text_format) {
  metrics_text page;
  page.family("chat_messages_total", metrics_text::kind::counter, "Messages\\ by\nway.");
  page.sample(7, {{"over", "tcp"}, {"odd", "a\"b\\c\nd"}});
  page.sample(std::numeric_limits<std::uint64_t>::max());
  page.gauge("load", "", 0.25);
  EXPECT_EQ(page.text(),
            "# HELP chat_messages_total Messages\\\\ by\\nway.\n"
            "# TYPE chat_messages_total counter\n"
            "chat_messages_total{over=\"tcp\",odd=\"a\\\"b\\\\c\\nd\"} 7\n"
            "chat_messages_total 18446744073709551615\n"
            "# HELP load \n# TYPE load gauge\nload 0.25\n");
}

TEST(metrics_text, numbers_that_are_none_have_names) {
  metrics_text page;
  page.gauge("a", "", std::numeric_limits<double>::infinity());
  page.gauge("b", "", std::numeric_limits<double>::quiet_NaN());
  EXPECT_THAT(page.text(), HasSubstr("\na +Inf\n"));
  EXPECT_THAT(page.text(), HasSubstr("\nb NaN\n"));
}

TEST(metrics_text, mistakes_of_the_program_throw) {
  metrics_text page;
  EXPECT_THROW(page.sample(1), std::invalid_argument);
  page.gauge("a", "", 1);
  EXPECT_THROW(page.gauge("a", "", 1), std::invalid_argument);
  EXPECT_THROW(page.gauge("1a", "", 1), std::invalid_argument);
  EXPECT_THROW(page.gauge("", "", 1), std::invalid_argument);
  EXPECT_THROW(page.gauge("a-b", "", 1), std::invalid_argument);
  EXPECT_THROW(page.counter("messages", "", 1), std::invalid_argument);
  EXPECT_THROW(page.sample(1, {{"a:b", ""}}), std::invalid_argument);
}

TEST(metrics_text, a_page_has_a_limit) {
  metrics_text page;
  const std::string long_value(metrics_text::bytes_max, 'x');
  page.family("a", metrics_text::kind::gauge, "");
  EXPECT_THROW(page.sample(1, {{"l", long_value}}), std::length_error);
}

// -- pages ----------------------------------------------------------------------------------------

TEST(admin_pages, metrics_are_those_of_the_runtime_and_of_the_application) {
  runtime rt(two_loops());
  rt.loops().at(0).counted.frames_received.add(3);
  rt.loops().at(1).counted.frames_received.add(4);
  admin_pages pages(rt);
  pages.add_metrics([](metrics_text& page) { page.gauge("chat_rooms", "Rooms.", 12); });
  const web::http_response page = pages.answer(get("/metrics"), {});
  EXPECT_EQ(page.status, 200u);
  EXPECT_EQ(page.fields.front().value, "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_THAT(page.body, HasSubstr("\nactornet_frames_received_total 7\n"));
  EXPECT_THAT(page.body, HasSubstr("\nactornet_loops 2\n"));
  EXPECT_THAT(page.body, HasSubstr("\nactornet_draining 0\n"));
  EXPECT_THAT(page.body, HasSubstr("\nactornet_build_info{version=\"0.1.0\"} 1\n"));
  EXPECT_THAT(page.body, EndsWith("chat_rooms 12\n"));
}

TEST(admin_pages, a_server_is_ready_between_start_and_drain) {
  runtime rt(two_loops());
  admin_pages pages(rt);
  EXPECT_EQ(pages.answer(get("/readyz"), {}).status, 503u);
  rt.start();
  EXPECT_EQ(pages.answer(get("/readyz?verbose"), {}).status, 200u);
  rt.drain(1s, {});
  EXPECT_EQ(pages.answer(get("/readyz"), {}).body, "draining\n");
  EXPECT_EQ(pages.answer(get("/healthz"), {}).status, 200u);
  rt.stop();
}

TEST(admin_pages, only_reading_is_allowed) {
  runtime rt(two_loops());
  admin_pages pages(rt);
  web::http_request request = get("/metrics");
  request.method = "POST";
  EXPECT_EQ(pages.answer(request, {}).status, 405u);
  request.method = "HEAD";
  EXPECT_EQ(pages.answer(request, {}).status, 200u);
  EXPECT_EQ(pages.answer(get("/nothing"), {}).status, 404u);
}

TEST(admin_pages, an_application_adds_pages_of_its_own) {
  runtime rt(two_loops());
  admin_pages pages(rt);
  const auto page = [](const web::http_request&) { return web::http_response{200, {}, "rooms"}; };
  pages.add_page("/debug/rooms", page);
  EXPECT_EQ(pages.answer(get("/debug/rooms"), {}).body, "rooms");
  EXPECT_THAT(pages.answer(get("/"), {}).body, HasSubstr("/debug/rooms\n"));
  EXPECT_THAT(pages.answer(get("/debug/loops"), {}).body, HasSubstr("\n1 0 0 0"));
  EXPECT_THROW(pages.add_page("/debug/rooms", page), std::invalid_argument);
  EXPECT_THROW(pages.add_page("/metrics", page), std::invalid_argument);
  EXPECT_THROW(pages.add_page("rooms", page), std::invalid_argument);
}

// -- loops that hang ------------------------------------------------------------------------------

TEST(loop_health, a_loop_found_in_one_turn_by_two_looks_far_apart_hangs) {
  struct obstacle {
    std::promise<void> reached;
    std::promise<void> removed;
    void block() {
      reached.set_value();
      removed.get_future().wait();
    }
  } rock;
  runtime rt(two_loops());
  loop_health health(rt.loops());
  EXPECT_FALSE(health.find_stuck(net::time_point(1h))) << "loops that do not run do not hang";
  rt.start();
  rt.loops().at(1).post(net::entry_of<&obstacle::block>(rock));
  rock.reached.get_future().wait();
  EXPECT_FALSE(health.find_stuck(net::time_point(2h)));
  EXPECT_FALSE(health.find_stuck(net::time_point(2h + loop_health::stuck_after - 1ns)));
  EXPECT_EQ(health.find_stuck(net::time_point(2h + loop_health::stuck_after)), 1u);
  rock.removed.set_value();
  rt.stop();
  EXPECT_FALSE(health.find_stuck(net::time_point(5h)));
}

// -- over HTTP ------------------------------------------------------------------------------------

/// What the server says to a request, to the end of the connection.
std::string fetch(std::uint16_t port, const std::string& request) {
  echo::plain_client client(port);
  client.send_some(request);
  std::string text;
  constexpr int a_minute = 60'000;
  while (client.readable_within(a_minute))
    if (client.receive_some(text) != echo::plain_client::outcome::bytes)
      break;
  return text;
}

std::string fetch_page(std::uint16_t port, const std::string& path) {
  return fetch(port, "GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
}

task<> wait_for_end(byte_stream peer) {
  co_await peer.read();
}

TEST(admin_server, pages_are_served_until_the_drain_is_over) {
  runtime rt(two_loops());
  listen_options patient = runtime::default_options<task<> (*)(byte_stream)>();
  patient.stream.linger_timeout = 1h;
  const std::uint16_t port = rt.listen("tcp://127.0.0.1:0", wait_for_end, patient).port;
  const std::uint16_t admin =
      serve_admin(rt, "tcp://127.0.0.1:0", std::make_unique<admin_pages>(rt)).port;
  EXPECT_THAT(fetch_page(admin, "/readyz"), StartsWith("HTTP/1.1 503 "));
  rt.start();
  EXPECT_THAT(fetch_page(admin, "/readyz"), StartsWith("HTTP/1.1 200 "));
  echo::plain_client client(port);
  while (rt.connections() == 0)
    EXPECT_THAT(fetch_page(admin, "/healthz"), EndsWith("\r\n\r\nok\n"));
  std::promise<std::size_t> over;
  rt.drain(1min, [&over](std::size_t cut) { over.set_value(cut); });
  EXPECT_THAT(fetch_page(admin, "/readyz"), EndsWith("\r\n\r\ndraining\n"));
  EXPECT_THAT(fetch_page(admin, "/metrics"), HasSubstr("\nactornet_connections 1\n"));
  client.close();
  EXPECT_EQ(over.get_future().get(), 0u);
  rt.stop();
  EXPECT_FALSE(echo::plain_client(admin).is_open());
}

TEST(admin_server, a_page_that_throws_is_500_and_the_others_stay) {
  runtime rt(two_loops());
  auto pages = std::make_unique<admin_pages>(rt);
  pages->add_metrics([](metrics_text& page) { page.gauge("not a name", "", 1); });
  const std::uint16_t admin = serve_admin(rt, "tcp://127.0.0.1:0", std::move(pages)).port;
  set_log_sink([](log_level, std::string_view) {});
  EXPECT_THAT(fetch_page(admin, "/metrics"), StartsWith("HTTP/1.1 500 "));
  set_log_sink(nullptr);
  EXPECT_THAT(fetch_page(admin, "/healthz"), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(fetch(admin, "BAD\r\n\r\n"), StartsWith("HTTP/1.1 400 "));
}

TEST(admin_server, an_address_in_use_is_a_mistake_of_the_setup) {
  runtime rt(two_loops());
  const net::endpoint taken =
      serve_admin(rt, "tcp://127.0.0.1:0", std::make_unique<admin_pages>(rt));
  EXPECT_THROW(serve_admin(rt, net::to_string(taken), std::make_unique<admin_pages>(rt)),
               std::system_error);
}

}  // namespace
}  // namespace actornet::apps
