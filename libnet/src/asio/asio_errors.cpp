#include "asio_errors.hpp"

#include <boost/asio/error.hpp>

namespace actornet::net {

errc to_errc(const boost::system::error_code& error) noexcept {
  namespace asio_error = boost::asio::error;
  namespace system_error = boost::system::errc;
  if (error == asio_error::eof)
    return errc::end_of_stream;
  if (error == asio_error::connection_reset || error == asio_error::broken_pipe ||
      error == asio_error::connection_aborted || error == asio_error::timed_out)
    return errc::connection_reset;
  // A Unix socket's path that does not exist has nobody listening either.
  if (error == asio_error::connection_refused || error == system_error::no_such_file_or_directory)
    return errc::connection_refused;
  if (error == asio_error::address_in_use)
    return errc::address_in_use;
  if (error == system_error::address_not_available || error == asio_error::invalid_argument ||
      error == asio_error::address_family_not_supported)
    return errc::address_invalid;
  if (error == asio_error::no_descriptors || error == system_error::too_many_files_open_in_system ||
      error == asio_error::no_buffer_space)
    return errc::descriptors_exhausted;
  if (error == asio_error::no_memory)
    return errc::out_of_memory;
  return errc::network_failure;
}

}  // namespace actornet::net
