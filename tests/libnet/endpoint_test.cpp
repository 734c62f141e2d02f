#include "actornet/net/endpoint.hpp"

#include <gtest/gtest.h>

namespace actornet::net {
namespace {

using scheme = endpoint::scheme;

endpoint tcp(std::string host, std::uint16_t port) {
  return {scheme::tcp, std::move(host), port};
}

endpoint unix_path(std::string path) {
  return {scheme::local, std::move(path), 0};
}

void expect_parsed(std::string_view uri, const endpoint& expected) {
  const auto parsed = parse_endpoint(uri);
  ASSERT_TRUE(parsed) << uri;
  EXPECT_EQ(*parsed, expected) << uri << " gives " << to_string(*parsed);
}

void expect_invalid(std::string_view uri) {
  const auto parsed = parse_endpoint(uri);
  EXPECT_FALSE(parsed) << uri << " gives " << to_string(*parsed);
  EXPECT_EQ(parsed.error(), errc::address_invalid) << uri;
}

TEST(endpoint, tcp_takes_an_ipv4_address_and_a_port) {
  expect_parsed("tcp://127.0.0.1:7411", tcp("127.0.0.1", 7411));
  expect_parsed("tcp://0.0.0.0:0", tcp("0.0.0.0", 0));
  expect_parsed("tcp://255.255.255.255:65535", tcp("255.255.255.255", 65535));
}

TEST(endpoint, tcp_takes_a_host_name) {
  expect_parsed("tcp://localhost:80", tcp("localhost", 80));
  expect_parsed("tcp://a-b.Example.org:80", tcp("a-b.Example.org", 80));
  expect_parsed("tcp://db_1.internal.:80", tcp("db_1.internal.", 80));
  expect_parsed("tcp://4you.example:80", tcp("4you.example", 80));
}

TEST(endpoint, tcp_takes_an_ipv6_address_in_brackets) {
  for (std::string host : {"::", "::1", "1::", "fe80::1", "2001:DB8:0:1:2:3:4:5",
                           "1:2:3:4:5:6:7::", "::ffff:192.0.2.1", "1:2:3:4:5:6:1.2.3.4"})
    expect_parsed("tcp://[" + host + "]:7411", tcp(host, 7411));
}

TEST(endpoint, an_ipv6_zone_is_taken_encoded_and_bare) {
  expect_parsed("tcp://[fe80::1%25eth0]:1", tcp("fe80::1%eth0", 1));
  expect_parsed("tcp://[fe80::1%eth0]:1", tcp("fe80::1%eth0", 1));
}

TEST(endpoint, what_is_spoken_there_stands_in_the_scheme) {
  using protocol = endpoint::protocol;
  expect_parsed("tls://h:1", {scheme::tcp, "h", 1, protocol::tls});
  expect_parsed("http://h:1", {scheme::tcp, "h", 1, protocol::http});
  expect_parsed("ws://h:1", {scheme::tcp, "h", 1, protocol::ws});
  expect_parsed("WSS://[::1]:1", {scheme::tcp, "::1", 1, protocol::wss});
}

TEST(endpoint, without_a_port_it_is_that_of_the_scheme) {
  using protocol = endpoint::protocol;
  expect_parsed("tcp://h", tcp("h", 7411));
  expect_parsed("tcp://[::1]", tcp("::1", 7411));
  expect_parsed("http://h", {scheme::tcp, "h", 7412, protocol::http});
  expect_parsed("ws://h/x", {scheme::tcp, "h", 7412, protocol::ws, "/x"});
  expect_parsed("tls://h", {scheme::tcp, "h", 7413, protocol::tls});
  expect_parsed("wss://h", {scheme::tcp, "h", 7413, protocol::wss});
}

TEST(endpoint, a_web_address_may_have_a_path_and_a_query_that_stay_as_they_are) {
  for (const char* path : {"/", "/ws", "/a/b%20c/?token=a.b-c~d&x=%2F", "//@:!$'()*+,;="})
    expect_parsed("ws://h:1" + std::string(path),
                  {scheme::tcp, "h", 1, endpoint::protocol::ws, path});
  const std::string longest = "/" + std::string(2047, 'p');
  expect_parsed("wss://h:1" + longest, {scheme::tcp, "h", 1, endpoint::protocol::wss, longest});
  expect_invalid("wss://h:1" + longest + "p");
}

TEST(endpoint, a_wrong_path_is_invalid) {
  for (const char* uri :
       {"ws://h:1?a", "ws://h:1#a", "ws://h:1/#a", "ws://h:1/a b", "ws://h:1/\r\n", "ws://h:1/%",
        "ws://h:1/%2", "ws://h:1/%zz", "ws://h:1/\"", "ws://h:1/<", "ws://h:1/\xc3\xa4",
        "tls://h:1/", "ws:///a", "ws://u@h:1/"})
    expect_invalid(uri);
}

TEST(endpoint, sockets_know_only_the_transport) {
  EXPECT_EQ(parse_endpoint("wss://h:1/a")->transport(), tcp("h", 1));
  EXPECT_EQ(parse_endpoint("unix:///a")->transport(), unix_path("/a"));
}

TEST(endpoint, schemes_ignore_case) {
  expect_parsed("TCP://h:1", tcp("h", 1));
  expect_parsed("Unix:///tmp/s", unix_path("/tmp/s"));
}

TEST(endpoint, unix_takes_an_absolute_path) {
  expect_parsed("unix:///run/actornet/echo.sock", unix_path("/run/actornet/echo.sock"));
}

TEST(endpoint, unix_takes_a_name_in_the_abstract_namespace) {
  expect_parsed("unix://@echo", unix_path("@echo"));
}

TEST(endpoint, unix_paths_are_percent_decoded) {
  expect_parsed("unix:///tmp/a%20b%3Fc%25", unix_path("/tmp/a b?c%"));
  expect_parsed("unix:///tmp/a b", unix_path("/tmp/a b"));
}

TEST(endpoint, a_missing_or_unknown_scheme_is_invalid) {
  for (const char* uri :
       {"", "tcp", "tcp:", "tcp:/", "tcp:h:1", "127.0.0.1:7411", "udp://h:1", "https://h:1",
        "tcpx://h:1", "w://h:1", "unixx:///a", " tcp://h:1", "://h:1"})
    expect_invalid(uri);
}

TEST(endpoint, a_wrong_port_is_invalid) {
  for (const char* uri : {"tcp://h:", "tcp://h:x", "tcp://h:65536", "tcp://h:100000", "tcp://h:-1",
                          "tcp://h:+1", "tcp://h: 1", "tcp://h:1 ", "tcp://h:1/", "tcp://h:1?a",
                          "tcp://h:1:2", "tcp://[::1]:", "tcp://[::1]1"})
    expect_invalid(uri);
}

TEST(endpoint, a_wrong_host_is_invalid) {
  for (const char* uri :
       {"tcp://:1", "tcp://.:1", "tcp://a..b:1", "tcp://.a:1", "tcp://a..:1", "tcp://-a:1",
        "tcp://a-:1", "tcp://a b:1", "tcp://user@h:1", "tcp://*:1", "tcp://a/b:1", "tcp://h\n:1"})
    expect_invalid(uri);
  expect_invalid("tcp://" + std::string(64, 'a') + ":1");
  std::string long_name;
  while (long_name.size() <= 253)
    long_name += "abcdefg.";
  expect_invalid("tcp://" + long_name + ":1");
}

TEST(endpoint, a_host_that_ends_in_a_number_must_be_an_ipv4_address) {
  for (const char* uri : {"tcp://1:1", "tcp://127.1:1", "tcp://1.2.3.256:1", "tcp://1.2.3.4.5:1",
                          "tcp://01.2.3.4:1", "tcp://1.2.3.4.:1", "tcp://a.1:1"})
    expect_invalid(uri);
}

TEST(endpoint, a_wrong_ipv6_address_is_invalid) {
  for (const char* host : {"",
                           ":",
                           ":::",
                           "1",
                           "1:2:3:4:5:6:7",
                           "1:2:3:4:5:6:7:8:9",
                           "1:2:3:4:5:6:7:8::",
                           "1::2::3",
                           ":1:2:3:4:5:6:7",
                           "1:2:3:4:5:6:7:",
                           "12345::",
                           "g::",
                           "1.2.3.4",
                           "1.2.3.4::",
                           "::1.2.3",
                           "::1.2.3.4:5",
                           "fe80::1%",
                           "fe80::1%25",
                           "fe80::1%a/b",
                           "fe80::1%25abcdefghijklmnop"})
    expect_invalid("tcp://[" + std::string(host) + "]:1");
  for (const char* uri : {"tcp://::1:1", "tcp://[::1:1", "tcp://::1]:1", "tcp://[[::1]]:1"})
    expect_invalid(uri);
}

TEST(endpoint, a_wrong_unix_path_is_invalid) {
  for (const char* uri : {"unix://", "unix:///", "unix://@", "unix://tmp/s", "unix://h/tmp/s",
                          "unix:///a?b", "unix:///a#b", "unix:///a%", "unix:///a%2", "unix:///a%zz",
                          "unix:///a%00", "unix:///a\n", "unix://%2Ftmp", "unix://%40name"})
    expect_invalid(uri);
}

TEST(endpoint, a_unix_path_may_have_107_bytes) {
  const std::string longest = "/" + std::string(106, 'p');
  expect_parsed("unix://" + longest, unix_path(longest));
  expect_invalid("unix://" + longest + "p");
  expect_parsed("unix:///" + std::string(105, 'p') + "%20",
                unix_path("/" + std::string(105, 'p') + " "));
}

TEST(endpoint, a_nul_byte_is_invalid_everywhere) {
  expect_invalid(std::string_view("tcp://a\0b:1", 11));
  expect_invalid(std::string_view("unix:///a\0b", 11));
}

TEST(endpoint, writing_and_parsing_gives_the_same_again) {
  for (const endpoint& where :
       {tcp("127.0.0.1", 0), tcp("name.example.", 65535), tcp("::1", 1), tcp("fe80::1%eth0", 2),
        tcp("fe80::1%25", 2), unix_path("/a b%20?#\xc3\xa4\n\x7f"), unix_path("@name"),
        endpoint{scheme::tcp, "::1", 0, endpoint::protocol::wss, "/a?b"},
        endpoint{scheme::tcp, "h", 1, endpoint::protocol::tls}}) {
    const std::string uri = to_string(where);
    expect_parsed(uri, where);
  }
}

TEST(endpoint, is_written_as_a_uri) {
  EXPECT_EQ(to_string(tcp("127.0.0.1", 7411)), "tcp://127.0.0.1:7411");
  EXPECT_EQ(to_string(tcp("::1", 7411)), "tcp://[::1]:7411");
  EXPECT_EQ(to_string(tcp("fe80::1%eth0", 1)), "tcp://[fe80::1%25eth0]:1");
  EXPECT_EQ(to_string(unix_path("/tmp/a b")), "unix:///tmp/a%20b");
  EXPECT_EQ(to_string(unix_path("@name")), "unix://@name");
  EXPECT_EQ(to_string(*parse_endpoint("WS://[::1]:2/a?b")), "ws://[::1]:2/a?b");
}

}  // namespace
}  // namespace actornet::net
