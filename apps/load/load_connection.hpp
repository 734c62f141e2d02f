#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "actornet/net/stream.hpp"
#include "message_format.hpp"

namespace actornet::load {

class load_connection;

/// Told what happens on connections; implemented by the run. Called on the loop.
class connection_observer {
 public:
  /// The answer to message @p sequence came at @p now, and every byte of it is right.
  virtual void on_answer(load_connection& from, std::uint64_t sequence, net::time_point now) = 0;

  /// All answers that came at @p now were told: the time to release more messages.
  virtual void on_answers_told(load_connection& from, net::time_point now) = 0;

  /// The connection is of no more use; @p why is one line. Once, unless `shut` came first.
  virtual void on_lost(load_connection& which, const std::string& why) = 0;

  /// The last call: its socket is closed.
  virtual void on_closed(load_connection& which) = 0;

 protected:
  ~connection_observer() = default;
};

/// One connection to the server: sends messages that were released, as far as the window of
/// messages in flight allows, and checks the answers, which come in order. Loop-bound.
class load_connection final : private net::stream_owner {
 public:
  load_connection(std::uint32_t id, std::uint32_t window, message_format& format,
                  connection_observer& observer) noexcept
      : id_(id), window_(window), format_(format), observer_(observer) {}

  /// Takes its socket over. @p options must outlive the connection.
  void open(net::loop& on, std::unique_ptr<net::transport> socket,
            const net::stream_options& options);

  /// @p count more messages are due; they are sent now or as soon as the window allows.
  void release(std::uint64_t count);

  /// Sends at once what was written in this turn, instead of at its end.
  void flush();

  /// Closes it; `on_closed` follows if it was open.
  void shut();

  std::uint32_t id() const noexcept { return id_; }
  std::uint64_t released() const noexcept { return released_; }
  std::uint64_t answered() const noexcept { return answered_; }
  std::uint64_t in_flight() const noexcept { return released_ - answered_; }  ///< or waiting to be
  bool is_open() const noexcept { return stream_ && !lost_; }

 private:
  void on_input() override;
  void on_room() override {}
  void on_closed(errc reason) override;

  bool take(std::span<const std::byte> received, net::time_point now);
  void send_released();
  void lose(const std::string& why);
  void lose_by_end(errc reason);

  const std::uint32_t id_;
  const std::uint32_t window_;
  message_format& format_;
  connection_observer& observer_;
  std::optional<net::stream> stream_;
  std::uint64_t released_ = 0;
  std::uint64_t sent_ = 0;
  std::uint64_t answered_ = 0;
  std::size_t partial_bytes_ = 0;  // raw: of the answer that is being received
  bool lost_ = false;
};

}  // namespace actornet::load
