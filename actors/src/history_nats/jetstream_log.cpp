#include "jetstream_log.hpp"

#include <system_error>

#include "actornet/log.hpp"
#include "actornet/nats/detail/json.hpp"
#include "actornet/nats/subject.hpp"

namespace actornet::nats::detail {

namespace {

using cluster::detail::completion;
using cluster::detail::mailboxes;
using rooms::log_appended;
using rooms::log_end;
using rooms::log_record;

constexpr int status_none = 404;
constexpr const char* date_token = "%date";  // no channel's: `%` is two digits' beginning

std::string_view text_of(const message& what) {
  return {reinterpret_cast<const char*>(what.payload.payload.data()), what.payload.payload.size()};
}

net::shared_bytes bytes_of(std::string_view text) {
  return net::shared_bytes::copy_of(std::as_bytes(std::span(text)));
}

std::uint64_t number_of(std::string_view text) {
  return number_in(text).value_or(0);
}

}  // namespace

// A channel's subscription.
class jetstream_log::following final : public cluster::subscription::state, private message_sink {
 public:
  following(jetstream_log& in, const place& where, rooms::log_follower& sink)
      : shard(where.shard),
        in_(in),
        sink_(sink),
        hears_(in.over_.subscribe(in.names_.out(where.shard, where.token), {}, *this)) {
    in_.followers_.insert(this);
  }
  ~following() override { in_.followers_.erase(this); }

  void interrupted() { sink_.on_interrupted(); }

  const std::size_t shard;

 private:
  void on_message(const message& what) override {
    sink_.on_record({number_of(what.header_value("Nats-Sequence")),
                     number_of(what.header_value("Nats-Last-Sequence")), what.payload});
  }
  void on_lagged(std::uint64_t) override { sink_.on_interrupted(); }

