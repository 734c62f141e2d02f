#include "asio_backend.hpp"

namespace actornet::net {

result<std::unique_ptr<descriptor_watch>> make_portable_watch(asio::io_context&, loop&, descriptor,
                                                              descriptor_listener&) {
  return errc::unavailable;
}

}  // namespace actornet::net
