#pragma once

#include <string_view>

namespace actornet::sim {

/// Whether @p host is a numeric address; `net::parse_endpoint` has checked its form.
inline bool is_numeric(std::string_view host) noexcept {
  return host.find(':') != std::string_view::npos ||
         (!host.empty() && host.back() >= '0' && host.back() <= '9');
}

/// "Any address of this machine".
inline bool is_any(std::string_view host) noexcept {
  return host == "0.0.0.0" || host == "::";
}

inline bool is_loopback(std::string_view host) noexcept {
  return (is_numeric(host) && host.starts_with("127.")) || host == "::1";
}

}  // namespace actornet::sim
