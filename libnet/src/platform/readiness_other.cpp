#include "../asio/asio_backend.hpp"

namespace actornet::net {

std::unique_ptr<readiness_source> make_native_readiness(loop&) {
  return nullptr;
}

}  // namespace actornet::net
