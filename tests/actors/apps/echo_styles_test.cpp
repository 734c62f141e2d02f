// The echo program's styles `actor` and `typed` on real loops and TCP over loopback: what a frame
// passes on its way is counted.

#include <actornet/echo/v1/echo.pb.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "actors/actor_support.hpp"
#include "echo.hpp"

namespace actornet {
namespace {

using echo::v1::Echo;

// A blocking client, as another program would be.
class client {
 public:
  explicit client(const net::endpoint& where) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(where.port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval patience{.tv_sec = 30, .tv_usec = 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0)
      throw std::runtime_error("cannot connect");
  }
  ~client() { ::close(fd_); }
  client(const client&) = delete;
  client& operator=(const client&) = delete;

  void send(const std::string& bytes) {
    ASSERT_EQ(::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
  }

  /// So many bytes; fewer when nothing came for long.
  std::string receive(std::size_t count) {
    std::string bytes(count, '\0');
    const ssize_t got = ::recv(fd_, bytes.data(), count, MSG_WAITALL);
    bytes.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
    return bytes;
  }

 private:
  int fd_;
};

class echo_styles : public testing::TestWithParam<echo::style> {};
INSTANTIATE_TEST_SUITE_P(tcp, echo_styles, testing::Values(echo::style::actor, echo::style::typed));

TEST_P(echo_styles, every_frame_passes_each_station_once) {
  constexpr int connection_count = 8;
  constexpr int frame_count = 200;
  echo::options chosen;
  chosen.listen = {"tcp://127.0.0.1:0"};
  chosen.serve = GetParam();
  chosen.framing = net::framing::delimited;
  echo::stations counted;
  runtime rt(real_loops(2));
  echo::set_up(rt, chosen, counted);
  rt.start();
  {
    std::vector<std::unique_ptr<client>> clients;
    std::vector<std::string> sent(connection_count);
    for (int i = 0; i < connection_count; ++i)
      clients.push_back(std::make_unique<client>(rt.listening().front()));
    for (int i = 0; i < connection_count; ++i) {
      for (int j = 0; j < frame_count; ++j) {
        Echo message;
        message.set_payload(std::to_string(i) + ":" + std::to_string(j));
        sent[i] += frame(message.SerializeAsString());
      }
      clients[i]->send(sent[i]);
    }
    for (int i = 0; i < connection_count; ++i)
      EXPECT_EQ(clients[i]->receive(sent[i].size()), sent[i]);
  }
  EXPECT_EQ(rt.stop(10s), 0u);
  EXPECT_EQ(counted.decoded, connection_count * frame_count);
  EXPECT_EQ(counted.handled, connection_count * frame_count);
  EXPECT_EQ(counted.encoded, connection_count * frame_count);
}

TEST(echo_typed, a_frame_that_is_no_message_passes_no_station) {
  echo::options chosen;
  chosen.listen = {"tcp://127.0.0.1:0"};
  chosen.serve = echo::style::typed;
  chosen.framing = net::framing::delimited;
  echo::stations counted;
  runtime rt(real_loops(1));
  echo::set_up(rt, chosen, counted);
  rt.start();
  {
    client bad(rt.listening().front());
    bad.send(frame("\x0a\x7f"));
    EXPECT_EQ(bad.receive(1), "") << "the connection ends";
    client good(rt.listening().front());
    Echo message;
    message.set_payload("still here");
    good.send(frame(message.SerializeAsString()));
    EXPECT_EQ(good.receive(13), frame(message.SerializeAsString()));
  }
  rt.stop(10s);
  EXPECT_EQ(counted.decoded, 1u);
  EXPECT_EQ(counted.encoded, 1u);
}

}  // namespace
}  // namespace actornet
