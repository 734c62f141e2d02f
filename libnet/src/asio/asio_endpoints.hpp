#pragma once

#include "asio_backend.hpp"

namespace actornet::net {

/// The protocol and address of @p where, whose host must be numeric (or a path).
result<any_socket::endpoint_type> to_asio(const endpoint& where);

/// The URI form of an address.
endpoint from_asio(const any_socket::endpoint_type& address);

/// The peer of @p socket; an empty endpoint when it is not connected any more.
endpoint remote_of(const any_socket& socket);

/// Applies @p options to a connected or connecting socket; errors are ignored, as these are hints.
void apply(const socket_options& options, any_socket& socket);

}  // namespace actornet::net
