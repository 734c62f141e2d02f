#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "actornet/cluster/service_host.hpp"
#include "actornet/flow/scope.hpp"

namespace actornet::cluster::detail {

class host_state;

/// Where requests to one subject of a host arrive.
class host_seat final : public bus_server {
 public:
  host_seat(host_state& of, bus& over, std::string_view service,
            std::optional<std::uint32_t> shard);

  void on_request(const net::shared_bytes& payload, bus_reply reply) override;

  std::optional<std::uint32_t> shard() const noexcept { return shard_; }

  /// Answers `moved` from here on and goes in a while; `stay` takes that back.
  void leave();
  void stay();
  bool leaving() const noexcept { return leaving_; }

 private:
  void on_linger_end();

  host_state& of_;
  const std::optional<std::uint32_t> shard_;
  bool leaving_ = false;
  net::timer linger_{net::entry_of<&host_seat::on_linger_end>(*this)};
  subscription serves_;
};

/// A request that came and is to be answered.
struct arrival {
  v1::ServiceRequest request;
  bus_reply reply;
  const served_method* method;
  std::optional<std::uint32_t> shard;
  net::time_point deadline;
};

/// A host behind its handle; it goes when both the handle and the last call are gone. Loop-bound.
class host_state final : public shard_set, private outlet_host, private bus_sink {
 public:
  host_state(bus& over, std::shared_ptr<service> served, const host_options& options);

  void own(std::uint32_t shard) override;
  void release(std::uint32_t shard) override;

  task<> drain();
  void abandon();

  net::loop& home() const noexcept { return home_; }
  const host_options& options() const noexcept { return options_; }
  const host_statistics& statistics() const noexcept { return statistics_; }

  // -- for its seats ------------------------------------------------------------------------------

  void on_request(const host_seat& at, const net::shared_bytes& payload, bus_reply reply);
  void remove_seat(std::uint32_t shard) { seats_.erase(shard); }

 private:
  struct running {
    std::optional<std::uint32_t> shard;
    stream_outlet* outlet = nullptr;
    std::optional<child<void>> task;
  };

  // Arrivals (host_arrivals.cpp).
  void refuse(bus_reply reply, std::error_code error, std::string text);
  void refuse_moved(bus_reply& reply);
  errc misfit(const host_seat& at, arrival& came, std::string& text) const;
  void admit(arrival came);
  void expire_waiting();
  void begin(arrival came);
  void begin_waiting();

  // Calls (host_calls.cpp).
  static task<> run(host_state& self, std::uint64_t number, std::unique_ptr<arrival> work);
  static task<> serve(host_state& self, arrival& work);
  static task<> serve_stream(host_state& self, std::uint64_t number, arrival& work);
  static task<result<std::string>> call_method(host_state& self, const served_method& method,
                                               call_work& work);
  void count(const result<std::string>& outcome, const arrival& work);
  void answer(bus_reply& reply, v1::ServiceReply message);
  void stop_shard(std::uint32_t shard);
  void end_call(std::uint64_t number);

  // Streams (host_calls.cpp).
  result<void> publish(const std::string& subject, const v1::StreamItem& item) override;
  void stop_call(std::uint64_t call, errc reason) override;
  void on_published(const net::shared_bytes& payload) override;
  void on_lagged(std::uint64_t) override {}  // controls are repeated

  void leave();
  static task<> wait_for_all(scope& calls);
  void on_empty();
  void go() { delete this; }

  net::loop& home_;
  bus* bus_;  // null when the handle is gone
  const std::shared_ptr<service> service_;
  const service_shape shape_;
  const host_options options_;
  host_statistics statistics_;
  bool leaving_ = false;

  std::optional<host_seat> plain_;
  std::map<std::uint32_t, host_seat> seats_;
  const std::string control_;
  subscription hears_controls_;

  std::deque<arrival> waiting_;
  std::uint64_t last_call_ = 0;
  std::unordered_map<std::uint64_t, running> running_;
  std::unordered_map<std::uint64_t, stream_outlet*> outlets_;
  task_context context_{home_};
  scope calls_{context_};
  task_context end_context_{home_};
  task<> ended_;
};

}  // namespace actornet::cluster::detail
