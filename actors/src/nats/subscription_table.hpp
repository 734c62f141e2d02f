#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "actornet/cluster/detail/mailbox.hpp"
#include "actornet/nats/connection.hpp"
#include "library.hpp"

namespace actornet::nats {

/// Who hears what, over all links. The first few are polled by the home loop after each read, which
/// costs them no thread; the others come through the library's thread for deliveries.
class subscription_table {
 public:
  static constexpr std::size_t polled_max = 16;
  static constexpr std::size_t batch_max = 256;  ///< messages of one subscription at a look

  subscription_table(std::shared_ptr<cluster::detail::mailbox> box, std::size_t waiting_max)
      : box_(std::move(box)), waiting_max_(waiting_max) {}

  /// The number of one more. It is made on @p on unless that is null. Where the server's "no
  /// responders" are to be heard it must not be polled: the library drops them there.
  std::uint64_t add(std::string_view subject, std::string_view queue_group, message_sink& sink,
                    natsConnection* on, bool may_be_polled = true);

  /// Nothing is told any more.
  void remove(std::uint64_t number);

  /// Makes all on @p on.
  void make_all(natsConnection& on);

  /// Those made are over; the wish for them stays.
  void unmake_all();

  /// Tells what came to those that are polled. True when there may be more.
  bool poll();

 private:
  struct entry {
    std::string subject;
    std::string queue_group;
    message_sink* sink;
    library_subscription made{};
    bool polled = false;
  };

  /// The way of one subscription from the library's thread to the loop.
  struct arrival {
    arrival(subscription_table& to, std::uint64_t of) : table(to), number(of), box(to.box_) {}

    subscription_table& table;  // there as long as the mailbox runs work
    const std::uint64_t number;
    const std::shared_ptr<cluster::detail::mailbox> box;
    std::atomic<std::size_t> waiting{0};
    std::atomic<std::uint64_t> lost{0};
  };
  using arrival_ref = std::shared_ptr<arrival>;

  static void on_message(natsConnection*, natsSubscription*, natsMsg* what, void* to);
  static void on_complete(void* to);
  static void arrive(const arrival_ref& at, library_message what);

  void make(std::uint64_t number, entry& of, natsConnection& on);
  natsStatus make_polled(entry& of, natsConnection& on);
  natsStatus make_delivered(std::uint64_t number, entry& of, natsConnection& on);
  bool poll(std::uint64_t number);
  entry* find(std::uint64_t number);

  const std::shared_ptr<cluster::detail::mailbox> box_;
  const std::size_t waiting_max_;
  std::uint64_t last_ = 0;
  std::size_t polled_ = 0;
  std::map<std::uint64_t, entry> all_;
};

}  // namespace actornet::nats
