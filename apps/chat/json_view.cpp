#include "json_view.hpp"

#include <cstdio>

#include "actornet/proto/json.hpp"

namespace actornet::talk {

namespace {

std::string quoted(std::string_view text) {
  std::string json = "\"";
  for (const char each : text) {
    if (each == '"' || each == '\\') {
      json += '\\';
      json += each;
    } else if (static_cast<unsigned char>(each) < 0x20) {
      char escaped[8];
      std::snprintf(escaped, sizeof escaped, "\\u%04x", static_cast<unsigned>(each));
      json += escaped;
    } else {
      json += each;
    }
  }
  return json + "\"";
}

std::string milliseconds_of(net::duration length) {
  return std::to_string(std::chrono::ceil<std::chrono::milliseconds>(length).count());
}

std::string state_of(const phase_change& change) {
  switch (change.now) {
    case phase::connecting:
      return R"({"state":"connecting"})";
    case phase::open:
      return R"({"state":"open","user":)" + quoted(change.welcome.user()) + R"(,"server":)" +
             quoted(change.welcome.server()) + "}";
    case phase::draining:
      return R"({"state":"draining","retryMs":)" + milliseconds_of(change.wait) + "}";
    case phase::waiting:
      return R"({"state":"waiting","retryMs":)" + milliseconds_of(change.wait) + R"(,"error":)" +
             quoted(change.why ? change.why.message() : "") + "}";
    case phase::closed:
      break;
  }
  return R"({"state":"closed","reason":)" + quoted(change.reason) + R"(,"unacknowledged":)" +
         std::to_string(change.unsent) + "}";
}

}  // namespace

void json_view::on_phase(const phase_change& change) {
  write_(state_of(change) + "\n");
}

void json_view::on_event(const v1::Event& event, v1::Command::KindCase) {
  std::string json;
  if (proto::encode_json(event, json) == proto::codec_error::none)
    write_(json + "\n");
}

}  // namespace actornet::talk
