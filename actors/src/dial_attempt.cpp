#include "actornet/detail/dial_attempt.hpp"

#include <cassert>
#include <utility>

namespace actornet::detail {

void dial_attempt::begin(connection_table& here, std::string_view uri, net::time_point deadline,
                         const std::shared_ptr<const dial_options>& options) {
  assert(!connector_ && !here.draining());
  net::loop& home = here.home();
  assert(home.in_loop() && home.blocking());
  table_ = &here;
  options_ = options;
  connector_ = std::make_unique<net::connector>(
      home, *home.blocking(), uri, deadline,
      [this](result<std::unique_ptr<net::transport>> outcome) { on_connected(std::move(outcome)); },
      options->socket);
  table_->expect();
  table_->list(*this);
}

void dial_attempt::give_up() {
  if (!connector_)
    return;
  connector_.reset();
  table_->unlist(*this);
  table_->lost();
}

void dial_attempt::on_connected(result<std::unique_ptr<net::transport>> outcome) {
  if (!outcome) {
    give_up();
    return on_dialed(outcome.error());
  }
  connector_.reset();
  table_->unlist(*this);
  const std::shared_ptr<const net::stream_options> limits(options_, &options_->stream);
  on_dialed(new connection_core(*table_, std::move(*outcome), limits));
}

void dial_attempt::on_drain() {
  give_up();
  on_dialed(errc::shutting_down);
}

}  // namespace actornet::detail
