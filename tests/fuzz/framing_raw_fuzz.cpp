#include "framing_body.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  actornet::fuzz::fuzz_framing(actornet::net::framing::raw, data, size);
  return 0;
}
