// Linux: one edge-triggered epoll set of our own, in which the loop sleeps. A connection is
// registered once and costs no system call but its reads and writes.

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <system_error>

#include "../asio/asio_backend.hpp"
#include "../asio/asio_endpoints.hpp"
#include "../asio/asio_errors.hpp"
#include "../asio/reporting_watch.hpp"
#include "actornet/net/loop.hpp"

namespace actornet::net {

namespace {

constexpr std::size_t events_max = 256;  // of one epoll_wait
constexpr std::size_t parts_max = 64;    // of one gathered write

// An accepted socket blocks, and to change that would cost a system call.
constexpr int send_flags = MSG_DONTWAIT | MSG_NOSIGNAL;

errc last_error() {
  return to_errc({errno, boost::system::system_category()});
}

// Edges tell that something came; `*_ready_` remembers it until a read or write finds the end of
// it. A short read has found the end: later bytes make a new edge (epoll(7), questions 9).
class epoll_transport final : public transport {
 public:
  epoll_transport(loop& owner, int set, int fd) : loop_(owner), set_(set), fd_(fd) {
    epoll_event event{};
    event.events = EPOLLIN | EPOLLRDHUP | EPOLLET;
    event.data.ptr = this;
    if (::epoll_ctl(set_, EPOLL_CTL_ADD, fd_, &event) != 0)
      read_ready_ = write_ready_ = broken_ = true;  // the first read reports it
  }

  ~epoll_transport() override { close(); }

  void on_events(std::uint32_t events) {
    if (events & (EPOLLHUP | EPOLLERR))
      events |= EPOLLIN | EPOLLOUT | EPOLLRDHUP;
    if (events & (EPOLLIN | EPOLLRDHUP))
      read_ready_ = true;
    if (events & EPOLLRDHUP)
      ending_ = true;
    if (events & EPOLLOUT)
      write_ready_ = true;
    fire();
  }

  void arm_read() override {
    readable_ = false;
    read_armed_ = true;
    fire();
  }

  void arm_write() override {
    writable_ = false;
    write_armed_ = true;
    if (!watches_output_) {
      watches_output_ = true;  // from now on; most connections never need it
      epoll_event event{};
      event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
      event.data.ptr = this;
      ::epoll_ctl(set_, EPOLL_CTL_MOD, fd_, &event);
    }
    fire();
  }

  io_result read_some(std::span<std::byte> into) override {
    if (broken_)
      return {io_result::status::error, 0, errc::descriptors_exhausted};
    const ssize_t count = ::recv(fd_, into.data(), into.size(), MSG_DONTWAIT);
    if (count > 0) {
      const auto bytes = static_cast<std::size_t>(count);
      if (bytes < into.size() && !ending_)
        read_ready_ = false;
      return {io_result::status::ok, bytes};
    }
    if (count == 0)
      return {io_result::status::end_of_stream};
    if (errno == EAGAIN || errno == EINTR) {
      read_ready_ = errno == EINTR;
      return {};
    }
    return {io_result::status::error, 0, last_error()};
  }

  io_result write_some(std::span<const std::span<const std::byte>> parts) override {
    const ssize_t count = parts.size() == 1
                              ? ::send(fd_, parts[0].data(), parts[0].size(), send_flags)
                              : send_gathered(parts);
    if (count >= 0)
      return {io_result::status::ok, static_cast<std::size_t>(count)};
    if (errno == EAGAIN || errno == EINTR) {
      write_ready_ = errno == EINTR;
      return {};
    }
    return {io_result::status::error, 0, last_error()};
  }

  void shutdown_write() override { ::shutdown(fd_, SHUT_WR); }

  void close() override {
    if (fd_ >= 0)
      ::close(fd_);  // takes it out of the set as well
    fd_ = -1;
    read_armed_ = write_armed_ = false;
  }

  void abort() override {
    const linger at_once{1, 0};
    if (fd_ >= 0)
      ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close();
  }

  endpoint peer() const override {
    any_socket::endpoint_type address;
    auto size = static_cast<socklen_t>(address.capacity());
    if (::getpeername(fd_, address.data(), &size) != 0)
      return {};
    address.resize(size);
    return from_asio(address);
  }

 private:
  ssize_t send_gathered(std::span<const std::span<const std::byte>> parts) {
    std::array<iovec, parts_max> vectors;
    const std::size_t count = std::min(parts.size(), parts_max);
    for (std::size_t i = 0; i < count; ++i)
      vectors[i] = {const_cast<std::byte*>(parts[i].data()), parts[i].size()};
    msghdr message{};
    message.msg_iov = vectors.data();
    message.msg_iovlen = count;
    return ::sendmsg(fd_, &message, send_flags);
  }

  void fire() {
    bool run = false;
    if (read_armed_ && read_ready_) {
      read_armed_ = false;
      readable_ = run = true;
    }
    if (write_armed_ && write_ready_) {
      write_armed_ = write_ready_ = false;
      writable_ = run = true;
    }
    if (run)
      run_owner(loop_);
  }

