#include "store.hpp"

#include <algorithm>
#include <limits>
#include <vector>

namespace actornet::rooms {

namespace {

constexpr std::int64_t application_id = 0x61636e74;  // "acnt"
constexpr std::int64_t version = 1;
constexpr std::int64_t sweep_interval_ms = 60'000;  // between searches for channels to forget

constexpr const char* schema = R"(
  create table meta(next_epoch integer not null);
  create table channel(id integer primary key, name text not null unique, epoch integer not null,
                       newest integer not null, first integer not null, bytes integer not null);
  create table message(channel integer not null, offset integer not null, time_ms integer not null,
                       bytes integer not null, user text not null, id text not null,
                       body blob not null, primary key(channel, offset)) without rowid;
  create table seen(channel integer not null, user text not null, id text not null,
                    offset integer not null, time_ms integer not null,
                    primary key(channel, user, id)) without rowid;
  create unique index seen_in_order on seen(channel, offset);
)";

std::int64_t clamped(std::uint64_t offset) {
  constexpr auto largest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  return static_cast<std::int64_t>(std::min(offset, largest));
}

// A new file, or one of ours.
bool is_new(database& file) {
  if (file.integer("select count(*) from sqlite_schema") == 0)
    return true;
  if (file.integer("pragma application_id") != application_id)
    throw database_error("it is a database of another program");
  if (file.integer("pragma user_version") != version)
    throw database_error("it was made by another version");
  if (const std::string found = file.text("pragma quick_check(1)"); found != "ok")
    throw database_error("it is damaged: " + found);
  return false;
}

// Prepared statements need the tables.
database* prepared(database& file, std::uint64_t new_epoch, bool survives_power_loss) {
  file.execute("pragma locking_mode = exclusive");
  file.execute("pragma journal_mode = wal");
  file.execute(survives_power_loss ? "pragma synchronous = full" : "pragma synchronous = normal");
  transaction all(file);
  if (is_new(file)) {
    file.execute(schema);
    file.execute("insert into meta values(" + std::to_string(clamped(new_epoch)) + ")");
    file.execute("pragma application_id = " + std::to_string(application_id));
    file.execute("pragma user_version = " + std::to_string(version));
  }
  all.commit();
  return &file;
}

}  // namespace

store::store(const std::string& file, std::uint64_t new_epoch,
             const sqlite_history_options& options)
    : options_(options),
      file_(file),
      make_channel_(prepared(file_, new_epoch, options.survives_power_loss)->handle(),
                    "insert into channel(name, epoch, newest, first, bytes)"
                    " values(?, (select next_epoch from meta), 0, 1, 0) returning id, epoch"),
      find_channel_(file_.handle(),
                    "select id, epoch, newest, first, bytes from channel where name = ?"),
      save_channel_(file_.handle(),
                    "update channel set newest = ?, first = ?, bytes = ? where id = ?"),
      add_message_(file_.handle(), "insert into message values(?, ?, ?, ?, ?, ?, ?)"),
      oldest_(file_.handle(),
              "select offset, bytes, time_ms from message where channel = ? order by offset"),
      drop_(file_.handle(), "delete from message where channel = ? and offset <= ?"),
      forward_(file_.handle(),
               "select offset, time_ms, user, id, body from message"
               " where channel = ? and offset > ? order by offset limit ?"),
      backward_(file_.handle(),
                "select offset, time_ms, user, id, body from message"
                " where channel = ? and offset < ? order by offset desc limit ?"),
      find_seen_(file_.handle(),
                 "select offset, time_ms from seen where channel = ? and user = ? and id = ?"),
      add_seen_(file_.handle(), "insert or replace into seen values(?, ?, ?, ?, ?)"),
      oldest_seen_(file_.handle(),
                   "select offset, time_ms from seen where channel = ? order by offset limit 2"),
      drop_seen_(file_.handle(), "delete from seen where channel = ? and offset = ?") {
  channel_count_ = static_cast<std::size_t>(file_.integer("select count(*) from channel"));
}

// -- channels -------------------------------------------------------------------------------------

