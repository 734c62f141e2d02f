#pragma once

// Counts what `operator new` gives. It replaces the global operators, so one file of a program may
// include it.

#include <malloc.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <new>

namespace actornet::fuzz {

struct allocation_account {
  bool open = false;
  std::size_t allocations = 0;
  std::ptrdiff_t bytes = 0;
  std::ptrdiff_t bytes_at_peak = 0;
};

inline thread_local constinit allocation_account current_account;

inline void* counted_new(std::size_t size) noexcept {
  void* memory = std::malloc(size);
  if (current_account.open && memory != nullptr) {
    ++current_account.allocations;
    current_account.bytes += static_cast<std::ptrdiff_t>(malloc_usable_size(memory));
    current_account.bytes_at_peak = std::max(current_account.bytes_at_peak, current_account.bytes);
  }
  return memory;
}

inline void* checked(void* memory) {
  if (memory == nullptr)
    throw std::bad_alloc();
  return memory;
}

inline void counted_delete(void* memory) noexcept {
  if (current_account.open && memory != nullptr)
    current_account.bytes -= static_cast<std::ptrdiff_t>(malloc_usable_size(memory));
  std::free(memory);
}

/// While one lives, what `operator new` gives to this thread is counted. Not to be nested.
class allocation_meter {
 public:
  allocation_meter() {
    current_account = {};
    current_account.open = true;
  }
  allocation_meter(const allocation_meter&) = delete;
  allocation_meter& operator=(const allocation_meter&) = delete;
  ~allocation_meter() { current_account.open = false; }

  std::size_t allocations() const { return current_account.allocations; }

  /// Bytes in use now and at most, beyond those at the start; negative when more were freed.
  std::ptrdiff_t bytes() const { return current_account.bytes; }
  std::ptrdiff_t bytes_at_peak() const { return current_account.bytes_at_peak; }
};

}  // namespace actornet::fuzz

// All forms but those for over-aligned types: with a sanitizer no form may be its own and another
// ours.
void* operator new(std::size_t size) {
  return actornet::fuzz::checked(actornet::fuzz::counted_new(size));
}
void* operator new[](std::size_t size) {
  return actornet::fuzz::checked(actornet::fuzz::counted_new(size));
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return actornet::fuzz::counted_new(size);
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
  return actornet::fuzz::counted_new(size);
}
void operator delete(void* memory) noexcept {
  actornet::fuzz::counted_delete(memory);
}
void operator delete[](void* memory) noexcept {
  actornet::fuzz::counted_delete(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  actornet::fuzz::counted_delete(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  actornet::fuzz::counted_delete(memory);
}
void operator delete(void* memory, const std::nothrow_t&) noexcept {
  actornet::fuzz::counted_delete(memory);
}
void operator delete[](void* memory, const std::nothrow_t&) noexcept {
  actornet::fuzz::counted_delete(memory);
}