  loop& loop_;
  int set_;
  int fd_;
  bool read_ready_ : 1 = false;
  bool write_ready_ : 1 = false;
  bool read_armed_ : 1 = false;
  bool write_armed_ : 1 = false;
  bool watches_output_ : 1 = false;
  bool ending_ : 1 = false;  // FIN or error seen: read on to the end even after a short read
  bool broken_ : 1 = false;
};

// A descriptor that is closed with it.
class owned_fd {
 public:
  owned_fd(int fd, const char* what) : fd_(fd) {
    if (fd < 0)
      throw std::system_error(errno, std::system_category(), what);
  }
  ~owned_fd() { ::close(fd_); }
  owned_fd(const owned_fd&) = delete;
  owned_fd& operator=(const owned_fd&) = delete;

  int get() const noexcept { return fd_; }

 private:
  int fd_;
};

// Level-triggered. Out of the set as long as nothing is wanted: an error is told unasked.
class epoll_watch final : public reporting_watch {
 public:
  epoll_watch(loop& owner, int set, descriptor watched, descriptor_listener& told)
      : reporting_watch(owner, told), set_(set), watched_(std::move(watched)) {}

  ~epoll_watch() override {
    if (in_set_)
      control(EPOLL_CTL_DEL, 0);  // another copy of it would keep it in the set
  }

  void on_events(std::uint32_t events) {
    const bool over = (events & (EPOLLHUP | EPOLLERR)) != 0;
    report(over || (events & (EPOLLIN | EPOLLRDHUP)), over || (events & EPOLLOUT));
  }

  /// Tells the watches' events from the transports': the lowest bit of an address is never set.
  static constexpr std::uint64_t tag = 1;

 private:
  result<void> apply() override {
    const std::uint32_t events = (reads() ? EPOLLIN | EPOLLRDHUP : 0u) | (writes() ? EPOLLOUT : 0u);
    const bool wanted = events != 0;
    if (!wanted && !in_set_)
      return {};
    if (!control(!wanted ? EPOLL_CTL_DEL : in_set_ ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, events))
      return errc::network_failure;
    in_set_ = wanted;
    return {};
  }

  bool control(int what, std::uint32_t events) noexcept {
    epoll_event event{};
    event.events = events;
    event.data.u64 = reinterpret_cast<std::uintptr_t>(this) | tag;
    return ::epoll_ctl(set_, what, watched_.get(), &event) == 0;
  }

  const int set_;
  const descriptor watched_;
  bool in_set_ = false;
};

// An event's `data.ptr` is the transport, null for a wake-up, or the set itself for descriptors
// that belong to Asio; or it is a watch with its tag.
class epoll_set final : public readiness_source {
 public:
  explicit epoll_set(loop& owner) : loop_(owner) {
    // Each write makes an edge, so the count is never read.
    if (!add(wake_.get(), EPOLLIN | EPOLLET, nullptr))
      throw std::system_error(errno, std::system_category(), "epoll_ctl");
  }

  bool collect(duration patience) override {
    std::array<epoll_event, events_max> events;
    const int count =
        ::epoll_wait(set_.get(), events.data(), events_max, to_milliseconds(patience));
    bool others = false;
    for (int i = 0; i < count; ++i) {
      const epoll_event& event = events[static_cast<std::size_t>(i)];
      if (event.data.ptr == this)
        others = true;
      else if (event.data.u64 & epoll_watch::tag)
        reinterpret_cast<epoll_watch*>(event.data.u64 & ~epoll_watch::tag)->on_events(event.events);
      else if (event.data.ptr)
        static_cast<epoll_transport*>(event.data.ptr)->on_events(event.events);
    }
    return others;
  }

  void wake() noexcept override {
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = ::write(wake_.get(), &one, sizeof one);
  }

  bool watch(int handle) noexcept override {
    return add(handle, EPOLLIN | EPOLLOUT | EPOLLET, this);
  }

  void unwatch(int handle) noexcept override {
    epoll_event ignored{};  // kernels before 2.6.9 want one
    ::epoll_ctl(set_.get(), EPOLL_CTL_DEL, handle, &ignored);
  }

  std::unique_ptr<transport> make_transport(int handle) override {
    return std::make_unique<epoll_transport>(loop_, set_.get(), handle);
  }

  std::unique_ptr<descriptor_watch> make_watch(descriptor watched,
                                               descriptor_listener& told) override {
    return std::make_unique<epoll_watch>(loop_, set_.get(), std::move(watched), told);
  }

 private:
  bool add(int fd, std::uint32_t events, void* tag) noexcept {
    epoll_event event{};
    event.events = events;
    event.data.ptr = tag;
    return ::epoll_ctl(set_.get(), EPOLL_CTL_ADD, fd, &event) == 0;
  }

  // Rounded up, or a timer that is due soon would be asked for many times.
  static int to_milliseconds(duration patience) noexcept {
    if (patience == duration::max())
      return -1;
    const auto whole = std::chrono::ceil<std::chrono::milliseconds>(patience).count();
    return static_cast<int>(std::clamp<decltype(whole)>(whole, 0, INT_MAX));
  }

  loop& loop_;
  owned_fd set_{::epoll_create1(EPOLL_CLOEXEC), "epoll_create1"};
  owned_fd wake_{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd"};
};

}  // namespace

std::unique_ptr<readiness_source> make_native_readiness(loop& owner) {
#if defined(BOOST_ASIO_HAS_EPOLL)
  return std::make_unique<epoll_set>(owner);
#else  // built for another of Asio's pollers: then that one is to be used
  (void)owner;
  return nullptr;
#endif
}

}  // namespace actornet::net