store::channel* store::find(std::string_view name) {
  if (const auto found = channels_.find(name); found != channels_.end())
    return &found->second;
  if (!find_channel_.with(name).next())
    return nullptr;
  const channel read{find_channel_.integer(0), find_channel_.integer(1), find_channel_.integer(2),
                     find_channel_.integer(3), find_channel_.integer(4)};
  find_channel_.reset();
  return &channels_.emplace(std::string(name), read).first->second;
}

store::channel* store::find_or_make(std::string_view name, std::int64_t now_ms) {
  if (channel* const found = find(name))
    return found;
  if (channel_count_ >= options_.channels_max)
    forget_old(now_ms);
  if (channel_count_ >= options_.channels_max)
    return nullptr;
  (void)make_channel_.with(name).next();
  channel made;
  made.id = make_channel_.integer(0);
  made.epoch = make_channel_.integer(1);
  make_channel_.reset();
  ++channel_count_;
  return &channels_.emplace(std::string(name), made).first->second;
}

// If such a channel comes up again its offsets must not look like the old ones: the next epoch.
void store::forget_old(std::int64_t now_ms) {
  if (now_ms < next_sweep_ms_ || options_.keep.age_max_ms == 0 || options_.keep.ids_age_max_ms == 0)
    return;
  next_sweep_ms_ = now_ms + sweep_interval_ms;
  save_channels();
  channels_.clear();
  const auto before = [now_ms](std::int64_t age_ms) { return std::to_string(now_ms - age_ms); };
  file_.execute(
      "delete from channel where"
      " not exists(select 1 from message where channel = channel.id and time_ms >= " +
      before(options_.keep.age_max_ms) +
      ") and not exists(select 1 from seen where channel = channel.id and time_ms >= " +
      before(options_.keep.ids_age_max_ms) + ")");
  const auto left = static_cast<std::size_t>(file_.integer("select count(*) from channel"));
  if (left == channel_count_)
    return;
  channel_count_ = left;
  file_.execute("delete from message where channel not in (select id from channel)");
  file_.execute("delete from seen where channel not in (select id from channel)");
  file_.execute("update meta set next_epoch = next_epoch + 1");
}

void store::save_channels() {
  for (const channel* const each : dirty_)
    save_channel_.with(each->newest, each->first, each->bytes, each->id).run();
  dirty_.clear();
}

result<position> store::newest(std::string_view name, std::int64_t now_ms) {
  result<position> at = errc::channels_exhausted;
  together([&] {
    if (const channel* const found = find_or_make(name, now_ms))
      at = found->top();
  });
  return at;
}

// -- appending ------------------------------------------------------------------------------------

store::outcome store::append(std::string_view name, draft what, std::int64_t now_ms) {
  channel* const to = find_or_make(name, now_ms);
  if (!to)
    return {errc::channels_exhausted, nullptr};
  if (!what.id.empty()) {
    if (const std::int64_t first = seen(*to, what, now_ms); first != 0)
      return {appended{{to->top().epoch, static_cast<std::uint64_t>(first)}, true}, nullptr};
  }
  dirty_.insert(to);
  ++to->newest;
  if (!what.id.empty())
    remember(*to, what, now_ms);
  const auto added = std::make_shared<const message>(to->top(), now_ms, std::move(what));
  const auto bytes = static_cast<std::int64_t>(added->bytes());
  add_message_
      .with(to->id, to->newest, now_ms, bytes, std::string_view(added->user()),
            std::string_view(added->id()), added->body())
      .run();
  to->bytes += bytes;
  expire(*to, now_ms);
  return {appended{added->at(), false}, added};
}

// The offset that it got, or 0.
std::int64_t store::seen(const channel& in, const draft& what, std::int64_t now_ms) {
  if (!find_seen_.with(in.id, std::string_view(what.user), std::string_view(what.id)).next())
    return 0;
  const std::int64_t offset = find_seen_.integer(0);
  const std::int64_t time_ms = find_seen_.integer(1);
  find_seen_.reset();
  const retention& keep = options_.keep;
  const bool expired = keep.ids_age_max_ms > 0 && time_ms < now_ms - keep.ids_age_max_ms;
  const bool too_many =
      keep.ids_max > 0 && in.newest - offset >= static_cast<std::int64_t>(keep.ids_max);
  return expired || too_many ? 0 : offset;
}

