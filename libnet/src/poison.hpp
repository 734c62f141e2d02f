#pragma once

#include <cstddef>
#include <span>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#endif

namespace actornet::net {

/// Makes any access to @p memory an AddressSanitizer report until `unpoison`; nothing otherwise.
inline void poison([[maybe_unused]] std::span<std::byte> memory) noexcept {
#if defined(__SANITIZE_ADDRESS__)
  __asan_poison_memory_region(memory.data(), memory.size());
#endif
}

inline void unpoison([[maybe_unused]] std::span<std::byte> memory) noexcept {
#if defined(__SANITIZE_ADDRESS__)
  __asan_unpoison_memory_region(memory.data(), memory.size());
#endif
}

}  // namespace actornet::net
