#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "actornet/cluster/detail/mailbox.hpp"
#include "actornet/cluster/directory.hpp"

namespace actornet::cluster::detail {

/// Brings changes to a sink on its loop: per key only the last that it was not told yet, so what
/// waits is bounded by the number of keys.
class directory_watcher : public std::enable_shared_from_this<directory_watcher> {
 public:
  directory_watcher(mailbox& box, std::string_view prefix, directory_sink& sink)
      : box_(box), prefix_(prefix), sink_(&sink) {}

  /// On the sink's loop.
  void end() noexcept { sink_ = nullptr; }

  /// Revision 0: removed. In the order in which the directory changes.
  void change(std::string_view key, const directory_entry& now) {
    if (!key.starts_with(prefix_))
      return;
    const std::lock_guard guard(mutex_);
    const auto [place, added] = waiting_.insert_or_assign(std::string(key), now);
    if (added)
      box_.push([self = shared_from_this(), name = place->first] { self->tell(name); });
  }

 private:
  void tell(const std::string& key) {
    directory_entry now;
    {
      const std::lock_guard guard(mutex_);
      now = std::move(waiting_.extract(key).mapped());
    }
    if (!sink_)
      return;
    if (now.revision == 0)
      sink_->on_removed(key);
    else
      sink_->on_put(key, now);
  }

  mailbox& box_;
  const std::string prefix_;
  directory_sink* sink_;  // its loop's
  std::mutex mutex_;
  std::map<std::string, directory_entry, std::less<>> waiting_;
};

}  // namespace actornet::cluster::detail
