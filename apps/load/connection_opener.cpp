#include "connection_opener.hpp"

#include <utility>

#include "source_addresses.hpp"

namespace actornet::load {

connection_opener::connection_opener(net::loop& on, std::vector<net::endpoint> addresses,
                                     std::uint32_t count, connected on_connected, failed on_failed)
    : loop_(on),
      addresses_(std::move(addresses)),
      count_(count),
      on_connected_(std::move(on_connected)),
      on_failed_(std::move(on_failed)),
      attempts_(count) {}

void connection_opener::start() {
  open_more();
}

void connection_opener::settle(std::uint32_t index) {
  attempts_[index].reset();
  ++settled_;
  if (all_settled())
    loop_.timers().remove(silence_);
  else if (!over_)
    open_more();
}

void connection_opener::open_more() {
  loop_.timers().arm(silence_, loop_.now() + patience);
  const std::uint32_t pending = settled_ == 0 ? 1 : pending_max;
  while (!over_ && begun_ < count_ && begun_ - settled_ < pending)
    open(begun_++);
}

void connection_opener::open(std::uint32_t index) {
  const net::endpoint& target = addresses_[address_];
  net::socket_options options;
  options.send_buffer_bytes = 0;  // as the system likes it: the load's buffers are not the topic
  options.keep_alive = false;
  options.local_address = source_address(target, index, count_);
  if (tuning_)
    tuning_(index, options);
  attempts_[index] = loop_.driver().connect(
      target, options, [this, index](result<std::unique_ptr<net::transport>> outcome) {
        if (outcome)
          return on_connected_(index, std::move(*outcome));
        if (settled_ == 0 && address_ + 1 < addresses_.size())
          return loop_.enqueue(net::entry_of<&connection_opener::try_next_address>(*this));
        fail(outcome.error());
      });
}

void connection_opener::try_next_address() {
  if (over_)
    return;
  ++address_;
  open(0);
}

void connection_opener::fail(std::error_code why) {
  if (!std::exchange(over_, true))
    on_failed_(why);
}

void connection_opener::stop() {
  over_ = true;
  loop_.timers().remove(silence_);
  attempts_.clear();
  attempts_.resize(count_);
}

}  // namespace actornet::load
