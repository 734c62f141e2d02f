// A dialed connection's life: who uses it, how it ends, and what those who use it are told.

#include "actornet/outgoing.hpp"

#include "actornet/flow/scope.hpp"
#include "actornet/flow/select.hpp"
#include "actornet/flow/time.hpp"
#include "gate.hpp"
#include "sim/seeds.hpp"
#include "simulated_client.hpp"

namespace actornet {
namespace {

using net::never;
using connected = outgoing<byte_stream>;

/// A client with one connection, which tasks share.
struct one_connection : testing::Test {
  one_connection() { connect(); }
  ~one_connection() override {
    client.run([this]() -> task<> {
      mine.reset();
      co_return;
    });
    if (!peer->closed())
      peer->close();
    client.expect_no_connection();
  }

  void connect() {
    client.begin([this]() -> task<> {
      auto dialed = co_await dial<byte_stream>(peers.uri(), never, options());
      mine.emplace(std::move(*dialed));
    });
    peer = &peers.next();
    EXPECT_TRUE(client.finish()) << world;
  }

  static dial_options options() {
    dial_options slow = dial_options::of<byte_stream>();
    slow.socket.send_buffer_bytes = 1024;
    return slow;
  }

  void read_into(std::error_code& error) {
    client.begin([this, &error]() -> task<> { error = (co_await mine->read()).error(); });
    EXPECT_TRUE(world.run_for(10ms));
  }
  void write_into(std::error_code& error) {
    client.begin([this, &error]() -> task<> {
      while (!error)
        error = (co_await mine->write(std::string(10'000, 'x'))).error;
    });
    EXPECT_TRUE(world.run_for(10ms));
  }
  void on_loop(const std::function<void()>& work) {
    EXPECT_TRUE(world.run_on(client.loop(), work)) << world;
  }

  /// Every operation fails with @p why, at once.
  void expect_ended(errc why) {
    std::error_code read, write, request, chosen;
    client.run([&]() -> task<> {
      read = (co_await mine->read()).error();
      write = (co_await mine->write("more")).error;
      request = (co_await mine->begin_request()).error();
      chosen = (co_await select(mine->read(), after(1h))).error();
    });
    EXPECT_EQ(read, why);
    EXPECT_EQ(write, why);
    EXPECT_EQ(request, why);
    EXPECT_EQ(chosen, why);
  }

  sim::world world{1, calm()};
  simulated_peers peers{world};
  simulated_client client{world};
  std::optional<connected> mine;
  sim::peer* peer = nullptr;
};

using dialed_connection = one_connection;

// -- five ends, five reasons ----------------------------------------------------------------------

TEST_F(dialed_connection, closed_locally_tells_who_waits_and_who_comes_later) {
  std::error_code reading, writing;
  peer->stop_reading();
  read_into(reading);
  write_into(writing);
  ASSERT_EQ(client.running(), 2u);
  on_loop([&] { mine->close(); });
  ASSERT_TRUE(client.finish()) << world;
  EXPECT_EQ(reading, errc::closed_locally);
  EXPECT_EQ(writing, errc::closed_locally);
  expect_ended(errc::closed_locally);
}

TEST_F(dialed_connection, the_peers_end_is_the_end_of_the_stream_and_writing_goes_on) {
  std::error_code reading;
  read_into(reading);
  peer->shutdown_write();
  ASSERT_TRUE(client.finish()) << world;
  EXPECT_EQ(reading, errc::end_of_stream);
  client.run([this]() -> task<> {
    const auto written = co_await mine->write("last words");
    EXPECT_TRUE(written) << written.error;
  });
  ASSERT_TRUE(world.run_until([this] { return peer->received() == "last words"; })) << world;
}

TEST_F(dialed_connection, a_reset_tells_who_waits_and_who_comes_later) {
  std::error_code reading, writing;
  peer->stop_reading();
  read_into(reading);
  write_into(writing);
  peer->reset();
  ASSERT_TRUE(client.finish()) << world;
  EXPECT_EQ(reading, errc::connection_reset);
  EXPECT_EQ(writing, errc::connection_reset);
  expect_ended(errc::connection_reset);
}

TEST_F(dialed_connection, a_deadline_gives_timed_out_and_everything_stays_usable) {
  std::error_code read, past, write;
  std::string late;
  peer->stop_reading();
  client.run([&]() -> task<> {
    mine->set_deadline(mine->now() + 1s);
    read = (co_await mine->read()).error();
    past = (co_await mine->read()).error();
    mine->set_deadline(mine->now() + 1s);
    while (!write)
      write = (co_await mine->write(std::string(10'000, 'x'))).error;
    mine->set_deadline(never);
    peer->resume_reading();
    peer->send("late");
    late = (co_await mine->read())->text();
    write = (co_await mine->write("again")).error;
  });
  EXPECT_EQ(read, errc::timed_out);
  EXPECT_EQ(past, errc::timed_out);
  EXPECT_FALSE(write);
  EXPECT_EQ(late, "late");
  ASSERT_TRUE(world.run_until([this] { return peer->received().ends_with("again"); })) << world;
}

TEST_F(dialed_connection, a_cancelled_task_leaves_it_to_others) {
  std::error_code reading;
  cancel_source source;
  client.begin([&]() -> task<> {
    co_await with_token(source.token(), [](connected& from, std::error_code& error) -> task<> {
      error = (co_await from.read()).error();
    }(*mine, reading));
  });
  ASSERT_TRUE(world.run_for(1s));
  source.cancel();
  ASSERT_TRUE(client.finish()) << world;
  EXPECT_EQ(reading, errc::cancelled);
  peer->send("for another");
  std::string text;
  client.run([&]() -> task<> { text = (co_await mine->read())->text(); });
  EXPECT_EQ(text, "for another");
}

TEST_F(dialed_connection, a_limit_closes_it_with_its_reason) {
  std::error_code writing;
  peer->stop_reading();
  write_into(writing);
  ASSERT_TRUE(world.run_for(31s));
  EXPECT_EQ(writing, errc::write_timeout);
  expect_ended(errc::write_timeout);
}

TEST_F(dialed_connection, it_may_wait_for_the_peers_first_word_as_long_as_it_likes) {
  std::error_code reading;
  read_into(reading);
  ASSERT_TRUE(world.run_for(1h));
  EXPECT_FALSE(reading);
  peer->send("at last");
  ASSERT_TRUE(client.finish()) << world;
  EXPECT_FALSE(reading);
}

// -- references -----------------------------------------------------------------------------------

TEST_F(dialed_connection, its_reference_sends_and_closes_and_is_stale_afterwards) {
  stream_ref ref;
  std::error_code reading;
  on_loop([&] { ref = mine->ref(); });
  EXPECT_EQ(*ref.send(shared("by reference")), delivery::queued);
  ASSERT_TRUE(world.run_until([this] { return peer->received() == "by reference"; })) << world;
  read_into(reading);
  ref.close(errc::killed);
  ASSERT_TRUE(client.finish()) << world;
  EXPECT_EQ(reading, errc::killed);
  ASSERT_TRUE(world.run_until([&] { return !ref.open(); })) << world;
  EXPECT_EQ(ref.send(shared("late")).error(), errc::stale_reference);
}

// -- the end of the handle ------------------------------------------------------------------------

TEST_F(dialed_connection, who_still_waits_when_the_handle_goes_is_told) {
  std::error_code reading, writing;
  peer->stop_reading();
  read_into(reading);
  write_into(writing);
  on_loop([&] { mine.reset(); });
  ASSERT_TRUE(client.finish()) << world;
  EXPECT_EQ(reading, errc::closed_locally);
  EXPECT_EQ(writing, errc::closed_locally);
}

TEST_F(dialed_connection, a_handle_that_is_assigned_to_ends_what_it_had) {
  client.begin([this]() -> task<> {
    auto second = co_await dial<byte_stream>(peers.uri());
    *mine = std::move(*second);
    EXPECT_TRUE(*mine);
    EXPECT_FALSE(*second);
    co_await mine->write("to the second");
  });
  sim::peer& first = *peer;
  peer = &peers.next();
  ASSERT_TRUE(client.finish()) << world;
  ASSERT_TRUE(world.run_until([&] { return first.saw_end_of_stream(); })) << world;
  ASSERT_TRUE(world.run_until([&] { return peer->received() == "to the second"; })) << world;
  first.close();
}

TEST(dialed_connection_end, what_was_written_arrives_even_if_the_peer_still_sends) {
  sim::for_each_seed([](sim::world& world) {
    simulated_peers peers(world);
    simulated_client client(world);
    const std::string text = pattern(200'000);
    client.begin([&]() -> task<> {
      dial_options patient = dial_options::of<byte_stream>();
      patient.stream.linger_timeout = 1min;  // small buffers take their time
      auto peer = co_await dial<byte_stream>(peers.uri(), never, patient);
      co_await peer->write(text);
    });
    sim::peer& peer = peers.next();
    peer.send(pattern(30'000)).wait(100ms).send("and more").shutdown_write();
    ASSERT_TRUE(world.run_until([&] { return peer.saw_end_of_stream() || peer.closed(); }))
        << world;
    EXPECT_TRUE(peer.received() == text);
    EXPECT_FALSE(peer.saw_reset());
    client.expect_no_connection();
  });
}

TEST(dialed_connection_end, a_peer_that_does_not_end_is_waited_for_a_second) {
  sim::world world(1, calm());
  simulated_peers peers(world);
  simulated_client client(world);
  client.begin([&]() -> task<> { (void)co_await dial<byte_stream>(peers.uri()); });
  peers.next();
  ASSERT_TRUE(client.finish()) << world;
  const net::time_point ended = world.now();
  client.expect_no_connection();
  EXPECT_GE(world.now() - ended, 990ms);
  EXPECT_LE(world.now() - ended, 1100ms);
}

TEST(dialed_connection_end, one_that_ends_within_its_own_turn_is_gone_in_order) {
  sim::for_each_seed([](sim::world& world) {
    simulated_peers peers(world);
    simulated_client client(world);
    client.begin([&]() -> task<> {
      auto mine = co_await dial<byte_stream>(peers.uri());
      const auto chunk = co_await mine->read();  // resumed by the connection's turn
      EXPECT_EQ(chunk->text().substr(0, 1), "h");
    });
    sim::peer& peer = peers.next();
    peer.send("hello").close();
    ASSERT_TRUE(client.finish()) << world;
    client.expect_no_connection();
  });
}

// -- drain ----------------------------------------------------------------------------------------

/// Reads everything, in a session that the drain does not cancel as it would a root task.
TEST(dialed_connection_drain, what_had_arrived_is_read_and_then_the_drain_is_told) {
  sim::world world(1, calm());
  simulated_peers peers(world);
  std::string text;
  std::error_code end, second;
  simulated_server server(world, framed_options(), [&](byte_stream in, session_log&) -> task<> {
    co_await in.read();
    auto out = co_await dial<byte_stream>(peers.uri());
    co_await in.read();
    for (;;) {
      auto chunk = co_await out->read();
      end = chunk.error();
      if (!chunk)
        break;
      text += chunk->text();
    }
    second = (co_await dial<byte_stream>(peers.uri())).error();
  });
  sim::peer asking = server.connect_now();
  asking.send(framed("go"));
  sim::peer& peer = peers.next();
  peer.send("arrived");
  ASSERT_TRUE(world.run_for(1s));
  asking.shutdown_write();
  peer.shutdown_write();
  EXPECT_EQ(server.drain(), 0u);
  EXPECT_EQ(text, "arrived");
  EXPECT_EQ(second, errc::shutting_down);
}

TEST(dialed_connection_drain, one_that_is_not_given_up_is_cut_at_the_deadline) {
  sim::world world(1);
  simulated_peers peers(world);
  gate stubborn;
  std::error_code end;
  simulated_server server(world, framed_options(), [&](byte_stream in, session_log&) -> task<> {
    auto out = co_await dial<byte_stream>(peers.uri());
    co_await in.read();
    EXPECT_EQ(co_await stubborn.pass(), errc::drain_timeout);
    end = (co_await out->read()).error();
  });
  sim::peer asking = server.connect_now();
  peers.next();
  asking.send(framed("go"));
  ASSERT_TRUE(world.run_until([&] { return stubborn.occupied(); })) << world;
  EXPECT_EQ(server.drain(2s), 2u) << "the session's connection and the dialed one";
  EXPECT_EQ(end, errc::drain_timeout);
}

}  // namespace
}  // namespace actornet
