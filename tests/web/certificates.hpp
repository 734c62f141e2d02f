#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "actornet/tls/tls.hpp"

namespace actornet::tls {

/// A folder with certificates that vouch for themselves, made once by the openssl program.
class certificates : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder = std::filesystem::temp_directory_path() / ("actornet-tls-" + std::to_string(getpid()));
    std::filesystem::create_directory(folder);
    make("server", "localhost", ",IP:127.0.0.1");
    make("client", "somebody");
  }
  static void TearDownTestSuite() { std::filesystem::remove_all(folder); }

  static void make(const std::string& name, const std::string& subject,
                   const std::string& more_names = {}) {
    const std::string command =
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 "
        "-keyout " +
        file(name + ".key") + " -out " + file(name + ".pem") + " -subj /CN=" + subject +
        " -addext subjectAltName=DNS:" + subject + more_names + " 2> /dev/null";
    ASSERT_EQ(std::system(command.c_str()), 0) << command;
  }
  static std::string file(const std::string& name) { return (folder / name).string(); }

  static server_options of_server() {
    return {.certificate_file = file("server.pem"), .private_key_file = file("server.key")};
  }

  static inline std::filesystem::path folder;
};

}  // namespace actornet::tls