// Two of the oldest are looked at for each that is added: so they do not become more.
void store::remember(const channel& in, const draft& what, std::int64_t now_ms) {
  const retention& keep = options_.keep;
  std::vector<std::int64_t> gone;
  oldest_seen_.with(in.id);
  while (oldest_seen_.next()) {
    const std::int64_t offset = oldest_seen_.integer(0);
    if ((keep.ids_max > 0 && in.newest - offset >= static_cast<std::int64_t>(keep.ids_max)) ||
        (keep.ids_age_max_ms > 0 && oldest_seen_.integer(1) < now_ms - keep.ids_age_max_ms))
      gone.push_back(offset);
  }
  for (const std::int64_t offset : gone)
    drop_seen_.with(in.id, offset).run();
  add_seen_.with(in.id, std::string_view(what.user), std::string_view(what.id), in.newest, now_ms)
      .run();
}

// -- what is not kept any more --------------------------------------------------------------------

bool store::too_much(const channel& in) const noexcept {
  const retention& keep = options_.keep;
  return in.newest - in.first + 1 > static_cast<std::int64_t>(keep.messages_max) ||
         (keep.bytes_max > 0 && in.bytes > static_cast<std::int64_t>(keep.bytes_max));
}

void store::expire(channel& in, std::int64_t now_ms) {
  const std::int64_t age_max_ms = options_.keep.age_max_ms;
  if (!too_much(in) && (age_max_ms == 0 || in.first > in.newest))
    return;
  const std::int64_t first = in.first;
  oldest_.with(in.id);
  while (oldest_.next()) {
    const bool too_old = age_max_ms > 0 && oldest_.integer(2) < now_ms - age_max_ms;
    if (!too_old && !too_much(in))
      break;
    in.first = oldest_.integer(0) + 1;
    in.bytes -= oldest_.integer(1);
  }
  oldest_.reset();
  if (in.first == first)
    return;
  drop_.with(in.id, in.first - 1).run();
  dirty_.insert(&in);
}

// -- reading --------------------------------------------------------------------------------------

store::channel* store::expired(std::string_view name, std::int64_t now_ms) {
  channel* const found = find(name);
  if (!found || options_.keep.age_max_ms == 0 || found->first > found->newest)
    return found;
  together([&] { expire(*found, now_ms); });
  return found;
}

history_page store::empty_page(const channel& in) const {
  return {{}, in.top(), static_cast<std::uint64_t>(in.first)};
}

bool store::add_row(history_page& page, const channel& in, statement& row,
                    std::size_t& taken) const {
  draft what{row.text(2), row.text(3), net::shared_bytes::copy_of(row.bytes(4))};
  taken += what.bytes();
  if (!page.messages.empty() && taken > history::page_bytes_max)
    return false;
  const position at{in.top().epoch, static_cast<std::uint64_t>(row.integer(0))};
  page.messages.push_back(std::make_shared<const message>(at, row.integer(1), std::move(what)));
  return true;
}

history_page store::read(statement& rows, std::string_view name, std::uint64_t bound,
                         std::size_t count, std::int64_t now_ms) {
  const channel* const from = expired(name, now_ms);
  if (!from)
    return {};
  history_page page = empty_page(*from);
  std::size_t taken = 0;
  rows.with(from->id, clamped(bound), static_cast<std::int64_t>(count));
  while (rows.next() && add_row(page, *from, rows, taken)) {
  }
  rows.reset();
  return page;
}

history_page store::read_after(std::string_view name, std::uint64_t after, std::size_t count,
                               std::int64_t now_ms) {
  return read(forward_, name, after, count, now_ms);
}

history_page store::read_before(std::string_view name, std::uint64_t before, std::size_t count,
                                std::int64_t now_ms) {
  history_page page = read(backward_, name, before, count, now_ms);
  std::ranges::reverse(page.messages);
  return page;
}

}  // namespace actornet::rooms
