#include "port.hpp"

#include <algorithm>

#include "addresses.hpp"
#include "network.hpp"

namespace actornet::sim {

port::port(network& net, std::string host, const net::socket_options& options,
           std::function<void()> on_waiting)
    : network_(net),
      host_(std::move(host)),
      options_(options),
      on_waiting_(std::move(on_waiting)) {}

port::~port() {
  if (open_)
    network_.remove(*this);
  for (socket& unaccepted : waiting_)
    unaccepted.abort();
}

result<void> port::open(const net::endpoint& where) {
  local_ = where;
  const bool is_tcp = where.kind == net::endpoint::scheme::tcp;
  if (is_tcp && !is_any(where.host) && !is_loopback(where.host) && where.host != host_)
    return errc::address_invalid;
  if (const auto added = network_.add(*this, is_tcp && where.port == 0); !added)
    return added;
  open_ = true;
  return {};
}

bool port::answers(const net::endpoint& where) const {
  if (where == local_)
    return true;
  if (where.kind != local_.kind || where.port != local_.port || !is_any(local_.host))
    return false;
  return where.host == host_ || (is_loopback(where.host) && is_loopback(host_));
}

bool port::collides(const net::endpoint& where) const {
  return where.kind == local_.kind && where.port == local_.port &&
         (where.host == local_.host || is_any(where.host) || is_any(local_.host));
}

bool port::full() const noexcept {
  return waiting_.size() >= static_cast<std::size_t>(std::max(options_.backlog, 1));
}

void port::push(socket accepted) {
  waiting_.push_back(std::move(accepted));
  on_waiting_();
}

socket port::pop() {
  socket first = std::move(waiting_.front());
  waiting_.pop_front();
  return first;
}

}  // namespace actornet::sim
