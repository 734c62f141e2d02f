#pragma once

#include <string_view>
#include <system_error>

#include "actornet/cluster/bus.hpp"

namespace actornet::cluster::detail {

/// Why no bus takes this; none: it may.
inline std::error_code flaw_of(std::string_view subject, const net::shared_bytes& payload) {
  if (subject.empty())
    return errc::name_invalid;
  if (subject.size() > bus::subject_bytes_max || payload.payload.size() > bus::payload_bytes_max)
    return errc::message_too_large;
  return {};
}

}  // namespace actornet::cluster::detail
