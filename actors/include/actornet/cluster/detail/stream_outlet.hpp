#pragma once

#include <cstdint>
#include <string>
#include <system_error>

#include "actornet/cluster/bus.hpp"
#include "actornet/cluster/detail/service_wire.hpp"
#include "actornet/flow/task.hpp"
#include "actornet/net/timer_wheel.hpp"
#include "actornet/result.hpp"

namespace actornet::cluster::detail {

/// What a stream of replies needs of the host that serves it.
class outlet_host {
 public:
  /// Error: `closed_locally` (the host is gone), and those of `bus::publish`.
  virtual result<void> publish(const std::string& subject, const v1::StreamItem& item) = 0;

  /// The asker does not want it any more, or is gone.
  virtual void stop_call(std::uint64_t call, errc reason) = 0;

 protected:
  ~outlet_host() = default;
};

struct outlet_times {
  net::duration heartbeat;
  net::duration silence_max;
};

/// A stream of replies at its server: sends what the asker has granted. Loop-bound.
class stream_outlet {
 public:
  static constexpr net::duration busy_pause = std::chrono::milliseconds(5);
  static constexpr int end_tries_max = 100;

  stream_outlet(net::loop& home, outlet_host& host, std::uint64_t call, outlet_times times,
                const v1::StreamOpening& opening);
  stream_outlet(const stream_outlet&) = delete;
  stream_outlet& operator=(const stream_outlet&) = delete;

  std::uint64_t id() const noexcept { return id_; }

  /// The wait for credit; gives `result<void>`.
  class [[nodiscard("co_await it")]] credit_wait final : public wait_point {
   public:
    explicit credit_wait(stream_outlet & of) noexcept : of_(&of) {}
    bool await_ready();
    void await_suspend(std::coroutine_handle<> task);
    result<void> await_resume() const noexcept;

   private:
    friend class stream_outlet;
    void abandon(errc reason) override;

    stream_outlet* of_;
    errc refused_{};
  };

  /// One more item, once there is credit and the bus takes it. One at a time.
  static task<result<void>> send(stream_outlet& self, std::string body);

  /// The last that is sent.
  static task<> end(stream_outlet& self, const service_shape& shape, std::error_code error,
                    std::string text);

  void on_control(const v1::StreamControl& control);

 private:
  bool may_send() const noexcept { return sent_ < granted_; }
  v1::StreamItem next_item() const;
  void tick();

  net::loop& home_;
  outlet_host& host_;
  const std::uint64_t call_;
  const outlet_times times_;
  const std::uint64_t id_;
  const std::string inbox_;
  std::uint64_t granted_;
  std::uint64_t sent_ = 0;
  net::time_point heard_at_;
  credit_wait* waiting_ = nullptr;
  net::timer timer_{net::entry_of<&stream_outlet::tick>(*this)};
};

}  // namespace actornet::cluster::detail
