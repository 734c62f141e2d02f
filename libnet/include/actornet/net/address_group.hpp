#pragma once

#include <string>
#include <string_view>

namespace actornet::net {

/// Who stands behind @p address (numeric, without a port), as a key for limits per address: an IPv6
/// address gives its network of 64 bits (`2001:db8:1:2::/64`), which belongs to one subscriber who
/// can have any address of it (RFC 4291, section 2.5.4; RFC 6177); an IPv4 address, also one that
/// is mapped into IPv6, gives itself. A zone is left out. What is no address comes back unchanged.
std::string address_group(std::string_view address);

}  // namespace actornet::net
