#include "actornet/net/output_queue.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace actornet::net {

shared_bytes shared_bytes::copy_of(std::span<const std::byte> payload) {
  shared_bytes copy{block_ref::make(payload.size()), {}};
  if (!payload.empty())
    std::memcpy(copy.memory.bytes().data(), payload.data(), payload.size());
  copy.payload = copy.memory.bytes();
  return copy;
}

std::span<std::byte> output_queue::append_space(block_pool& pool, std::size_t bytes,
                                                conflation_key key) {
  if (!tail_ || tail_.bytes().size() - tail_used_ < bytes) {
    // A first small message takes a small block; who has more to send gets room for a burst.
    const bool first = !tail_;
    close_run(key);
    if (!first)
      pool.give_back(std::move(tail_));
    tail_ = pool.take(first ? bytes : std::max(bytes, block_pool::large_bytes));
    run_begin_ = tail_used_ = 0;
  }
  const auto space = tail_.bytes().subspan(tail_used_, bytes);
  tail_used_ += static_cast<std::uint32_t>(bytes);
  bytes_ += bytes;
  if (droppable_)
    close_run(key);
  return space;
}

std::span<const std::byte> output_queue::run() const noexcept {
  return tail_ ? tail_.bytes().subspan(run_begin_, tail_used_ - run_begin_)
               : std::span<const std::byte>();
}

void output_queue::close_run(conflation_key key) {
  push(tail_, run(), true, key);
  run_begin_ = tail_used_;
}

void output_queue::append(block_pool& pool, const frame_envelope& envelope,
                          std::span<const std::byte> payload, conflation_key key) {
  const std::size_t prefix = envelope.prefix_bytes;
  const std::size_t suffix = envelope.suffix_bytes;
  const auto space = append_space(pool, prefix + payload.size() + suffix, key);
  std::memcpy(space.data(), envelope.prefix.data(), prefix);
  if (!payload.empty())
    std::memcpy(space.data() + prefix, payload.data(), payload.size());
  if (suffix > 0)
    space.back() = std::byte{'\n'};
}

void output_queue::append(block_pool& pool, const frame_envelope& envelope,
                          const shared_bytes& payload, conflation_key key) {
  if (payload.payload.size() <= copy_bytes_max)
    return append(pool, envelope, payload.payload, key);
  const auto prefix = append_space(pool, envelope.prefix_bytes, key);
  std::memcpy(prefix.data(), envelope.prefix.data(), envelope.prefix_bytes);
  close_run(key);
  push(payload.memory, payload.payload, prefix.empty(), key);
  bytes_ += payload.payload.size();
  if (envelope.suffix_bytes > 0) {
    append_space(pool, 1, key)[0] = std::byte{'\n'};
    if (droppable_)
      segments_.back().starts_message = false;
  }
}

void output_queue::push(const block_ref& memory, std::span<const std::byte> bytes, bool starts,
                        conflation_key key) {
  if (!bytes.empty())
    segments_.push_back(
        {memory, bytes.data(), static_cast<std::uint32_t>(bytes.size()), starts, false, key});
}

std::span<const std::span<const std::byte>> output_queue::gather(
    std::array<std::span<const std::byte>, parts_max>& parts) const noexcept {
  std::size_t count = 0;
  const auto add = [&](std::span<const std::byte> next) {
    if (count > 0 && parts[count - 1].data() + parts[count - 1].size() == next.data())
      parts[count - 1] = {parts[count - 1].data(), parts[count - 1].size() + next.size()};
    else if (count < parts_max)
      parts[count++] = next;
    else
      return false;
    return true;
  };
  for (std::size_t i = first_; i < segments_.size(); ++i)
    if (!add({segments_[i].begin, segments_[i].bytes}))
      return std::span(parts).first(count);
  if (const auto last = run(); !last.empty())
    add(last);
  return std::span(parts).first(count);
}

void output_queue::consume(block_pool& pool, std::size_t bytes) noexcept {
  assert(bytes <= bytes_);
  bytes_ -= bytes;
  while (bytes > 0 && first_ < segments_.size()) {
    segment& front = segments_[first_];
    if (bytes < front.bytes) {
      front.begin += bytes;
      front.bytes -= static_cast<std::uint32_t>(bytes);
      front.partly_sent = true;
      bytes = 0;
      break;
    }
    bytes -= front.bytes;
    const bool message_goes_on =
        first_ + 1 < segments_.size() && !segments_[first_ + 1].starts_message;
    if (message_goes_on)
      segments_[first_ + 1].partly_sent = true;
    if (front.memory != tail_)
      pool.give_back(std::move(front.memory));
    else
      front.memory = {};
    ++first_;
  }
  run_begin_ += static_cast<std::uint32_t>(bytes);
  release_if_empty(pool);
}

bool output_queue::drop_oldest() noexcept {
  assert(droppable_);
  for (std::size_t i = first_; i < segments_.size(); ++i) {
    if (segments_[i].starts_message && !segments_[i].partly_sent) {
      erase_message(i);
      return true;
    }
  }
  return false;
}

bool output_queue::drop_key(conflation_key key) noexcept {
  assert(droppable_);
  for (std::size_t i = first_; i < segments_.size(); ++i) {
    if (segments_[i].key == key && segments_[i].starts_message && !segments_[i].partly_sent) {
      erase_message(i);
      return true;
    }
  }
  return false;
}

void output_queue::erase_message(std::size_t index) noexcept {
  std::size_t end = index;
  do {
    bytes_ -= segments_[end].bytes;
    ++end;
  } while (end < segments_.size() && !segments_[end].starts_message);
  const auto from = segments_.begin() + static_cast<std::ptrdiff_t>(index);
  segments_.erase(from, segments_.begin() + static_cast<std::ptrdiff_t>(end));
}

void output_queue::clear(block_pool& pool) noexcept {
  bytes_ = 0;
  release_if_empty(pool);
}

void output_queue::release_if_empty(block_pool& pool) noexcept {
  constexpr std::size_t compact_at = 64;
  if (bytes_ > 0) {
    if (first_ >= compact_at && first_ * 2 >= segments_.size()) {
      segments_.erase(segments_.begin(), segments_.begin() + static_cast<std::ptrdiff_t>(first_));
      first_ = 0;
    }
    return;
  }
  segments_ = {};
  first_ = 0;
  if (tail_)
    pool.give_back(std::move(tail_));
  tail_ = {};
  run_begin_ = tail_used_ = 0;
}

}  // namespace actornet::net
