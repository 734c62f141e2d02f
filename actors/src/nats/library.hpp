#pragma once

#include <nats/nats.h>

#include <memory>
#include <string_view>

#include "actornet/errc.hpp"
#include "actornet/nats/connection_options.hpp"
#include "actornet/nats/message.hpp"
#include "actornet/result.hpp"

namespace actornet::nats {

struct library_message_free {
  void operator()(natsMsg* gone) const noexcept { natsMsg_Destroy(gone); }
};
using library_message = std::unique_ptr<natsMsg, library_message_free>;

struct library_subscription_free {
  void operator()(natsSubscription* gone) const noexcept { natsSubscription_Destroy(gone); }
};
using library_subscription = std::unique_ptr<natsSubscription, library_subscription_free>;

/// The library's options for connections that never connect again by themselves. Throws
/// `std::system_error`. Opens the library with one thread for the delivery of messages.
std::shared_ptr<natsOptions> make_library_options(const connection_options& how);

errc to_errc(natsStatus status) noexcept;

/// The library's words for @p status and what it last failed at on this thread.
std::string failure_text(natsStatus status);

/// Whether it can stand in NATS's protocol: visible ASCII or UTF-8, no space.
bool is_subject(std::string_view text) noexcept;

/// Copies.
message from_library(natsMsg& what);

/// Writes @p what into the connection's buffer.
natsStatus send(natsConnection& to, const message& what);

/// A prefix for reply subjects that nobody else has.
std::string new_inbox();

}  // namespace actornet::nats
