#include "stream_words.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>

#include "actornet/nats/detail/json.hpp"

namespace actornet::nats::detail {

namespace {

// FNV-1a, 64 bits.
std::uint64_t hash_of(std::string_view text) noexcept {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char each : text)
    hash = (hash ^ static_cast<unsigned char>(each)) * 0x100000001b3U;
  return hash;
}

// 0 means no limit here, -1 there.
std::string limit(std::size_t number) {
  return number == 0 ? "-1" : std::to_string(number);
}

// How many records of a channel may be needed: one may have but one message, and one begins it.
std::size_t records_max(const rooms::retention& keep) {
  return keep.ids_max == 0 ? 0 : std::max(keep.messages_max, keep.ids_max) + 1;
}

std::int64_t age_max_ms(const rooms::retention& keep) {
  const bool for_ever = keep.age_max_ms == 0 || keep.ids_age_max_ms == 0;
  return for_ever ? 0 : std::max(keep.age_max_ms, keep.ids_age_max_ms);
}

}  // namespace

std::size_t stream_names::shard_of(std::string_view channel) const noexcept {
  return static_cast<std::size_t>(hash_of(channel) % shards_);
}

std::string stream_names::stream(std::size_t shard) const {
  return space_ + "_rooms_" + std::to_string(shard);
}

std::string stream_names::in(std::size_t shard, std::string_view token) const {
  return space_ + ".rin." + std::to_string(shard) + '.' + std::string(token);
}

std::string stream_names::out(std::size_t shard, std::string_view token) const {
  return space_ + ".rout." + std::to_string(shard) + '.' + std::string(token);
}

std::string stream_configuration(const stream_names& names, std::size_t shard,
                                 const nats_history_options& options) {
  const rooms::retention& keep = options.log.keep;
  const std::string age = std::to_string(age_max_ms(keep)) + (age_max_ms(keep) ? "000000" : "");
  return R"({"name":")" + names.stream(shard) + R"(","subjects":[")" + names.in(shard, ">") +
         R"("],"retention":"limits","max_consumers":-1,"max_msgs":-1,"max_msg_size":-1,)" +
         R"("max_bytes":)" + limit(options.stream_bytes_max) + R"(,"max_age":)" + age +
         R"(,"max_msgs_per_subject":)" + limit(records_max(keep)) +
         R"(,"discard":"old","storage":"file","num_replicas":)" + std::to_string(options.replicas) +
         R"(,"allow_direct":true,"republish":{"src":")" + names.in(shard, ">") + R"(","dest":")" +
         names.out(shard, ">") + R"("}})";
}

bool suits(std::string_view configuration) {
  return json_member(configuration, "allow_direct") == "true" &&
         json_member(configuration, "republish").has_value();
}

std::uint64_t error_of(std::string_view answer) {
  const auto error = json_member(answer, "error");
  return error ? json_number(*error, "err_code").value_or(1) : 0;
}

std::optional<rooms::log_appended> outcome_of(std::string_view answer) {
  const std::uint64_t error = error_of(answer);
  if (error == 0) {
    const auto number = json_number(answer, "seq");
    if (!number || *number == 0)
      return std::nullopt;
    return rooms::log_appended{*number, false};
  }
  if (error != error_wrong_last)
    return std::nullopt;
  const auto text = json_member(*json_member(answer, "error"), "description");
  const auto before = text ? text->rfind(' ') : std::string_view::npos;
  const auto newest =
      before == std::string_view::npos ? std::nullopt : number_in(text->substr(before + 1));
  return newest ? std::optional(rooms::log_appended{*newest, true}) : std::nullopt;
}

std::optional<std::uint64_t> number_in(std::string_view digits) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size())
    return std::nullopt;
  return number;
}

std::optional<std::int64_t> unix_ms_of(std::string_view date) {
  if (date.size() < 20 || date.back() != 'Z' || date[4] != '-' || date[7] != '-' ||
      date[10] != 'T' || date[13] != ':' || date[16] != ':')
    return std::nullopt;
  std::string fraction(date.substr(19, date.size() - 20));
  if (!fraction.empty() && fraction[0] != '.')
    return std::nullopt;
  fraction = (fraction.empty() ? fraction : fraction.substr(1)) + "000";
  const auto year = number_in(date.substr(0, 4)), month = number_in(date.substr(5, 2)),
             day = number_in(date.substr(8, 2)), hour = number_in(date.substr(11, 2)),
             minute = number_in(date.substr(14, 2)), second = number_in(date.substr(17, 2)),
             milliseconds = number_in(std::string_view(fraction).substr(0, 3));
  if (!year || !month || !day || !hour || !minute || !second || !milliseconds)
    return std::nullopt;
  const std::chrono::year_month_day when{std::chrono::year(static_cast<int>(*year)),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!when.ok())
    return std::nullopt;
  const std::chrono::milliseconds since =
      std::chrono::sys_days(when).time_since_epoch() + std::chrono::hours(*hour) +
      std::chrono::minutes(*minute) + std::chrono::seconds(*second) +
      std::chrono::milliseconds(*milliseconds);
  return since.count();
}

std::uint64_t log_number(std::string_view date) noexcept {
  return hash_of(date) | 1;
}

}  // namespace actornet::nats::detail
