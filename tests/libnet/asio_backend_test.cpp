// The loop's backend on real sockets. Sessions on real sockets:
// tests/runtime/real_sockets_test.cpp.

#include "asio/asio_backend.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>

#include "asio/asio_endpoints.hpp"
#include "libnet/real_loop.hpp"

namespace actornet::net {
namespace {

class asio_backend_test : public testing::TestWithParam<poller> {
 protected:
  real_loop here{GetParam()};
};

// -- a busy loop ----------------------------------------------------------------------------------

/// An end that sends each byte back that it gets, and so keeps its loop busy for ever.
class echoing_end {
 public:
  echoing_end(loop& on, transport& bytes) : loop_(on), bytes_(bytes) {
    bytes_.set_owner(entry_of<&echoing_end::on_ready>(*this));
    bytes_.arm_read();
  }
  ~echoing_end() { bytes_.close(); }

  void send() {
    const std::byte one[1] = {};
    const std::span<const std::byte> part(one);
    bytes_.write_some(std::span(&part, 1));
  }

 private:
  void on_ready() {
    bytes_.leave_queue();
    if (bytes_.read_some(loop_.read_buffer()).state == io_result::status::ok)
      send();
    bytes_.arm_read();
  }

  loop& loop_;
  transport& bytes_;
};

TEST_P(asio_backend_test, a_loop_that_is_never_idle_still_accepts_and_connects) {
  constexpr std::size_t pairs = 4;
  here.open_door();
  for (std::size_t i = 0; i < pairs; ++i)
    here.connect();
  ASSERT_TRUE(here.turn_until(
      [&] { return here.connected.size() == pairs && here.accepted.size() == pairs; }));
  std::vector<std::unique_ptr<echoing_end>> ends;
  for (std::size_t i = 0; i < pairs; ++i) {
    ends.push_back(std::make_unique<echoing_end>(here.on, *here.connected[i]));
    ends.push_back(std::make_unique<echoing_end>(here.on, *here.accepted[i]));
  }
  for (std::size_t i = 0; i < pairs; ++i)
    ends[2 * i]->send();
  for (int i = 0; i < 50; ++i)
    here.on.turn(true);
  here.connect();
  for (int i = 0; i < 100; ++i)
    here.on.turn(true);  // never sleeps: the bytes go on
  EXPECT_EQ(here.connected.size(), pairs + 1);
  EXPECT_EQ(here.accepted.size(), pairs + 1);
  while (here.on.has_work())  // no end may go while it stands in the queue
    here.on.turn(false);
}

TEST_P(asio_backend_test, a_turn_accepts_a_bounded_number_of_connections) {
  constexpr std::size_t many = 300;
  real_loop callers(GetParam());
  here.open_door();
  callers.open_door();
  for (std::size_t i = 0; i < many; ++i)
    callers.attempts.push_back(callers.on.driver().connect(
        here.door->local(), {}, [&](auto made) { callers.connected.push_back(*std::move(made)); }));
  ASSERT_TRUE(callers.turn_until([&] { return callers.connected.size() == many; }));
  std::size_t most = 0;
  ASSERT_TRUE(here.turn_until([&, before = std::size_t{0}]() mutable {
    most = std::max(most, here.accepted.size() - before);
    before = here.accepted.size();
    return before == many;
  }));
  EXPECT_LE(most, asio_backend::handlers_per_look);
}

// -- no call waits --------------------------------------------------------------------------------

TEST_P(asio_backend_test, reading_nothing_and_writing_to_a_full_buffer_would_block) {
  here.open_door();
  here.connect();
  ASSERT_TRUE(
      here.turn_until([&] { return here.connected.size() == 1 && here.accepted.size() == 1; }));
  transport* const ends[] = {here.accepted[0].get(), here.connected[0].get()};
  for (transport* end : ends)
    EXPECT_EQ(end->read_some(here.on.read_buffer()).state, io_result::status::would_block);
  for (transport* end : ends) {
    const std::span<const std::byte> parts[] = {here.on.read_buffer(), here.on.read_buffer()};
    std::size_t writes = 0;
    while (end->write_some(std::span(parts)).state == io_result::status::ok)
      ASSERT_LT(++writes, 100'000u);
    EXPECT_EQ(end->write_some(std::span(parts)).state, io_result::status::would_block);
    EXPECT_EQ(end->write_some(std::span(parts).first(1)).state, io_result::status::would_block);
  }
}

// -- what fails fails alone -----------------------------------------------------------------------

TEST_P(asio_backend_test, a_socket_that_cannot_be_watched_fails_at_its_first_read) {
  auto& driver = static_cast<asio_backend&>(here.on.driver());
  std::unique_ptr<transport> broken;
  ASSERT_NO_THROW(broken = driver.adopt(asio::ip::tcp::v4(), -1));
  int runs = 0;
  broken->set_owner({[](void* context) { ++*static_cast<int*>(context); }, &runs});
  broken->arm_read();
  ASSERT_TRUE(here.turn_until([&] { return runs > 0; }));
  EXPECT_EQ(broken->read_some(here.on.read_buffer()).state, io_result::status::error);
  broken->close();
}

// -- options --------------------------------------------------------------------------------------

#if defined(TCP_USER_TIMEOUT)
// In milliseconds, as the system has it after @p options were applied.
unsigned user_timeout_of(const socket_options& options) {
  asio::io_context io;
  any_socket socket(io);
  socket.open(asio::ip::tcp::v4());
  apply(options, socket);
  unsigned found = 0;
  socklen_t size = sizeof found;
  EXPECT_EQ(::getsockopt(socket.native_handle(), IPPROTO_TCP, TCP_USER_TIMEOUT, &found, &size), 0);
  return found;
}

TEST(socket_options, the_user_timeout_is_30_s_unless_told_otherwise) {
  socket_options options;
  EXPECT_EQ(user_timeout_of(options), 30'000u);
  options.user_timeout = std::chrono::microseconds(1);
  EXPECT_EQ(user_timeout_of(options), 1u) << "not 0, which would be the system's choice";
  options.user_timeout = duration::max();
  EXPECT_EQ(user_timeout_of(options), 2'147'483'647u);
  options.user_timeout = {};
  EXPECT_EQ(user_timeout_of(options), 0u);
}
#endif

INSTANTIATE_TEST_SUITE_P(pollers, asio_backend_test,
                         testing::Values(poller::native, poller::portable), poller_name);

}  // namespace
}  // namespace actornet::net
