#include "actornet/web/http.hpp"

#include <gtest/gtest.h>

namespace actornet::web {
namespace {

TEST(http_request, finds_fields_and_tokens_in_any_case) {
  const http_request request{
      .method = "GET",
      .target = "/rooms?id=1",
      .fields = {{"Host", "here"}, {"connection", "keep-alive, Upgrade"}, {"Connection", "x"}},
      .body = {}};
  EXPECT_EQ(request.path(), "/rooms");
  ASSERT_TRUE(request.find("HOST"));
  EXPECT_EQ(*request.find("HOST"), "here");
  EXPECT_EQ(request.find("Origin"), nullptr);
  EXPECT_TRUE(request.has_token("Connection", "upgrade"));
  EXPECT_TRUE(request.has_token("Connection", "X"));
  EXPECT_FALSE(request.has_token("Connection", "grade"));
  EXPECT_FALSE(request.has_token("Upgrade", "websocket"));
}

TEST(http_response, says_how_long_its_body_is_and_whether_the_connection_goes_on) {
  EXPECT_EQ(to_bytes({200, {{"Content-Type", "text/html"}}, "hello"}, true, false),
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5\r\n"
            "Connection: keep-alive\r\n\r\nhello");
  EXPECT_EQ(to_bytes({404, {}, ""}, false, false),
            "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
}

TEST(http_response, has_no_body_where_there_must_be_none) {
  EXPECT_TRUE(to_bytes({200, {}, "hello"}, true, true)
                  .ends_with("Content-Length: 5\r\nConnection: keep-alive\r\n\r\n"));
  EXPECT_EQ(to_bytes({304, {}, "hello"}, true, false),
            "HTTP/1.1 304 Not Modified\r\nConnection: keep-alive\r\n\r\n");
}

TEST(http_response, a_value_cannot_begin_another_field) {
  EXPECT_NE(to_bytes({200, {{"Location", "/a\r\nSet-Cookie: b"}}, ""}, true, false)
                .find("Location: /a  Set-Cookie: b\r\n"),
            std::string::npos);
}

}  // namespace
}  // namespace actornet::web
