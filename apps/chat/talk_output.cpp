#include "talk_output.hpp"

#include <utility>

namespace actornet::talk {

void talk_output::add(std::string_view text) {
  {
    const std::lock_guard guard(mutex_);
    waiting_.append(text);
  }
  (void)added.try_send(1);
}

std::string talk_output::take() {
  std::string text;
  {
    const std::lock_guard guard(mutex_);
    text = std::exchange(waiting_, {});
  }
  (void)taken.try_send(1);
  return text;
}

bool talk_output::is_empty() const {
  const std::lock_guard guard(mutex_);
  return waiting_.empty();
}

bool talk_output::is_full() const {
  const std::lock_guard guard(mutex_);
  return waiting_.size() > bytes_high;
}

}  // namespace actornet::talk
