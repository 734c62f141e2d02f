#pragma once

// The smallest server that obeys transport's contract: one loop, raw bytes, back-pressure.

#include <array>
#include <list>
#include <memory>

#include "actornet/net/loop.hpp"

namespace actornet::sim {

class echo_server {
 public:
  echo_server(net::loop& on, const net::endpoint& where)
      : loop_(on), listener_(*on.driver().listen(where, {})) {
    accept();
  }

  net::endpoint local() const { return listener_->local(); }
  std::size_t sessions() const { return sessions_.size(); }

 private:
  class session {
   public:
    session(echo_server& server, std::unique_ptr<net::transport> connected)
        : server_(server), transport_(std::move(connected)) {
      transport_->set_owner(net::entry_of<&session::on_ready>(*this));
      transport_->arm_read();
    }

    std::list<session>::iterator place;

   private:
    using status = net::io_result::status;

    void on_ready() {
      transport_->leave_queue();
      if (closed_)
        return gone();
      if (waiting() || ended_)
        send();
      else
        receive();
      if (closed_ && !transport_->in_queue())
        gone();  // deletes this
    }

    bool waiting() const { return sent_ < filled_; }

    void receive() {
      const auto outcome = transport_->read_some(buffer_);
      switch (outcome.state) {
        case status::ok:
          sent_ = 0;
          filled_ = outcome.bytes;
          return send();
        case status::would_block:
          return transport_->arm_read();
        case status::end_of_stream:
          ended_ = true;
          return close();
        case status::error:
          return close();
      }
    }

    void send() {
      const auto left = std::span<const std::byte>(buffer_).first(filled_).subspan(sent_);
      const auto outcome = transport_->write_some(std::span(&left, 1));
      if (outcome.state == status::error)
        return close();
      sent_ += outcome.bytes;
      if (waiting())
        transport_->arm_write();
      else
        transport_->arm_read();
    }

    void close() {
      closed_ = true;
      transport_->close();
    }

    void gone() { server_.sessions_.erase(place); }

    echo_server& server_;
    std::unique_ptr<net::transport> transport_;
    std::array<std::byte, 2048> buffer_;
    std::size_t sent_ = 0;
    std::size_t filled_ = 0;
    bool ended_ = false;
    bool closed_ = false;
  };

  void accept() {
    listener_->accept([this](auto accepted) {
      if (!accepted) {
        constexpr auto back_off = std::chrono::milliseconds(100);
        return loop_.timers().arm(retry_, net::deadline_after(loop_.fresh_now(), back_off));
      }
      sessions_.emplace_back(*this, (*accepted)->attach(loop_));
      sessions_.back().place = std::prev(sessions_.end());
      accept();
    });
  }

  net::loop& loop_;
  std::unique_ptr<net::listening_socket> listener_;
  std::list<session> sessions_;
  net::timer retry_{net::entry_of<&echo_server::accept>(*this)};
};

}  // namespace actornet::sim