  jetstream_log& in_;
  rooms::log_follower& sink_;
  const cluster::subscription hears_;
};

jetstream_log::jetstream_log(connection& over, const nats_history_options& options)
    : over_(over),
      options_(options),
      names_(options),
      streams_(options.shards),
      date_(over, names_.stream(0), names_.in(0, date_token)),
      box_(over.home()) {
  box_.push([this] { watches_ = over_.watch_state(*this); });
}

jetstream_log::~jetstream_log() {
  box_.close();
}

jetstream_log::place jetstream_log::place_of(std::string_view channel) const {
  return {names_.shard_of(channel), escaped_token(channel)};
}

// -- the streams ----------------------------------------------------------------------------------

// Who comes back may find other streams than it left.
void jetstream_log::on_state(cluster::bus_state now) {
  if (now != cluster::bus_state::up)
    return;
  for (stream& each : streams_)
    each.log = 0;
  look();
}

void jetstream_log::look() {
  if (!over_.up())
    return;
  for (std::size_t shard = 0; shard < streams_.size(); ++shard)
    if (streams_[shard].log == 0 && !streams_[shard].asking)
      make(shard);
}

// What is there already with this configuration is answered as if it were made.
void jetstream_log::make(std::size_t shard) {
  streams_[shard].asking = true;
  message what{.subject = "$JS.API.STREAM.CREATE." + names_.stream(shard),
               .payload = bytes_of(stream_configuration(names_, shard, options_))};
  auto told = [this, shard](const result<message>& answer) {
    if (answer && error_of(text_of(*answer)) == error_name_in_use)
      return describe(shard);
    take_stream(shard, answer);
  };
  streams_[shard].asked = over_.request(std::move(what), make_timeout, std::move(told));
}

void jetstream_log::describe(std::size_t shard) {
  auto told = [this, shard](const result<message>& answer) { take_stream(shard, answer); };
  streams_[shard].asked = over_.request({.subject = "$JS.API.STREAM.INFO." + names_.stream(shard)},
                                        make_timeout, std::move(told));
}

void jetstream_log::take_stream(std::size_t shard, const result<message>& answer) {
  stream& of = streams_[shard];
  of.asking = false;
  const std::string_view text = answer ? text_of(*answer) : std::string_view();
  const auto created = json_member(text, "created");
  if (answer && error_of(text) == 0 && created &&
      suits(json_member(text, "config").value_or("{}"))) {
    of.log = log_number(*created);
    if (shard == 0)
      date_.start();
    for (following* const each : followers_)
      if (each->shard == shard)
        each->interrupted();
    return;
  }
  if (!std::exchange(said_, true))
    log(log_level::warning, "history: stream " + names_.stream(shard) + " cannot be used: " +
                                (answer ? std::string(text) : answer.error().message()));
  home().timers().arm(again_, home().now() + try_again);
}

// An answer says that the stream may not be there any more.
void jetstream_log::doubt(std::size_t shard) {
  streams_[shard].log = 0;
  if (!again_.armed())
    home().timers().arm(again_, home().now() + try_again);
}

// -- questions ------------------------------------------------------------------------------------

template <class Answer, class Read>
cluster::operation jetstream_log::ask(std::size_t shard, message what,
                                      std::function<void(Answer)> done, Read read) {
  if (!ready(shard) || !date_.known()) {
    auto told = std::make_shared<completion<Answer>>(std::move(done));
    mailboxes::answer(box_, told, Answer(errc::disconnected));
    return cluster::operation(told);
  }
  auto told = [this, shard, done = std::move(done),
               read = std::move(read)](const result<message>& answer) {
    const Answer outcome = answer ? read(*answer) : Answer(answer.error());
    if (outcome.error() == errc::unavailable)
      doubt(shard);
    done(outcome);
  };
  return over_.request(std::move(what), options_.request_timeout, std::move(told));
}

// The leader answers this one, and it knows best.
cluster::operation jetstream_log::end_of(std::string_view channel, end_done done) {
  const auto [shard, token] = place_of(channel);
  const std::string what = R"({"last_by_subj":")" + names_.in(shard, token) + R"("})";
  auto read = [log = streams_[shard].log](const message& answer) -> result<log_end> {
    const std::uint64_t error = error_of(text_of(answer));
    if (error == error_no_message)
      return log_end{0, log};
    const auto newest = json_member(text_of(answer), "message");
    const auto number = newest ? json_number(*newest, "seq") : std::nullopt;
    if (error != 0 || !number)
      return errc::unavailable;
    return log_end{*number, log};
  };
  return ask<result<log_end>>(
      shard,
      {.subject = "$JS.API.STREAM.MSG.GET." + names_.stream(shard), .payload = bytes_of(what)},
      std::move(done), std::move(read));
}

cluster::operation jetstream_log::read(std::string_view channel, std::uint64_t number,
                                       record_done done) {
  using found = std::optional<log_record>;
  const auto [shard, token] = place_of(channel);
  const std::string what = R"({"seq":)" + std::to_string(number) + R"(,"next_by_subj":")" +
                           names_.in(shard, token) + R"("})";
  auto read = [](const message& answer) -> result<found> {
    if (answer.status() == status_none)
      return found();
    const std::uint64_t at = number_of(answer.header_value("Nats-Sequence"));
    if (at == 0)
      return errc::unavailable;
    return found(log_record{at, 0, answer.payload});
  };
  return ask<result<found>>(
      shard, {.subject = "$JS.API.DIRECT.GET." + names_.stream(shard), .payload = bytes_of(what)},
      std::move(done), std::move(read));
}

cluster::operation jetstream_log::append(std::string_view channel, std::uint64_t expected,
                                         const net::shared_bytes& payload, append_done done) {
  const auto [shard, token] = place_of(channel);
  message what{.subject = names_.in(shard, token),
               .payload = payload,
               .headers = {{"Nats-Expected-Stream", names_.stream(shard)},
                           {"Nats-Expected-Last-Subject-Sequence", std::to_string(expected)}}};
  auto read = [](const message& answer) -> result<log_appended> {
    if (const auto outcome = outcome_of(text_of(answer)))
      return *outcome;
    return errc::unavailable;
  };
  return ask<result<log_appended>>(shard, std::move(what), std::move(done), std::move(read));
}

cluster::subscription jetstream_log::follow(std::string_view channel, rooms::log_follower& sink) {
  return cluster::subscription(std::make_unique<following>(*this, place_of(channel), sink));
}

}  // namespace actornet::nats::detail
