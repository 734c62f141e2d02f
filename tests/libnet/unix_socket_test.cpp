// Listening at the path of a file. Not on Windows.

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>

#include "libnet/real_loop.hpp"

namespace actornet::net {
namespace {

class unix_socket_test : public testing::TestWithParam<poller> {
 protected:
  unix_socket_test() { std::filesystem::remove(path); }
  ~unix_socket_test() override { std::filesystem::remove(path); }

  result<std::unique_ptr<listening_socket>> listen() {
    return here.on.driver().listen({endpoint::scheme::local, path, 0}, {});
  }

  real_loop here{GetParam()};
  const std::string path =
      testing::TempDir() + "actornet-" + std::to_string(::getpid()) + ".socket";
};

/// What a process leaves that was killed while it listened at @p path.
void leave_a_stale_socket(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  ASSERT_LT(path.size(), sizeof address.sun_path);
  std::strcpy(address.sun_path, path.c_str());
  const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
  ASSERT_EQ(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(::listen(fd, 1), 0);
  ::close(fd);
}

TEST_P(unix_socket_test, the_file_of_a_killed_process_is_replaced) {
  ASSERT_NO_FATAL_FAILURE(leave_a_stale_socket(path));
  ASSERT_TRUE(std::filesystem::is_socket(path));
  here.open_door("unix://" + path);
  ASSERT_TRUE(here.door);
  here.connect();
  EXPECT_TRUE(here.turn_until([&] { return !here.connected.empty() && !here.accepted.empty(); }));
  here.tickets.clear();
  here.door.reset();
  EXPECT_FALSE(std::filesystem::exists(path)) << "it goes with its listener";
}

TEST_P(unix_socket_test, a_path_where_somebody_listens_is_in_use) {
  auto first = listen();
  ASSERT_TRUE(first) << first.error();
  EXPECT_EQ(listen().error(), errc::address_in_use);
  EXPECT_TRUE(std::filesystem::is_socket(path));
  first->reset();
  EXPECT_TRUE(listen());
}

TEST_P(unix_socket_test, a_file_that_is_no_socket_stays) {
  std::ofstream(path) << "precious";
  EXPECT_EQ(listen().error(), errc::address_in_use);
  EXPECT_TRUE(std::filesystem::is_regular_file(path));
}

INSTANTIATE_TEST_SUITE_P(pollers, unix_socket_test,
                         testing::Values(poller::native, poller::portable), poller_name);

}  // namespace
}  // namespace actornet::net
