#include "service.hpp"

#include <cassert>

namespace actornet::chat {

service::service(net::multiplexer& loops, std::unique_ptr<rooms::history> history,
                 service_options options)
    : options_(std::move(options)),
      history_(std::move(history)),
      rooms_(loops, *history_, bus_, options_.rooms, options_.may),
      by_user_(options_.limits.user),
      by_address_(options_.limits.address),
      counted_(loops.size()) {}

void service::reload() {
  if (options_.tokens)
    options_.tokens->reload();
}

service::counts& service::counted_here() noexcept {
  assert(net::loop::current());
  return counted_[net::loop::current()->index()];
}

}  // namespace actornet::chat
