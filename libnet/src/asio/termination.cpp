#include "actornet/net/termination.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>

namespace actornet::net {

namespace asio = boost::asio;

#ifdef SIGHUP
static constexpr int hangup = SIGHUP;
#else
static constexpr int hangup = 0;  // there is none
#endif

struct termination_signals::state {
  asio::io_context io;
  asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()};
  asio::signal_set signals{io, SIGINT, SIGTERM};
  int caught = 0;
  bool waiting = false;
};

termination_signals::termination_signals() : state_(std::make_unique<state>()) {}

termination_signals::~termination_signals() = default;

void termination_signals::catch_hangup() {
  if constexpr (hangup != 0)
    state_->signals.add(hangup);
}

bool termination_signals::is_hangup(int number) noexcept {
  return number != 0 && number == hangup;
}

int termination_signals::wait() {
  if (!std::exchange(state_->waiting, true)) {
    state_->signals.async_wait([this](const boost::system::error_code& error, int number) {
      state_->waiting = false;
      if (!error)
        state_->caught = number;
    });
  }
  state_->io.run_one();
  return std::exchange(state_->caught, 0);
}

void termination_signals::wake() {
  asio::post(state_->io, [] {});
}

}  // namespace actornet::net
