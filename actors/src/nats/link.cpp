#include "link.hpp"

#include <algorithm>

#include "actornet/log.hpp"

namespace actornet::nats {

link::~link() {
  if (connection_)
    natsConnection_Destroy(connection_);
}

result<void> link::connect(natsOptions& options) {
  natsStatus status =
      natsOptions_SetEventLoop(&options, this, attach, want_read, want_write, detach);
  if (status == NATS_OK)
    status = natsConnection_Connect(&connection_, &options);
  if (status == NATS_OK)
    return {};
  log(log_level::debug, "nats: no connection: " + failure_text(status));
  return status == NATS_CONNECTION_AUTH_FAILED ? errc::not_allowed : errc::disconnected;
}

result<void> link::start() {
  auto made = home_.driver().watch_descriptor(std::move(socket_), *this);
  if (!made)
    return made.error();
  watch_ = *std::move(made);
  look();
  return {};
}

void link::stop() noexcept {
  told_ = nullptr;
  const auto gone = std::move(watch_);
  if (gone && wants_write_)
    natsConnection_ProcessWriteEvent(connection_);  // the last try: nobody flushes it after this
  home_.cancel_flush(*this);
}

std::size_t link::buffered() const noexcept {
  return static_cast<std::size_t>(std::max(natsConnection_Buffered(connection_), 0));
}

// -- what the library asks, on any thread ---------------------------------------------------------

natsStatus link::attach(void** mine, void* self, natsConnection*, natsSock socket) {
  *mine = self;
  auto copy = net::descriptor::copy_of(socket);
  if (!copy)
    return NATS_SYS_ERROR;
  static_cast<link*>(self)->socket_ = *std::move(copy);
  return NATS_OK;
}

natsStatus link::want_read(void* self, bool add) {
  static_cast<link*>(self)->wants_read_ = add;
  static_cast<link*>(self)->look_soon();
  return NATS_OK;
}

natsStatus link::want_write(void* self, bool add) {
  static_cast<link*>(self)->wants_write_ = add;
  if (add)
    static_cast<link*>(self)->look_soon();  // less to watch is seen in time
  return NATS_OK;
}

natsStatus link::detach(void* self) {
  static_cast<link*>(self)->look_soon();
  return NATS_OK;
}

// The socket has room nearly always: on the loop it is written at the end of what runs there,
// without a look at the poller.
void link::look_soon() {
  if (home_.in_loop()) {
    if (watch_)
      home_.flush_later(*this);
    return;
  }
  if (auto self = weak_from_this().lock())  // none while it is destroyed
    box_->push([self = std::move(self)] { self->look(); });
}

// -- on the home loop -----------------------------------------------------------------------------

void link::on_ready(bool readable, bool writable) {
  const auto self = shared_from_this();  // who is told may drop it
  if (readable)
    natsConnection_ProcessReadEvent(connection_);
  if (writable)
    natsConnection_ProcessWriteEvent(connection_);
  if (told_)
    told_->on_progress();
  look();
}

void link::flush() {
  if (!watch_)
    return;
  if (wants_write_)
    natsConnection_ProcessWriteEvent(connection_);
  look();
}

void link::look() {
  if (!watch_)
    return;
  if (!natsConnection_IsClosed(connection_))
    return watch_as_wanted();
  watch_.reset();
  const char* why = nullptr;
  natsConnection_GetLastError(connection_, &why);
  log(log_level::warning, std::string("nats: the connection is lost: ") + (why ? why : ""));
  box_->push([self = shared_from_this()] {
    if (self->told_)
      self->told_->on_lost();
  });
}

void link::watch_as_wanted() {
  const bool read = wants_read_;
  const bool write = wants_write_;
  if (read == watches_read_ && write == watches_write_)
    return;
  watches_read_ = read;
  watches_write_ = write;
  (void)watch_->want(read, write);  // a socket that cannot be watched is given up by the pings
}

}  // namespace actornet::nats
