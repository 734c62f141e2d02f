#pragma once

// A nats-server of the test's own, on free ports, with JetStream in a temporary folder.

#include <string>
#include <vector>

#include "rooms/temporary_folder.hpp"

namespace actornet::nats_test {

class server {
 public:
  /// Starts it; @p more are further arguments.
  explicit server(std::vector<std::string> more = {}, bool with_jetstream = true);
  ~server();
  server(const server&) = delete;
  server& operator=(const server&) = delete;

  std::string url(const std::string& scheme = "nats", const std::string& host = "127.0.0.1") const {
    return scheme + "://" + host + ':' + port_;
  }

  /// As by kill -9.
  void kill();

  /// On the same port, with what is in its store.
  void start();

 private:
  void wait_until_ready();

  const std::vector<std::string> more_;
  const bool with_jetstream_;
  const rooms::temporary_folder folder_;
  std::string port_ = "-1";  // any free one
  int process_ = -1;
  int log_ = -1;
};

}  // namespace actornet::nats_test
