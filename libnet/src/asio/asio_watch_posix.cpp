#include <boost/asio/posix/stream_descriptor.hpp>

#include "asio_backend.hpp"
#include "reporting_watch.hpp"

namespace actornet::net {

namespace {

using asio_descriptor = asio::posix::stream_descriptor;

class portable_watch final : public reporting_watch {
 public:
  portable_watch(asio::io_context& io, loop& owner, descriptor watched, descriptor_listener& told)
      : reporting_watch(owner, told), watched_(io, watched.release()) {}

 private:
  result<void> apply() override {
    if (reads())
      wait_for(asio_descriptor::wait_read, &portable_watch::waits_to_read_);
    if (writes())
      wait_for(asio_descriptor::wait_write, &portable_watch::waits_to_write_);
    return {};
  }

  // Asio tells once; the next wait begins when the listener had its chance.
  void after_report() override { (void)apply(); }

  // Asio delivers a cancelled wait after the watch is gone.
  void wait_for(asio_descriptor::wait_type what, bool portable_watch::*waits) {
    if (this->*waits)
      return;
    this->*waits = true;
    watched_.async_wait(what, [line = reports(), what, waits](const boost::system::error_code&) {
      auto* const self = static_cast<portable_watch*>(line->watch);
      if (!self)
        return;
      self->*waits = false;
      const bool read = what == asio_descriptor::wait_read;
      self->report(read, !read);
    });
  }

  asio_descriptor watched_;
  bool waits_to_read_ = false;
  bool waits_to_write_ = false;
};

}  // namespace

result<std::unique_ptr<descriptor_watch>> make_portable_watch(asio::io_context& io, loop& owner,
                                                              descriptor watched,
                                                              descriptor_listener& told) {
  try {
    return std::unique_ptr<descriptor_watch>(
        std::make_unique<portable_watch>(io, owner, std::move(watched), told));
  } catch (const boost::system::system_error&) {
    return errc::network_failure;
  }
}

}  // namespace actornet::net
