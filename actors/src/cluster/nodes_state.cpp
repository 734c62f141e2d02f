#include "nodes_state.hpp"

#include <algorithm>
#include <chrono>

namespace actornet::cluster {

using detail::heard;
using detail::heartbeat;

namespace {

constexpr net::duration answer_within = std::chrono::milliseconds(50);  // a first heartbeat
constexpr net::duration beats_apart = std::chrono::milliseconds(100);  // at least, unless it drains
constexpr net::rate_limit log_lines{.per_second = 1, .burst = 10};
constexpr net::rate_limit refusals{.per_second = 5, .burst = 10};

std::string text_of(const node_info& node) {
  return "node " + node.name + " (" + node.kind + ' ' + node.version + ')';
}

std::string text_of(const schema_identity& schema) {
  return "schema " + std::to_string(schema.fingerprint) + " of major " +
         std::to_string(schema.major);
}

}  // namespace

nodes::state::state(net::loop& home, bus& between, node_info self, nodes_options options)
    : home_(home),
      between_(between),
      options_(std::move(options)),
      given_(std::move(self)),
      told_(given_),
      peers_(given_.schema, *this),
      judge_(options_, {}),
      attention_({}, options_.interval / 2),
      log_lines_(log_lines, {}),
      refusals_(refusals, {}),
      home_box_(home) {
  home_box_.push([this] { start(); });
}

void nodes::state::start() {
  began_ = home_.now();
  attention_ = detail::attention(began_, options_.interval / 2);
  hears_ = between_.subscribe(options_.subject, *this);
  hears_state_ = between_.watch_state(*this);
  on_beat();
  on_tick();
}

// -- what is heard --------------------------------------------------------------------------------

void nodes::state::on_published(const net::shared_bytes& payload) {
  if (const auto message = detail::decode(payload)) {
    std::visit([this](const auto& one) { hear(one); }, *message);
    return;
  }
  {
    const std::lock_guard guard(mutex_);
    ++counts_.malformed;
  }
  note(log_level::warning, "membership: a message that is none of version 1 was ignored");
}

void nodes::state::hear(const heartbeat& beat) {
  if (beat.node.name == given_.name)
    return hear_namesake(beat);
  heard what{};
  {
    const std::lock_guard guard(mutex_);
    what = peers_.hear(beat, {attentive(), home_.now()});
    count(what);
  }
  if (what == heard::ended || what == heard::incompatible)
    refuse(beat.node, what == heard::incompatible);
  if (what == heard::good && beat.first)
    beat_soon();
  judge();
}

// Ours come back to us, too.
void nodes::state::hear_namesake(const heartbeat& beat) {
  if (beat.node.boot == given_.boot)
    return;
  const net::duration age = home_.now() - began_;
  if (beat.age > age + detail::membership::clearly_older) {
    refuse(beat.node, false);
  } else if (age > beat.age + detail::membership::clearly_older) {
    hear(
        detail::refusal{given_.name, given_.boot, false, "its name was started anew", given_.name});
  }
}

void nodes::state::hear(const detail::goodbye& bye) {
  {
    const std::lock_guard guard(mutex_);
    peers_.leave(bye);
  }
  judge();
}

void nodes::state::hear(const detail::refusal& what) {
  if (what.name != given_.name || what.boot != given_.boot)
    return;
  {
    const std::lock_guard guard(mutex_);
    judge_.refuse(what, attentive());
  }
  note(log_level::error, "membership: this node is refused by " + what.by + ": " + what.why);
  judge();
}

void nodes::state::count(heard what) {
  ++counts_.heartbeats_heard;
  counts_.malformed += what == heard::malformed;
  counts_.replayed += what == heard::duplicate || what == heard::ended || what == heard::older;
  counts_.incompatible += what == heard::incompatible;
  counts_.over_limit += what == heard::over_limit;
}

void nodes::state::refuse(const node_info& node, bool incompatible) {
  if (!refusals_.take(home_.now()))
    return;
  std::string why = "its life ended here, or its name was started anew";
  if (incompatible)
    why = "it speaks " + text_of(node.schema) + ", which is not compatible with " +
          text_of(given_.schema);
  note(log_level::warning, "membership: refuses " + text_of(node) + ": " + why);
  const detail::refusal said{node.name, node.boot, incompatible, std::move(why), given_.name};
  static_cast<void>(between_.publish(options_.subject, detail::encode(said)));
}

void nodes::state::on_lagged(std::uint64_t lost) {
  const std::lock_guard guard(mutex_);
  counts_.lagged += lost;
  peers_.excuse(attentive());
}

void nodes::state::on_state(bus_state now) {
  {
    const std::lock_guard guard(mutex_);
    judge_.bus_is(now, attentive());
  }
  if (now == bus_state::up)
    beat_soon();
}

// -- what is told, under the mutex ----------------------------------------------------------------

void nodes::state::on_up(const node_info& node, std::uint64_t life) {
  note(log_level::info, "membership: " + text_of(node) + " is up");
  for (const auto& each : watchers_)
    each->up({life, node});
}

void nodes::state::on_down(const node_info& node, down_reason why) {
  note(log_level::info, "membership: " + text_of(node) + " is down: " + to_string(why));
  for (const auto& each : watchers_)
    each->down(node.name, why);
}

void nodes::state::on_changed(const node_info& node) {
  for (const auto& each : watchers_)
    each->changed(node);
}

void nodes::state::begin(detail::node_watcher& added) {
  peers_.for_each_up([&added](const node_info& node, std::uint64_t life) {
    added.up({life, node});
  });
}

void nodes::state::begin(detail::standing_watcher& added) {
  added.is(judge_.now(), judge_.why());
}

void nodes::state::note(log_level level, const std::string& line) {
  if (log_lines_.take(home_.now()))
    log(level, line);
}

// -- from time to time ----------------------------------------------------------------------------

void nodes::state::on_tick() {
  home_.timers().arm(tick_, home_.now() + options_.interval / 2);
  const bool attentive_now = attention_.look(home_.now());
  ask_probe();
  {
    const std::lock_guard guard(mutex_);
    counts_.stalls = attention_.stalls();
    if (!attentive_now)
      return;
    peers_.expire(attentive(), options_.silent_after);
    if (judge_.now() == standing::joined)
      peers_.forget(attentive() - options_.forget_after);
  }
  judge();
}

void nodes::state::judge() {
  const std::lock_guard guard(mutex_);
  const net::duration now = attentive();
  if (!judge_.judge(now, peers_.heard_since(now - options_.isolated_after), peers_.known()))
    return;
  if (judge_.now() == standing::isolated)
    ++counts_.isolated;
  note(judge_.now() == standing::isolated ? log_level::warning : log_level::info,
       std::string("membership: this node is ") + to_string(judge_.now()) + ": " + judge_.why());
  for (const auto& each : standing_watchers_)
    each->is(judge_.now(), judge_.why());
}

// Not all nodes at once: the pause varies by a tenth.
void nodes::state::on_beat() {
  beaten_ = home_.now();
  const auto tenth = static_cast<std::uint64_t>((options_.interval / 10).count()) + 1;
  const net::duration less(static_cast<net::duration::rep>(home_.random() % tenth));
  home_.timers().arm(beat_, beaten_ + options_.interval - less);
  heartbeat next;
  {
    const std::lock_guard guard(mutex_);
    if (judge_.replaced())
      return;
    next = {told_, ++number_, beaten_ - began_, peers_.up() == 0};
    ++counts_.heartbeats_sent;
  }
  static_cast<void>(between_.publish(options_.subject, detail::encode(next)));
}

void nodes::state::beat_soon() {
  if (!hears_)
    return;
  const auto within = static_cast<std::uint64_t>(answer_within.count());
  const net::duration pause(static_cast<net::duration::rep>(home_.random() % within));
  const net::time_point next = std::max(home_.now() + pause, beaten_ + beats_apart);
  if (next < beaten_ + options_.interval)
    home_.timers().arm(beat_, next);
}

// A question that is never answered is given up.
void nodes::state::ask_probe() {
  const net::time_point now = home_.now();
  if (!options_.probe || now - probe_began_ < options_.interval ||
      (probe_open_ && now - probe_began_ < options_.isolated_after))
    return;
  probe_open_ = true;
  probe_began_ = now;
  probing_ = options_.probe([this](const result<void>& outcome) {
    probe_open_ = false;
    {
      const std::lock_guard guard(mutex_);
      judge_.probe_says(outcome, attentive());
      counts_.probes_failed += !outcome;
    }
    judge();
  });
}

// -- what is asked of it --------------------------------------------------------------------------

void nodes::state::drain() {
  {
    const std::lock_guard guard(mutex_);
    told_.draining = true;
  }
  home_box_.push([this] { beat_soon(); });
}

result<void> nodes::state::set_attributes(std::map<std::string, std::string> attributes) {
  {
    const std::lock_guard guard(mutex_);
    node_info next = told_;
    next.attributes = std::move(attributes);
    if (!detail::valid(next))
      return errc::message_too_large;
    told_ = std::move(next);
  }
  home_box_.push([this] { beat_soon(); });
  return {};
}

void nodes::state::leave() {
  {
    const std::lock_guard guard(mutex_);
    if (std::exchange(left_, true))
      return;
  }
  home_box_.push([this] { send_goodbye(); });
}

void nodes::state::send_goodbye() {
  hears_.end();
  hears_state_.end();
  home_.timers().cancel(tick_);
  home_.timers().cancel(beat_);
  probing_ = {};
  bool known = false;
  {
    const std::lock_guard guard(mutex_);
    known = !judge_.replaced();
    judge_.leave();
  }
  if (known)
    static_cast<void>(between_.publish(options_.subject,
                                       detail::encode(detail::goodbye{given_.name, given_.boot})));
  judge();
}

standing nodes::state::now() const {
  const std::lock_guard guard(mutex_);
  return judge_.now();
}

std::vector<node_info> nodes::state::up() const {
  const std::lock_guard guard(mutex_);
  std::vector<node_info> all;
  peers_.for_each_up([&all](const node_info& node, std::uint64_t) { all.push_back(node); });
  return all;
}

nodes_counts nodes::state::counts() const {
  const std::lock_guard guard(mutex_);
  nodes_counts all = counts_;
  all.up = peers_.up();
  return all;
}

}  // namespace actornet::cluster
