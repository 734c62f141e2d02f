#include "outbox.hpp"

#include <algorithm>
#include <cassert>

namespace actornet::talk {

bool outbox::add(unsent message) {
  if (messages_.size() >= messages_max || bytes_ + message.bytes() > bytes_max)
    return false;
  bytes_ += message.bytes();
  messages_.push_back(std::move(message));
  return true;
}

const unsent* outbox::next(net::time_point now,
                           const std::function<bool(const std::string&)>& may_go) {
  if (under_way_ || now < not_before_)
    return nullptr;
  const auto found = std::ranges::find_if(messages_, may_go, &unsent::room);
  if (found == messages_.end())
    return nullptr;
  under_way_ = true;
  sent_ = static_cast<std::size_t>(found - messages_.begin());
  return &*found;
}

net::time_point outbox::waits_until() const noexcept {
  return under_way_ || messages_.empty() || not_before_ == net::time_point() ? net::never
                                                                             : not_before_;
}

unsent outbox::take_sent() {
  assert(under_way_);
  under_way_ = false;
  not_before_ = {};
  const auto at = messages_.begin() + static_cast<std::ptrdiff_t>(sent_);
  unsent taken = std::move(*at);
  messages_.erase(at);
  bytes_ -= taken.bytes();
  return taken;
}

void outbox::refused_for_now(net::time_point again) noexcept {
  under_way_ = false;
  not_before_ = again;
}

std::vector<unsent> outbox::drop_room(const std::string& room) {
  if (under_way_ && messages_[sent_].room == room)
    under_way_ = false;
  std::vector<unsent> dropped;
  std::deque<unsent> kept;
  for (std::size_t i = 0; i < messages_.size(); ++i) {
    const bool goes = messages_[i].room == room;
    if (under_way_ && i == sent_)
      sent_ = kept.size();
    bytes_ -= goes ? messages_[i].bytes() : 0;
    if (goes)
      dropped.push_back(std::move(messages_[i]));
    else
      kept.push_back(std::move(messages_[i]));
  }
  messages_ = std::move(kept);
  return dropped;
}

}  // namespace actornet::talk
