#include "log_reader.hpp"

#include <algorithm>

namespace actornet::rooms::detail {

log_reader::log_reader(shared_log& log, const std::string& channel, std::uint64_t from,
                       std::uint64_t to, done told)
    : log_(log), channel_(channel), told_(std::move(told)) {
  const std::uint64_t numbers = to - from + 1;
  const std::uint64_t count = std::clamp<std::uint64_t>(numbers / stretch_min, 1, stretches_max);
  for (std::uint64_t i = 0; i < count; ++i)
    stretches_.push_back({.next = from + numbers / count * i,
                          .last = i + 1 < count ? from + numbers / count * (i + 1) - 1 : to});
  under_way_ = stretches_.size();
  for (std::size_t i = 0; i < stretches_.size(); ++i)
    ask(i);
}

void log_reader::ask(std::size_t which) {
  auto told = [this, which](result<std::optional<log_record>> answer) {
    take(which, std::move(answer));
  };
  stretches_[which].asked = log_.read(channel_, stretches_[which].next, std::move(told));
}

void log_reader::take(std::size_t which, result<std::optional<log_record>> answer) {
  stretch& of = stretches_[which];
  const bool is_last = which + 1 == stretches_.size();
  if (answer && *answer) {
    log_record& next = **answer;
    of.whole = next.number >= of.last;
    of.next = next.number + 1;
    if (next.number <= of.last || is_last)  // what is behind another one reads
      of.got.push_back(std::move(next));
    if (!of.whole)
      return ask(which);
  } else if (!answer) {
    failure_ = answer.error();
  }
  if (--under_way_ == 0)
    finish();
}

void log_reader::finish() {
  std::vector<log_record> all;
  for (stretch& each : stretches_) {
    std::ranges::move(each.got, std::back_inserter(all));
    if (!each.whole)
      break;
  }
  const done told = std::move(told_);
  if (all.empty() && failure_)
    told(failure_);
  else
    told(std::move(all));
}

}  // namespace actornet::rooms::detail
