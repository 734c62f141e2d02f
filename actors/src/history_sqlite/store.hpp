#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "actornet/history_sqlite/sqlite_history.hpp"
#include "actornet/rooms/detail/names.hpp"
#include "history_sqlite/database.hpp"

namespace actornet::rooms {

/// The channels in the file. It blocks: one thread at a time. Throws `database_error`.
class store {
 public:
  /// Opens, checks and, if it is new, fills the file.
  store(const std::string& file, std::uint64_t new_epoch, const sqlite_history_options& options);

  struct append_outcome {
    result<appended> answer;
    message_ref added;  ///< null: a retry, or an error
  };

  /// Appends all of them in one transaction, in order. Those that fail leave the others alone.
  template <class Each>  // void(visit(channel, draft) -> append_outcome)
  void append_all(const Each& each) {
    transaction all(file_);
    dirty_.clear();
    try {
      each([this](std::string_view channel, draft what) { return append(channel, std::move(what)); });
      save_channels();
      all.commit();
    } catch (...) {
      channels_.clear();  // what they say did not happen
      throw;
    }
  }

  history_page read_after(std::string_view name, std::uint64_t after, std::size_t count);
  history_page read_before(std::string_view name, std::uint64_t before, std::size_t count);
  result<position> newest(std::string_view name);  ///< makes the channel if there is none

 private:
  struct channel {
    std::int64_t id = 0;
    std::uint64_t epoch = 0;
    std::uint64_t newest = 0;
    std::uint64_t first = 1;  // offset of the oldest that is kept
    std::uint64_t bytes = 0;  // that are kept

    position top() const noexcept { return {epoch, newest}; }
  };

  void set_up(std::uint64_t new_epoch);
  append_outcome append(std::string_view name, draft what);
  channel* find(std::string_view name);
  channel* find_or_make(std::string_view name);
  bool forget_old();
  std::uint64_t seen(const channel& in, const draft& what, std::int64_t now_ms);
  void expire(channel& in, std::int64_t now_ms);
  void expire_for_read(channel& in);
  void save(const channel& changed);
  void save_channels();
  message_ref row(const channel& in, const statement& from) const;
  template <class Next>
  void take_page(history_page& page, const channel& in, statement& rows, std::size_t count);

  const sqlite_history_options options_;
  database file_;
  std::size_t channel_count_ = 0;
  std::int64_t next_sweep_ms_ = 0;
  detail::name_map<channel> channels_;  // those used so far
  std::unordered_set<channel*> dirty_;

  statement begin_channel_, find_channel_, save_channel_;
  statement add_message_, drop_oldest_, oldest_, forward_, backward_;
  statement find_seen_, add_seen_, expire_seen_;
};

}  // namespace actornet::rooms
