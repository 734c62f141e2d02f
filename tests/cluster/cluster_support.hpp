#pragma once

// Payloads as words, and a simulated world without faults.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "actornet/net/output_queue.hpp"
#include "actornet/sim/world.hpp"

namespace actornet::cluster_test {

using lines = std::vector<std::string>;

inline net::shared_bytes bytes_of(std::string_view text) {
  return net::shared_bytes::copy_of(std::as_bytes(std::span(text)));
}

inline std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

inline sim::options calm() {
  return {.faults = sim::faults::calm()};
}

}  // namespace actornet::cluster_test
