#pragma once

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "load_programs.hpp"
#include "plain_client.hpp"

namespace actornet::talk {

using words = std::vector<std::string>;

/// Files of a test.
struct scratch_folder {
  scratch_folder() { std::filesystem::create_directory(path); }
  ~scratch_folder() { std::filesystem::remove_all(path); }
  std::string file(const std::string& name) const { return (path / name).string(); }

  /// The files `pem` and `key`: a certificate of localhost that vouches for itself.
  void make_certificate() const {
    const std::string make =
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 "
        "-keyout " +
        file("key") + " -out " + file("pem") +
        " -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 2> /dev/null";
    ASSERT_EQ(std::system(make.c_str()), 0);
  }

  const std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("actornet-chat-" + std::to_string(::getpid()));
};

/// A running actornet-chat-server, with admin pages.
class chat_server {
 public:
  explicit chat_server(const words& listen, const words& more = {}) {
    words all = {"--loops", "1", "--reconnect-spread", "100ms", "--admin", "tcp://127.0.0.1:0"};
    for (const std::string& uri : listen)
      all.insert(all.end(), {"--listen", uri});
    all.insert(all.end(), more.begin(), more.end());
    program_ = std::make_unique<load::child_program>("actornet-chat-server", all);
    for (std::size_t i = 0; i < listen.size(); ++i) {
      const std::string line = program_->read_line();
      EXPECT_TRUE(line.starts_with("listening ")) << line;
      uris_.push_back(line.substr(line.find(' ') + 1));
    }
  }

  int id() const noexcept { return program_->id(); }
  const std::string& uri(std::size_t i = 0) const { return uris_.at(i); }
  std::uint16_t port(std::size_t i = 0) const { return echo::port_of("listening " + uri(i)); }

  int stop() {
    program_->signal(SIGTERM);
    return program_->wait();
  }

  /// The counter or gauge @p name of `/metrics`; -1: there is none.
  long metric(const std::string& name) {
    const std::string page = get("/metrics");
    const std::size_t at = page.find("\n" + name + " ");
    return at == std::string::npos ? -1 : std::stol(page.substr(at + name.size() + 2));
  }

  /// Looks until the metric is @p value, for a minute at most; its last value.
  long metric_that_becomes(long value, const std::string& name) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    long now = metric(name);
    while (now != value && std::chrono::steady_clock::now() < deadline)
      now = metric(name);
    return now;
  }

  /// An admin page, with its header.
  std::string get(const std::string& path) {
    while (admin_port_ == 0) {
      const std::string line = program_->read_error_line();
      if (line.empty())
        return {};
      if (const std::size_t at = line.find("http://127.0.0.1:"); at != std::string::npos)
        admin_port_ = echo::port_of(line.substr(at, line.find_last_of("0123456789") + 1 - at));
    }
    echo::plain_client client(admin_port_);
    client.send_some("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
    std::string text;
    while (client.readable_within(60'000) &&
           client.receive_some(text) == echo::plain_client::outcome::bytes) {
    }
    return text;
  }

 private:
  std::unique_ptr<load::child_program> program_;
  words uris_;
  std::uint16_t admin_port_ = 0;
};

}  // namespace actornet::talk
