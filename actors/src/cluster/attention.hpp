#pragma once

#include <cstdint>

#include "actornet/net/clock.hpp"

namespace actornet::cluster::detail {

/// A clock that stands still while nobody looks: of a time in which its loop came too late nothing
/// counts, so that what could not be heard is held against nobody.
class attention {
 public:
  /// It is to be looked at every @p period.
  attention(net::time_point now, net::duration period) : looked_(now), period_(period) {}

  /// False: this look came too late, nothing may be judged by it.
  bool look(net::time_point now) {
    const net::duration since = now - looked_;
    looked_ = now;
    if (since > 2 * period_) {
      ++stalls_;
      return false;
    }
    attentive_ += since;
    return true;
  }

  net::duration at(net::time_point now) const {
    const net::duration since = now - looked_;
    return since > 2 * period_ ? attentive_ : attentive_ + since;
  }

  std::uint64_t stalls() const noexcept { return stalls_; }

 private:
  net::time_point looked_;
  net::duration period_;
  net::duration attentive_{};
  std::uint64_t stalls_ = 0;
};

}  // namespace actornet::cluster::detail
