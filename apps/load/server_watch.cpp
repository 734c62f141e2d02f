#include "server_watch.hpp"

#include "actornet/net/process_clock.hpp"
#include "process_memory.hpp"

namespace actornet::load {

std::string server_watch::begin() {
  if (!process_)
    return {};
  into_.server_bytes_before = process_resident_bytes(*process_);
  if (net::process_cpu_time(*process_))
    return {};
  return "--server-pid: there is no process " + std::to_string(*process_) + " to measure";
}

void server_watch::measure_from() {
  if (process_)
    into_.server_cpu = net::process_cpu_time(*process_);
}

void server_watch::measure_to() {
  if (!into_.server_cpu)
    return;
  const auto after = net::process_cpu_time(*process_);
  into_.server_cpu = after ? std::optional(*after - *into_.server_cpu) : std::nullopt;
}

void server_watch::end() {
  if (process_)
    into_.server_bytes = process_resident_bytes(*process_);
}

}  // namespace actornet::load
