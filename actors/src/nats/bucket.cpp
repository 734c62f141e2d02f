#include "bucket.hpp"

#include <algorithm>
#include <charconv>
#include <span>
#include <system_error>

#include "actornet/log.hpp"
#include "actornet/nats/detail/json.hpp"
#include "actornet/nats/subject.hpp"

namespace actornet::nats {

using detail::json_member;
using detail::json_number;

namespace {

// Of JetStream's answers (`err_code`).
constexpr std::uint64_t already_there = 10058;
constexpr std::uint64_t wrong_last_sequence = 10071;

constexpr const char* lease_header = "Actornet-Lease";
constexpr const char* operation_header = "KV-Operation";
constexpr const char* expect_header = "Nats-Expected-Last-Subject-Sequence";

net::shared_bytes bytes_of(std::string_view text) {
  return net::shared_bytes::copy_of(std::as_bytes(std::span(text)));
}

std::string_view text_of(const message& what) {
  const auto bytes = what.payload.payload;
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::optional<std::uint64_t> number_in(const message& what, std::string_view header) {
  const std::string_view text = what.header_value(header);
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  if (text.empty() || std::from_chars(text.data(), end, number).ptr != end)
    return std::nullopt;
  return number;
}

// 0: it is no refusal.
std::uint64_t refusal_of(std::string_view answer) {
  const auto error = json_member(answer, "error");
  return error ? json_number(*error, "err_code").value_or(1) : 0;
}

result<std::uint64_t> revision_of(const result<message>& came) {
  if (!came)
    return came.error();
  const std::string_view answer = text_of(*came);
  if (const std::uint64_t refusal = refusal_of(answer))
    return refusal == wrong_last_sequence ? errc::wrong_revision : errc::unavailable;
  const auto sequence = json_number(answer, "seq");
  if (!sequence)
    return errc::unavailable;
  return *sequence;
}

}  // namespace

bucket::bucket(connection& over, const nats_directory_options& how)
    : over_(over), how_(how), name_(how.bucket) {
  const auto allowed = [](char each) {
    return (each >= '0' && each <= '9') || (each >= 'A' && each <= 'Z') ||
           (each >= 'a' && each <= 'z') || each == '-' || each == '_';
  };
  if (name_.empty() || !std::ranges::all_of(name_, allowed))
    throw std::system_error(errc::name_invalid, "nats: bucket '" + name_ + "'");
}

std::string bucket::subject_of(std::string_view key) const {
  return "$KV." + name_ + '.' + escaped_subject(key);
}

void bucket::ask(message what, told<message> done) {
  auto answered = [life = std::weak_ptr(life_), done = std::move(done)](result<message> came) {
    if (!life.expired())
      done(std::move(came));
  };
  over_.request(std::move(what), how_.answer_within, std::move(answered)).detach();
}

void bucket::ask(std::string subject, std::string_view text, told<message> done) {
  ask(message{.subject = std::move(subject), .payload = bytes_of(text)}, std::move(done));
}

void bucket::create(told<std::uint64_t> done) {
  const std::string all = "$KV." + name_ + ".>";
  const std::string text =
      R"({"name":")" + stream() + R"(","subjects":[")" + all + R"("],"retention":"limits",)" +
      R"("storage":")" + (how_.in_memory ? "memory" : "file") + R"(","num_replicas":)" +
      std::to_string(how_.replicas) + R"(,"max_msgs_per_subject":1,"max_msgs":)" +
      std::to_string(how_.keys_max) + R"(,"discard":"new","allow_direct":true,)" +
      R"("republish":{"src":")" + all + R"(","dest":")" + changes() + R"("}})";
  ask("$JS.API.STREAM.CREATE." + stream(), text, [done = std::move(done)](result<message> came) {
    if (!came)
      return done(came.error());
    const std::string_view answer = text_of(*came);
    const std::uint64_t refusal = refusal_of(answer);
    if (refusal != 0 && refusal != already_there) {
      log(log_level::warning, "nats: no bucket: " + std::string(answer));
      return done(errc::unavailable);
    }
    done(std::uint64_t{0});
  });
}

void bucket::write(const record& what, std::optional<std::uint64_t> expected,
                   told<std::uint64_t> done) {
  message sent{.subject = subject_of(what.key), .payload = bytes_of(what.value)};
  if (what.removed)
    sent.headers.push_back({operation_header, "DEL"});
  const auto lease = std::chrono::ceil<std::chrono::milliseconds>(what.lease).count();
  if (lease > 0)
    sent.headers.push_back({lease_header, std::to_string(lease)});
  if (expected)
    sent.headers.push_back({expect_header, std::to_string(*expected)});
  ask(std::move(sent),
      [done = std::move(done)](const result<message>& came) { done(revision_of(came)); });
}

void bucket::look(std::string_view question, told<record> done) {
  ask("$JS.API.DIRECT.GET." + stream(), question,
      [this, done = std::move(done)](const result<message>& came) {
        if (!came)
          return done(came.error());
        if (came->status() == 404)
          return done(errc::not_found);
        auto found = record_of(*came);
        if (!found)
          return done(errc::unavailable);
        done(*std::move(found));
      });
}

void bucket::last(std::string_view key, told<record> done) {
  look(R"({"last_by_subj":")" + subject_of(key) + R"("})", std::move(done));
}

void bucket::next(std::uint64_t from, told<record> done) {
  look(R"({"seq":)" + std::to_string(from) + R"(,"next_by_subj":"$KV.)" + name_ + R"(.>"})",
       std::move(done));
}

void bucket::erase(std::uint64_t revision) {
  ask("$JS.API.STREAM.MSG.DELETE." + stream(),
      R"({"seq":)" + std::to_string(revision) + R"(,"no_erase":true})",
      [](const result<message>&) {});  // one that stays costs its place only
}

void bucket::last_revision(told<std::uint64_t> done) {
  ask("$JS.API.STREAM.INFO." + stream(), "", [done = std::move(done)](const result<message>& came) {
    if (!came)
      return done(came.error());
    const auto state = json_member(text_of(*came), "state");
    const auto last = state ? json_number(*state, "last_seq") : std::nullopt;
    done(last ? result<std::uint64_t>(*last) : errc::unavailable);
  });
}

std::optional<record> bucket::record_of(const message& what) const {
  const std::string prefix = "$KV." + name_ + '.';
  const std::string_view subject = what.header_value("Nats-Subject");
  const auto revision = number_in(what, "Nats-Sequence");
  if (!subject.starts_with(prefix) || !revision || *revision == 0)
    return std::nullopt;
  auto key = unescaped_subject(subject.substr(prefix.size()));
  if (!key || what.payload.payload.size() > cluster::directory::value_bytes_max)
    return std::nullopt;
  constexpr std::uint64_t lease_max = 1'000'000'000'000;  // 31 years
  const std::uint64_t lease = std::min(number_in(what, lease_header).value_or(0), lease_max);
  return record{*std::move(key), std::string(text_of(what)), *revision,
                std::chrono::milliseconds(lease), !what.header_value(operation_header).empty()};
}

}  // namespace actornet::nats
