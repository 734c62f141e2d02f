#include <unistd.h>

#include "../asio/asio_backend.hpp"

namespace actornet::net {

void close_socket(any_socket::native_handle_type handle) noexcept {
  ::close(handle);
}

}  // namespace actornet::net
