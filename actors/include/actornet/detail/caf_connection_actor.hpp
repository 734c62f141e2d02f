#pragma once

#include <caf/actor_control_block.hpp>
#include <caf/mailbox_element.hpp>

#include "actornet/connection_control.hpp"

namespace actornet::detail {

/// Sends the message in the element through the connection; tells whether it was of the right type,
/// and the error of sending.
using deliver_element = errc (*)(const control_ref& connection, caf::mailbox_element& element,
                                 bool& understood);

/// The connection's CAF actor, made if need be. Null when the connection is closed, or when this is
/// not its loop.
caf::strong_actor_ptr connection_actor_of(const control_ref& connection, deliver_element deliver);

}  // namespace actornet::detail
