#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "../cluster/memory_bus_ends.hpp"
#include "actornet/cluster/detail/mailbox.hpp"
#include "actornet/nats/connection.hpp"
#include "actornet/nats/nats_bus.hpp"

namespace actornet::nats {

/// The header that says with an `errc` why a request was not served.
inline constexpr const char* refusal_header = "Actornet-Error";

/// The way from any loop to the connection's. Whoever still has it when the bus is gone sends
/// nothing.
class outlet {
 public:
  outlet(connection& over, const nats_bus_options& how)
      : over_(over), how_(how), box_(over.home()) {}

  /// Nothing is sent any more. As `mailbox::close`.
  void close() {
    closed_ = true;
    box_.close();
  }

  /// From any thread. Errors: `disconnected`, `mailbox_full`.
  result<void> send(message what);

  /// The same, with `work(connection&, message)` for the sending; it runs on the home loop.
  template <class Work>
  result<void> send(message what, Work work) {
    const std::size_t bytes = what.payload.payload.size();
    if (const auto taken = take(bytes); !taken)
      return taken;
    box_.push([this, bytes, what = std::move(what), work = std::move(work)]() mutable {
      give_back(bytes);
      work(over_, std::move(what));
    });
    return {};
  }

  /// Work on the home loop that does not count.
  template <class Work>
  void run(Work work) {
    box_.push(std::move(work));
  }

 private:
  result<void> take(std::size_t bytes);
  void give_back(std::size_t bytes) {
    waiting_.fetch_sub(1);
    waiting_bytes_.fetch_sub(bytes);
  }

  connection& over_;
  const nats_bus_options how_;
  std::atomic<bool> closed_{false};  // then the connection may be gone
  std::atomic<std::size_t> waiting_{0};
  std::atomic<std::size_t> waiting_bytes_{0};
  cluster::detail::mailbox box_;
};

/// Hears a subject on the home loop for a sink on any loop.
class home_listener final : private message_sink {
 public:
  home_listener(connection& over, const std::string& subject,
                std::shared_ptr<cluster::detail::listener> to)
      : to_(std::move(to)), hears_(over.subscribe(subject, "", *this)) {}

 private:
  void on_message(const message& what) override {
    if (what.payload.payload.size() <= cluster::bus::payload_bytes_max)  // no peer of ours sends it
      to_->push(what.payload);
  }
  void on_lagged(std::uint64_t lost) override { to_->lose(lost); }

  const std::shared_ptr<cluster::detail::listener> to_;
  cluster::subscription hears_;
};

/// Takes requests on the home loop for a server on any loop.
class home_server final : private message_sink {
 public:
  home_server(connection& over, const std::string& subject, std::shared_ptr<outlet> back,
              std::shared_ptr<cluster::detail::memory_server> to)
      : over_(over),
        back_(std::move(back)),
        to_(std::move(to)),
        hears_(over.subscribe(subject, "servers", *this)) {}

 private:
  void on_message(const message& what) override;
  void on_lagged(std::uint64_t) override {}  // those requests time out

  connection& over_;
  const std::shared_ptr<outlet> back_;
  const std::shared_ptr<cluster::detail::memory_server> to_;
  cluster::subscription hears_;
};

}  // namespace actornet::nats
