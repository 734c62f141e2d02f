#include "reloader.hpp"

#include <exception>
#include <string>

#include "actornet/log.hpp"
#include "actornet/result.hpp"

namespace actornet::detail {

void reloader::request() {
  if (!empty() && !requested_.exchange(true))
    home_.post(net::entry_of<&reloader::begin>(*this));
}

void reloader::begin() {
  if (running_ || !requested_.exchange(false))
    return;  // the round's end looks again, or has looked
  const auto work = [this]() -> result<bool> {
    run_all();
    return true;
  };
  auto begun = threads_.run(home_, work, [this](const result<bool>&) {
    running_ = false;
    begin();
  });
  if (!begun)
    return log(log_level::error, "cannot reload: " + begun.error().message());
  running_ = true;
  round_ = *std::move(begun);
}

void reloader::end() {
  const std::lock_guard guard(mutex_);
  all_.clear();
}

void reloader::run_all() {
  const std::lock_guard guard(mutex_);
  for (const auto& each : all_) {
    try {
      each();
    } catch (const std::exception& failure) {
      log(log_level::error, std::string("reloading: ") + failure.what());
    } catch (...) {
      log(log_level::error, "reloading ended with an exception that is no std::exception");
    }
  }
}

}  // namespace actornet::detail
