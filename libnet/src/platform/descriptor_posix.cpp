#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "actornet/net/descriptor_watch.hpp"

namespace actornet::net {

result<descriptor> descriptor::copy_of(int foreign) {
  const int fd = ::fcntl(foreign, F_DUPFD_CLOEXEC, 0);
  if (fd < 0)
    return errno == EMFILE ? errc::descriptors_exhausted : errc::network_failure;
  return descriptor(fd);
}

descriptor::~descriptor() {
  if (fd_ >= 0)
    ::close(fd_);
}

}  // namespace actornet::net
