#include "pipe.hpp"

#include <algorithm>
#include <cassert>

namespace actornet::sim {

// -- the writer's end -----------------------------------------------------------------------------

std::size_t pipe::room() const noexcept {
  const std::size_t used = waiting_ + flying_;
  return ended_ || used >= send_bytes_max_ ? 0 : send_bytes_max_ - used;
}

void pipe::write(std::span<const std::byte> bytes) {
  assert(bytes.size() <= room());
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  waiting_ += bytes.size();
}

// -- the wire -------------------------------------------------------------------------------------

std::size_t pipe::launchable() const noexcept {
  const std::size_t used = readable_ + flying_;
  return used >= receive_bytes_max_ ? 0 : std::min(waiting_, receive_bytes_max_ - used);
}

void pipe::launch(std::size_t bytes, net::time_point lands) {
  assert(bytes > 0 && bytes <= launchable());
  waiting_ -= bytes;
  flying_ += bytes;
  last_landing_ = std::max(last_landing_, lands);
  wire_.push_back({cargo::bytes, bytes, last_landing_});
}

void pipe::launch_end(net::time_point lands) {
  assert(end_launchable());
  last_landing_ = std::max(last_landing_, lands);
  wire_.push_back({reset_due_ ? cargo::reset : cargo::end, 0, last_landing_});
  end_due_ = reset_due_ = false;
}

void pipe::launch_reset(net::time_point lands, bool overtake) {
  if (overtake)
    drop_unlanded();
  drop(readable_ + flying_, waiting_);
  waiting_ = 0;
  end_with_reset();
  launch_end(lands);
}

pipe::parcel pipe::land() {
  const parcel landed = wire_.front();
  wire_.pop_front();
  flying_ -= landed.bytes;
  readable_ += landed.bytes;
  end_landed_ = end_landed_ || landed.what == cargo::end;
  return landed;
}

void pipe::drop_unlanded() {
  drop(readable_, flying_ + waiting_);
  flying_ = waiting_ = 0;
  wire_.clear();
  last_landing_ = {};
}

// -- the reader's end -----------------------------------------------------------------------------

std::size_t pipe::read(std::span<std::byte> into) {
  const std::size_t count = std::min(into.size(), readable_);
  std::copy_n(bytes_.data() + first_, count, into.data());
  first_ += count;
  readable_ -= count;
  if (2 * first_ >= bytes_.size()) {  // moves each byte at most once on average
    bytes_.erase(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(first_));
    first_ = 0;
  }
  return count;
}

void pipe::drop_readable() {
  drop(0, readable_);
  readable_ = 0;
}

void pipe::drop(std::size_t offset, std::size_t bytes) {
  const auto from = bytes_.begin() + static_cast<std::ptrdiff_t>(first_ + offset);
  bytes_.erase(from, from + static_cast<std::ptrdiff_t>(bytes));
}

}  // namespace actornet::sim
