// Endpoint URIs: what is parsed is written and parsed again as the same; addresses are those that
// the system's inet_pton takes.

#include <arpa/inet.h>

#include "actornet/net/endpoint.hpp"
#include "fuzz_support.hpp"

namespace actornet::fuzz {
namespace {

using net::endpoint;
using net::parse_endpoint;

void check_host(const endpoint& where) {
  require(where.host.find('\0') == std::string::npos, "a host has no NUL byte");
  if (where.kind == endpoint::scheme::tcp) {
    require(!where.host.empty() && where.host.size() <= 253, "a host is a name or an address");
    require(where.path.empty() || where.path[0] == '/', "a path begins with a slash");
    require(where.path.find_first_of(" \r\n\"<>#") == std::string::npos, "a path fits into HTTP");
    return;
  }
  require(where.port == 0, "a path has no port");
  require(where.host.size() >= 2 && where.host.size() <= 107, "a path fits into sun_path");
  require(where.host[0] == '/' || where.host[0] == '@', "a path is absolute or abstract");
}

void check_uri(const std::string& uri) {
  const auto parsed = parse_endpoint(uri);
  if (!parsed) {
    require(parsed.error() == errc::address_invalid, "the error is the documented one");
    return;
  }
  check_host(*parsed);
  const std::string written = to_string(*parsed);
  const auto again = parse_endpoint(written);
  require(again && *again == *parsed, "written and parsed again gives the same");
  require(to_string(*again) == written, "there is one way to write an endpoint");
}

bool system_takes(int family, const std::string& text) {
  in6_addr address;
  return inet_pton(family, text.c_str(), &address) == 1;
}

/// @p text as a host against the system's opinion.
void check_address(const std::string& text) {
  const bool digits_and_dots = text.find_first_not_of("0123456789.") == std::string::npos;
  if (digits_and_dots)
    require(bool(parse_endpoint("tcp://" + text + ":1")) == system_takes(AF_INET, text),
            "IPv4 addresses are those of inet_pton");
  if (text.find('%') == std::string::npos && text.find('\0') == std::string::npos)
    require(bool(parse_endpoint("tcp://[" + text + "]:1")) == system_takes(AF_INET6, text),
            "IPv6 addresses are those of inet_pton");
}

}  // namespace
}  // namespace actornet::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  actornet::fuzz::check_uri(text);
  actornet::fuzz::check_uri("tcp://" + text);
  actornet::fuzz::check_uri("unix://" + text);
  actornet::fuzz::check_uri("wss://" + text);
  actornet::fuzz::check_uri("ws://h/" + text);
  actornet::fuzz::check_address(text);
  return 0;
}
