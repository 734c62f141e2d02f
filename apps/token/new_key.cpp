#include "new_key.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

#include "actornet/auth/key.hpp"

namespace actornet::token {

namespace {

constexpr mode_t for_the_owner = S_IRUSR | S_IWUSR;
constexpr mode_t for_all_to_read = for_the_owner | S_IRGRP | S_IROTH;

/// A file that is new, and goes again unless it is kept.
class new_file {
 public:
  new_file(std::string path, mode_t mode) : path_(std::move(path)) {
    descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
    if (descriptor_ < 0)
      fail(errno);
  }
  ~new_file() {
    ::close(descriptor_);
    if (!kept_)
      ::unlink(path_.c_str());
  }
  new_file(const new_file&) = delete;
  new_file& operator=(const new_file&) = delete;

  void write(const std::string& text) {
    const ssize_t written = ::write(descriptor_, text.data(), text.size());
    if (written != static_cast<ssize_t>(text.size()))
      fail(written < 0 ? errno : ENOSPC);
    if (::fsync(descriptor_) != 0)
      fail(errno);
  }
  void keep() noexcept { kept_ = true; }

 private:
  [[noreturn]] void fail(int error) const {
    throw std::runtime_error(path_ + ": " + std::strerror(error));
  }

  std::string path_;
  int descriptor_ = -1;
  bool kept_ = false;
};

}  // namespace

void write_new_key(const std::string& path, auth::algorithm which) {
  new_file own(path, for_the_owner);
  const auth::key_texts made = auth::make_key(which);
  if (!made.public_text.empty()) {
    new_file shown(path + ".pub", for_all_to_read);
    shown.write(made.public_text);
    own.write(made.private_text);
    shown.keep();
  } else {
    own.write(made.private_text);
  }
  own.keep();
}

}  // namespace actornet::token
