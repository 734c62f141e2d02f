#include "../asio/asio_backend.hpp"

namespace actornet::net {

void close_socket(any_socket::native_handle_type handle) noexcept {
  ::closesocket(handle);
}

}  // namespace actornet::net
