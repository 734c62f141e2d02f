#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <new>
#include <span>
#include <utility>

namespace actornet::net {

class block_pool;

/// A reference-counted, fixed-size piece of memory for bytes to send. Immutable once shared
/// between connections; its reference may be dropped on any thread.
class block {
 public:
  std::span<std::byte> bytes() noexcept {
    return {reinterpret_cast<std::byte*>(this + 1), capacity_};
  }

 private:
  friend class block_ref;
  friend class block_pool;
  explicit block(std::uint32_t capacity) noexcept : capacity_(capacity) {}

  std::atomic<std::uint32_t> references_{1};
  std::uint32_t capacity_;
};

/// A counted reference to a block. Copies are cheap and thread-safe.
class block_ref {
 public:
  block_ref() noexcept = default;
  block_ref(const block_ref& other) noexcept : block_(other.block_) {
    if (block_)
      block_->references_.fetch_add(1, std::memory_order_relaxed);
  }
  block_ref(block_ref&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
  block_ref& operator=(block_ref other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
  ~block_ref() { release(); }

  explicit operator bool() const noexcept { return block_ != nullptr; }
  std::span<std::byte> bytes() const noexcept { return block_->bytes(); }
  bool operator==(const block_ref&) const noexcept = default;

  /// Whether nobody else refers to the block.
  bool unique() const noexcept { return block_->references_.load(std::memory_order_acquire) == 1; }

  /// A new block of @p capacity bytes from the heap.
  static block_ref make(std::size_t capacity) {
    void* memory = ::operator new(sizeof(block) + capacity);
    return block_ref{new (memory) block(static_cast<std::uint32_t>(capacity))};
  }

 private:
  friend class block_pool;
  explicit block_ref(block* owned) noexcept : block_(owned) {}

  void release() noexcept {
    if (block_ && block_->references_.fetch_sub(1, std::memory_order_acq_rel) == 1)
      ::operator delete(block_);
  }

  block* block_ = nullptr;
};

/// A loop's spare blocks of two sizes, last in first out so that they stay in the cache. Small ones
/// for the message or two that most connections have to send at a time, large ones for bursts. Not
/// thread-safe; blocks that other threads drop go to the heap.
class block_pool {
 public:
  static constexpr std::size_t small_bytes = 2 * 1024 - sizeof(block);
  static constexpr std::size_t large_bytes = 16 * 1024 - sizeof(block);
  static constexpr std::size_t spare_small_max = 512;
  static constexpr std::size_t spare_large_max = 32;

  /// A block of at least @p bytes.
  block_ref take(std::size_t bytes) {
    if (bytes <= small_bytes)
      return small_.take();
    return bytes <= large_bytes ? large_.take() : block_ref::make(bytes);
  }

  /// Keeps @p returned for reuse when nobody else refers to it; drops it otherwise.
  void give_back(block_ref&& returned) noexcept {
    block_ref mine = std::move(returned);
    if (!mine || !mine.unique())
      return;
    if (mine.bytes().size() == small_bytes)
      small_.keep(std::move(mine));
    else if (mine.bytes().size() == large_bytes)
      large_.keep(std::move(mine));
  }

 private:
  template <std::size_t Bytes, std::size_t SpareMax>
  struct shelf {
    block_ref take() { return count > 0 ? std::move(spare[--count]) : block_ref::make(Bytes); }
    void keep(block_ref&& one) noexcept {
      if (count < SpareMax)
        spare[count++] = std::move(one);
    }

    block_ref spare[SpareMax];
    std::size_t count = 0;
  };

  shelf<small_bytes, spare_small_max> small_;
  shelf<large_bytes, spare_large_max> large_;
};

}  // namespace actornet::net
