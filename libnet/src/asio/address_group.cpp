#include "actornet/net/address_group.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v6.hpp>

namespace actornet::net {

namespace ip = boost::asio::ip;

std::string address_group(std::string_view address) {
  constexpr unsigned short bits = 64;
  const std::string text(address.substr(0, address.find('%')));
  boost::system::error_code error;
  const ip::address parsed = ip::make_address(text, error);
  if (error || parsed.is_v4())
    return error ? std::string(address) : text;
  const ip::address_v6 v6 = parsed.to_v6();
  if (v6.is_v4_mapped())
    return ip::make_address_v4(ip::v4_mapped, v6).to_string();
  return ip::network_v6(v6, bits).canonical().to_string();
}

}  // namespace actornet::net
