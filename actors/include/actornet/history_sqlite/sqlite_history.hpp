#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>

#include "actornet/net/blocking_pool.hpp"
#include "actornet/net/loop.hpp"
#include "actornet/rooms/history.hpp"

namespace actornet::rooms {

/// Limits and habits of a history in a file.
struct sqlite_history_options {
  retention keep{};
  std::size_t batch_max = 256;                     ///< appends of one transaction
  std::size_t queue_max = 8'192;                   ///< appends, and reads, that wait: `unavailable`
  std::size_t queue_bytes_max = 64 * 1024 * 1024;  ///< of appends that wait
  std::size_t channels_max = 100'000;              ///< `channels_exhausted`
  /// True: each transaction is on the disk when it is acknowledged (`synchronous = FULL`).
  /// False (`NORMAL`): what is acknowledged survives the end of the process, kill -9 too, but the
  /// last of it may be lost, never garbled, when the machine loses power.
  bool survives_power_loss = false;
};

/// A history in an SQLite file (write-ahead log). Its epoch is made with the file, so positions
/// hold over restarts. One process at a time has it. Files are read and written on the threads of a
/// pool, never on a loop.
class sqlite_history final : public history {
 public:
  /// Opens or makes @p file. @p home is where it coordinates; it and @p pool must outlive this.
  /// @p new_epoch is for a new file. Throws `std::system_error` with the file's name in its text
  /// when that is locked, damaged, of another kind or version, or cannot be written.
  sqlite_history(const std::filesystem::path& file, std::uint64_t new_epoch, net::loop& home,
                 net::blocking_pool& pool, sqlite_history_options options = {});
  ~sqlite_history() override;  ///< what waits is not appended, and nobody is told

  cluster::operation append(std::string_view channel, draft what, append_done done) override;
  cluster::operation read_after(std::string_view channel, std::uint64_t after, std::size_t count,
                                read_done done) override;
  cluster::operation read_before(std::string_view channel, std::uint64_t before, std::size_t count,
                                 read_done done) override;
  cluster::subscription live(std::string_view channel, live_sink& sink) override;

  class state;

 private:
  cluster::operation read(std::string_view channel, std::uint64_t offset, std::size_t count,
                          bool forward, read_done done);

  std::unique_ptr<state> state_;
};

}  // namespace actornet::rooms
