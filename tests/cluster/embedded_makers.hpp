#pragma once

// A node of an embedded engine as the only one, for the contracts of bus and directory.

#include <memory>

#include "actornet/cluster/embedded_engine.hpp"
#include "actornet/sim/socketless_backend.hpp"

namespace actornet::cluster_test {

/// The backend of a loop that never has a turn.
class still_backend final : public sim::socketless_backend {
 public:
  net::time_point now() override { return {}; }
  std::uint64_t random() override { return 0; }
};

class lonely_bus final : public cluster::bus {
 public:
  result<void> publish(std::string_view subject, const net::shared_bytes& payload) override {
    return node_.bus().publish(subject, payload);
  }
  cluster::subscription subscribe(std::string_view subject, cluster::bus_sink& sink) override {
    return node_.bus().subscribe(subject, sink);
  }
  cluster::subscription serve(std::string_view subject, cluster::bus_server& server) override {
    return node_.bus().serve(subject, server);
  }
  cluster::operation request(std::string_view subject, const net::shared_bytes& payload,
                             net::duration deadline, request_done done) override {
    return node_.bus().request(subject, payload, deadline, std::move(done));
  }
  cluster::subscription watch_state(cluster::bus_state_sink& sink) override {
    return node_.bus().watch_state(sink);
  }

 private:
  net::loop still_{std::make_unique<still_backend>()};
  cluster::embedded_engine engine_{still_, 1};
  cluster::embedded_node node_{engine_.network(), "alone"};
};

class lonely_directory final : public cluster::directory {
 public:
  explicit lonely_directory(net::loop& home) : engine_(home, 1) {}

  cluster::operation put(std::string_view key, std::string value, std::uint64_t expected,
                         net::duration time_to_live, put_done done) override {
    return node_.directory().put(key, std::move(value), expected, time_to_live, std::move(done));
  }
  cluster::operation remove(std::string_view key, std::uint64_t expected, put_done done) override {
    return node_.directory().remove(key, expected, std::move(done));
  }
  cluster::operation get(std::string_view key, get_done done) override {
    return node_.directory().get(key, std::move(done));
  }
  cluster::subscription watch(std::string_view prefix, cluster::directory_sink& sink) override {
    return node_.directory().watch(prefix, sink);
  }

 private:
  cluster::embedded_engine engine_;
  cluster::embedded_node node_{engine_.network(), "alone"};
};

}  // namespace actornet::cluster_test
