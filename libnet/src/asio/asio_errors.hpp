#pragma once

#include <boost/system/error_code.hpp>

#include "actornet/errc.hpp"

namespace actornet::net {

/// The reason that actornet gives for an error of the operating system's network.
errc to_errc(const boost::system::error_code& error) noexcept;

}  // namespace actornet::net
