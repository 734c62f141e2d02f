#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>

#include "actornet/cluster/detail/names.hpp"
#include "actornet/history_sqlite/sqlite_history.hpp"
#include "database.hpp"

namespace actornet::rooms {

/// The channels in the file. It blocks: one thread at a time. Throws `database_error`. Dates are
/// milliseconds of Unix time.
class store {
 public:
  /// Opens, checks and, if it is new, fills the file.
  store(const std::string& file, std::uint64_t new_epoch, const sqlite_history_options& options);

  struct outcome {
    result<appended> answer;
    message_ref added;  ///< null: a retry, or an error
  };

  /// One transaction around what @p work appends.
  template <class Work>
  void together(const Work& work) {
    try {
      transaction all(file_);
      work();
      save_channels();
      all.commit();
    } catch (...) {
      channels_.clear();  // what they say did not happen
      dirty_.clear();
      throw;
    }
  }

  outcome append(std::string_view name, draft what, std::int64_t now_ms);  ///< inside `together`
  history_page read_after(std::string_view name, std::uint64_t after, std::size_t count,
                          std::int64_t now_ms);
  history_page read_before(std::string_view name, std::uint64_t before, std::size_t count,
                           std::int64_t now_ms);

  /// Makes the channel if there is none. Error: `channels_exhausted`.
  result<position> newest(std::string_view name, std::int64_t now_ms);

 private:
  struct channel {
    std::int64_t id = 0;
    std::int64_t epoch = 0;
    std::int64_t newest = 0;
    std::int64_t first = 1;  // the oldest that is kept
    std::int64_t bytes = 0;  // that are kept

    position top() const noexcept {
      return {static_cast<std::uint64_t>(epoch), static_cast<std::uint64_t>(newest)};
    }
  };

  static database open(const std::string& file, const sqlite_history_options& options);
  void set_up(std::uint64_t new_epoch);
  channel* find(std::string_view name);
  channel* find_or_make(std::string_view name, std::int64_t now_ms);
  void forget_old(std::int64_t now_ms);
  std::int64_t seen(const channel& in, const draft& what, std::int64_t now_ms);
  void remember(const channel& in, const draft& what, std::int64_t now_ms);
  bool too_much(const channel& in) const noexcept;
  void expire(channel& in, std::int64_t now_ms);
  channel* expired(std::string_view name, std::int64_t now_ms);
  history_page empty_page(const channel& in) const;
  bool add_row(history_page& page, const channel& in, statement& row, std::size_t& taken) const;
  history_page read(statement& rows, std::string_view name, std::uint64_t bound, std::size_t count,
                    std::int64_t now_ms);
  void save_channels();

  const sqlite_history_options options_;
  database file_;
  std::size_t channel_count_ = 0;
  std::int64_t next_sweep_ms_ = 0;
  cluster::detail::name_map<channel> channels_;  // those used so far
  std::unordered_set<channel*> dirty_;           // to be saved

  statement make_channel_, find_channel_, save_channel_;
  statement add_message_, oldest_, drop_, forward_, backward_;
  statement find_seen_, add_seen_, oldest_seen_, drop_seen_;
};

}  // namespace actornet::rooms
