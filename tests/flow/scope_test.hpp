#pragma once

// Children for the tests of scopes.

#include <stdexcept>

#include "actornet/flow/scope.hpp"
#include "actornet/flow/time.hpp"
#include "flow/flow_test.hpp"

namespace actornet {

class scope_test : public flow_test {
 protected:
  net::duration now() const { return world_.elapsed(); }

  net::loop other_{world_.make_backend()};
};

inline task<std::error_code> sleep_for(net::duration length) {
  co_return (co_await sleep(length)).error();
}

inline task<int> value_after(net::duration length, int value) {
  (void)co_await sleep(length);
  co_return value;
}

inline task<> throwing_after(net::duration length) {
  (void)co_await sleep(length);
  throw std::runtime_error("child");
}

inline task<result<int>> failing_after(net::duration length) {
  (void)co_await sleep(length);
  co_return errc::message_malformed;
}

}  // namespace actornet
