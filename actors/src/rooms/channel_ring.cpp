#include "actornet/rooms/detail/channel_ring.hpp"

#include <algorithm>

namespace actornet::rooms::detail {

std::uint64_t id_window::find(const draft& what) const {
  const auto found = offsets_.find(key_of(what.user, what.id));
  return found == offsets_.end() ? 0 : found->second;
}

void id_window::add(std::string_view user, std::string_view id, std::uint64_t offset,
                    std::int64_t now_ms) {
  const auto [place, added] = offsets_.emplace(key_of(user, id), offset);
  if (added)
    order_.push_back({now_ms, offset, place->first});
}

void id_window::expire(const retention& keep, std::int64_t now_ms) {
  while (!order_.empty() &&
         ((keep.ids_max > 0 && order_.size() > keep.ids_max) ||
          (keep.ids_age_max_ms > 0 && order_.front().time_ms < now_ms - keep.ids_age_max_ms))) {
    offsets_.erase(std::string(order_.front().key));
    order_.pop_front();
  }
}

std::uint64_t channel_ring::first_known() const noexcept {
  return ids_.empty() ? first_kept() : std::min(first_kept(), ids_.oldest());
}

void channel_ring::add(const message_ref& next) {
  top_ = next->at();
  if (!next->id().empty())
    ids_.add(next->user(), next->id(), top_.offset, next->time_ms());
  messages_.push_back(next);
  bytes_ += next->bytes();
}

void channel_ring::expire(const retention& keep, std::int64_t now_ms) {
  while (!messages_.empty() &&
         (messages_.size() > keep.messages_max || (keep.bytes_max > 0 && bytes_ > keep.bytes_max) ||
          (keep.age_max_ms > 0 && messages_.front()->time_ms() < now_ms - keep.age_max_ms))) {
    bytes_ -= messages_.front()->bytes();
    messages_.pop_front();
  }
  ids_.expire(keep, now_ms);
}

history_page channel_ring::after(std::uint64_t offset, std::size_t count) const {
  history_page page{{}, top_, first_kept()};
  std::size_t taken = 0;
  const std::uint64_t gone = page.first_kept - 1;
  for (std::uint64_t i = std::max(offset, gone); i < top_.offset && count > 0; ++i) {
    const message_ref& next = messages_[i - gone];
    taken += next->bytes();
    if (!page.messages.empty() && taken > history::page_bytes_max)
      break;
    page.messages.push_back(next);
    --count;
  }
  return page;
}

history_page channel_ring::before(std::uint64_t offset, std::size_t count) const {
  history_page page{{}, top_, first_kept()};
  std::size_t taken = 0;
  for (std::uint64_t i = std::min(offset, top_.offset + 1); i > page.first_kept && count > 0; --i) {
    const message_ref& next = messages_[i - 1 - page.first_kept];
    taken += next->bytes();
    if (!page.messages.empty() && taken > history::page_bytes_max)
      break;
    page.messages.push_back(next);
    --count;
  }
  std::ranges::reverse(page.messages);
  return page;
}

}  // namespace actornet::rooms::detail
