#include "server_date.hpp"

#include "actornet/nats/detail/json.hpp"
#include "stream_words.hpp"

namespace actornet::nats::detail {

namespace {

std::int64_t ms_of(net::time_point when) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(when.time_since_epoch()).count();
}

std::string_view text_of(const message& what) {
  return {reinterpret_cast<const char*>(what.payload.payload.data()), what.payload.payload.size()};
}

net::shared_bytes bytes_of(std::string_view text) {
  return net::shared_bytes::copy_of(std::as_bytes(std::span(text)));
}

}  // namespace

std::int64_t server_date::now_ms() const {
  net::loop& home = over_.home();
  return known_ ? ms_of(home.now()) + offset_ms_ : home.wall_now().time_since_epoch().count();
}

void server_date::ask() {
  if (asking_)
    return;
  asking_ = true;
  stored_after_ = over_.home().fresh_now();
  auto told = [this](const result<message>& answer) {
    stored_before_ = over_.home().fresh_now();
    const auto number = answer ? json_number(text_of(*answer), "seq") : std::nullopt;
    if (number && *number > 0)
      look_up(*number);
    else
      again(try_again);
  };
  asked_ = over_.request({.subject = subject_}, timeout, std::move(told));
}

void server_date::look_up(std::uint64_t number) {
  const std::string what = R"({"seq":)" + std::to_string(number) + '}';
  auto told = [this](const result<message>& answer) {
    if (answer)
      take(text_of(*answer));
    again(known_ ? ask_every : try_again);
  };
  asked_ =
      over_.request({.subject = "$JS.API.STREAM.MSG.GET." + stream_, .payload = bytes_of(what)},
                    timeout, std::move(told));
}

void server_date::take(std::string_view answer) {
  const auto stored = json_member(answer, "message");
  const auto date = stored ? json_member(*stored, "time") : std::nullopt;
  const auto stored_ms = date ? unix_ms_of(*date) : std::nullopt;
  if (!stored_ms)
    return;
  offset_ms_ = *stored_ms - (ms_of(stored_after_) + ms_of(stored_before_)) / 2;
  known_ = true;
}

void server_date::again(net::duration wait) {
  asking_ = false;
  over_.home().timers().arm(again_, over_.home().now() + wait);
}

}  // namespace actornet::nats::detail
