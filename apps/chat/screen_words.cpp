#include "screen_words.hpp"

#include <chrono>
#include <ctime>

namespace actornet::talk {

namespace {

std::string counted(std::uint64_t count, const std::string& one, const std::string& many) {
  return std::to_string(count) + " " + (count == 1 ? one : many);
}

std::string seconds_of(net::duration wait) {
  const auto whole = std::chrono::ceil<std::chrono::seconds>(wait).count();
  return std::to_string(whole) + " s";
}

std::string local_time(std::int64_t unix_ms, const char* format) {
  const auto seconds = static_cast<std::time_t>(unix_ms / 1000);
  std::tm parts{};
  char text[32];
  if (!::localtime_r(&seconds, &parts))
    return "?";
  return {text, std::strftime(text, sizeof text, format, &parts)};
}

const char* reason_of(v1::GapReason reason) {
  switch (reason) {
    case v1::GAP_REASON_NOT_KEPT:
      return "they are older than what the server keeps";
    case v1::GAP_REASON_NEW_EPOCH:
      return "the server started anew and had not kept them";
    case v1::GAP_REASON_SLOW_CONSUMER:
      return "we did not read them in time";
    default:
      return "the server did not say why";
  }
}

bool is_for_now(const v1::Failed& failed) {
  return failed.code() == v1::FAILURE_CODE_RATE_LIMITED ||
         failed.code() == v1::FAILURE_CODE_UNAVAILABLE;
}

}  // namespace

std::string words_of(const v1::Gap& gap) {
  const bool countable = gap.from().epoch() == gap.to().epoch();
  const std::uint64_t count = gap.to().offset() - gap.from().offset();
  return (countable ? counted(count, "message is", "messages are") : "messages are") +
         " missing here: " + reason_of(gap.reason());
}

std::string words_of(const v1::Members& members) {
  std::string text = counted(members.users(), "is here", "are here");
  for (int i = 0; i < members.names_size(); ++i)
    text += (i == 0 ? ": " : ", ") + members.names(i);
  return text;
}

std::string words_of(const v1::Failed& failed, v1::Command::KindCase of) {
  std::string text = failed.text().empty() ? "it did not work" : failed.text();
  if (of == v1::Command::kPublish)
    text = (is_for_now(failed) ? "not sent yet: " : "not sent: ") + text;
  else if (of == v1::Command::kJoin)
    text = "cannot join: " + text;
  else if (of == v1::Command::kHello)
    text = "the server does not let us in: " + text;
  if (failed.retry_after_ms() > 0)
    text += "; again in " + seconds_of(std::chrono::milliseconds(failed.retry_after_ms()));
  return text;
}

std::string words_of(const phase_change& change) {
  switch (change.now) {
    case phase::open:
      return "connected as " + change.welcome.user() +
             (change.welcome.open_to_all() ? "; nobody checks who is who here" : "");
    case phase::draining:
      return "the server ends soon, trying again in " + seconds_of(change.wait);
    case phase::waiting:
      if (!change.why)
        return {};
      return "no connection (" + change.why.message() + "), trying again in " +
             seconds_of(change.wait);
    case phase::closed:
      if (change.unsent == 0)
        return {};
      return counted(change.unsent, "message was", "messages were") + " not acknowledged";
    case phase::connecting:
      break;
  }
  return {};
}

std::string clock_time(std::int64_t unix_ms) {
  return local_time(unix_ms, "%H:%M");
}

std::string calendar_day(std::int64_t unix_ms) {
  return local_time(unix_ms, "%Y-%m-%d");
}

}  // namespace actornet::talk
