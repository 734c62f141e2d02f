#include "reporting_watch.hpp"

namespace actornet::net {

void reporting_watch::report(bool readable, bool writable) {
  line_->readable |= readable;
  line_->writable |= writable;
  if (line_->queued)
    return;
  line_->queued = line_;
  line_->home.enqueue(entry_of<&line::run>(*line_));
}

void reporting_watch::line::run() {
  const std::shared_ptr<line> self = std::move(queued);
  if (!watch)
    return;
  const bool read = std::exchange(readable, false) && watch->reads_;
  const bool write = std::exchange(writable, false) && watch->writes_;
  if (read || write)
    watch->told_.on_ready(read, write);
  if (watch)
    watch->after_report();
}

}  // namespace actornet::net
