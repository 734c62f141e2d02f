// How sessions end, what their chunks promise, and that they can be told to stop at any await.

#include <stdexcept>

#include "gate.hpp"
#include "simulated_server.hpp"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#endif

namespace actornet {
namespace {

// -- ends -----------------------------------------------------------------------------------------

TEST(session, one_that_throws_ends_its_connection_only) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    sim::world world(seed);
    simulated_server server(world, framed_options(),
                            [](byte_stream peer, session_log& log) -> task<> {
                              const at_end guard(log.ended);
                              const auto chunk = co_await peer.read();
                              if (chunk && chunk->text() == "throw")
                                throw std::runtime_error("on demand");
                              co_await peer.write("fine");
                            });
    sim::peer bad = server.connect();
    sim::peer good = server.connect();
    bad.send(framed("throw"));
    ASSERT_TRUE(world.run_until([&] { return bad.closed() || bad.saw_end_of_stream(); })) << world;
    good.send(framed("hello")).shutdown_write();
    ASSERT_TRUE(world.run_until([&] { return good.saw_end_of_stream(); })) << world;
    EXPECT_EQ(good.received(), framed("fine"));
    EXPECT_EQ(bad.received(), "");
    server.expect_only_bystander_left();
    EXPECT_EQ(std::ranges::count(server.logs(), errc::handler_failed, &session_log::closed), 1);
    EXPECT_EQ(server.counted(&net::counters::connections_failed), 1u);
  }
}

TEST(session, one_that_throws_what_is_no_exception_ends_too) {
  sim::world world(1);
  simulated_server server(world, framed_options(), [](byte_stream, session_log& log) -> task<> {
    const at_end guard(log.ended);
    throw 1;
    co_return;
  });
  const sim::peer peer = server.connect_now();
  server.expect_only_bystander_left();
  EXPECT_EQ(server.logs().front().closed, errc::handler_failed);
}

TEST(session, a_handler_that_throws_before_it_is_a_task_ends_its_connection_only) {
  sim::world world(1);
  simulated_server server(world, framed_options(), [](byte_stream, session_log&) -> task<> {
    throw std::runtime_error("no coroutine");
  });
  const sim::peer peer = server.connect_now();
  server.expect_only_bystander_left();
  EXPECT_EQ(server.logs().front().closed, errc::handler_failed);
}

TEST(session, an_exception_of_a_task_it_awaits_may_be_caught) {
  sim::world world(1);
  simulated_server server(world, framed_options(), [](byte_stream peer, session_log&) -> task<> {
    const auto failing = [](byte_stream& of) -> task<int> {
      (void)co_await of.read();
      throw std::runtime_error("inner");
    };
    std::string text;
    try {
      (void)co_await failing(peer);
    } catch (const std::runtime_error& caught) {
      text = caught.what();
    }
    co_await peer.write(text);
  });
  sim::peer peer = server.connect();
  peer.send(framed("go")).shutdown_write();
  ASSERT_TRUE(world.run_until([&] { return peer.saw_end_of_stream(); })) << world;
  EXPECT_EQ(peer.received(), framed("inner"));
}

TEST(session, one_that_ends_early_closes_in_order_and_unread_requests_are_discarded) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    sim::world world(seed);
    simulated_server server(world, framed_options(),
                            [](byte_stream peer, session_log& log) -> task<> {
                              const at_end guard(log.ended);
                              for (int i = 0; i < 3; ++i) {
                                auto chunk = co_await peer.read();
                                co_await peer.write(*chunk);
                              }
                            });
    sim::peer peer = server.connect();
    std::string sent;
    for (int i = 0; i < 100; ++i)
      sent += framed("request " + std::to_string(i));
    peer.send(sent).shutdown_write();
    ASSERT_TRUE(world.run_until([&] { return peer.saw_end_of_stream() || peer.closed(); }))
        << world;
    server.expect_only_bystander_left();
    EXPECT_EQ(peer.received(), framed("request 0") + framed("request 1") + framed("request 2"));
    EXPECT_FALSE(peer.saw_reset());
    EXPECT_EQ(server.logs().front().closed, errc::closed_locally);
  }
}

TEST(session, a_close_of_its_own_fails_every_later_await_at_once) {
  sim::world world(1, calm());
  std::vector<std::error_code> errors;
  simulated_server server(world, framed_options(),
                          [&](byte_stream peer, session_log& log) -> task<> {
                            const at_end guard(log.ended);
                            (void)co_await peer.read();
                            peer.close(errc::killed);
                            errors.push_back((co_await peer.read()).error());
                            errors.push_back((co_await peer.write("x")).error);
                            errors.push_back((co_await peer.begin_request()).error());
                            errors.push_back((co_await peer.read()).error());
                          });
  sim::peer peer = server.connect();
  peer.send(framed("one") + framed("two") + framed("three"));
  server.expect_only_bystander_left();
  ASSERT_EQ(errors.size(), 4u);
  EXPECT_EQ(errors[0], errc::killed);
  EXPECT_EQ(errors[1], errc::killed);
  EXPECT_EQ(errors[3], errc::killed);
  EXPECT_EQ(server.logs().front().closed, errc::killed);
  EXPECT_EQ(peer.received(), "");
}

// -- chunks ---------------------------------------------------------------------------------------

TEST(session, a_chunk_stays_valid_while_the_session_is_suspended) {
  for (const auto kind : {net::framing::raw, net::framing::delimited}) {
    sim::world world(1, calm());
    gate hold;
    std::string seen;
    simulated_server server(
        world, framed_options(kind),
        [&](byte_stream peer, session_log& log) -> task<> {
          const at_end guard(log.ended);
          auto chunk = co_await peer.read();
          if (!chunk->text().starts_with("keep")) {
            for (;;)
              if (!(co_await peer.read()))
                co_return;
          }
          co_await hold.pass();
          seen = chunk->text();
          co_await peer.write(*chunk);
          seen += chunk->text();
          (void)co_await peer.read();
        },
        1);
    const std::string text = "keep " + pattern(5000);
    sim::peer keeper = server.connect();
    keeper.send(framed(text, kind));
    ASSERT_TRUE(world.run_until([&] { return hold.occupied(); })) << world;
    sim::peer other = server.connect_now();
    for (int i = 0; i < 10; ++i)
      other.send(framed("other " + std::string(6000, 'o'), kind)).wait(1ms);
    ASSERT_TRUE(world.run_until([&] { return other.script_done(); })) << world;
    ASSERT_TRUE(world.run_for(10ms));
    // More input of its own does not move it either.
    keeper.send(framed("next", kind));
    ASSERT_TRUE(world.run_for(10ms));
    server.on_loop_of(server.logs().front(), [&] { hold.open(); });
    ASSERT_TRUE(world.run_until([&] { return keeper.received().size() >= text.size(); })) << world;
    EXPECT_EQ(seen, text + text);
    EXPECT_EQ(keeper.received(), framed(text, kind));
    keeper.close();
    other.close();
  }
}

TEST(session, frames_behind_a_kept_chunk_come_after_it_unharmed) {
  sim::world world(1, calm());
  gate hold;
  simulated_server server(
      world, framed_options(),
      [&](byte_stream peer, session_log& log) -> task<> {
        const at_end guard(log.ended);
        for (;;) {
          auto chunk = co_await peer.read();
          if (!chunk)
            co_return;
          co_await hold.pass();
          log.frames.emplace_back(chunk->text());
        }
      },
      1);
  sim::peer peer = server.connect_now();
  std::vector<std::string> sent;
  std::string bytes;
  for (int i = 0; i < 20; ++i) {
    sent.push_back(pattern(static_cast<std::size_t>(i * 37)) + std::to_string(i));
    bytes += framed(sent.back());
  }
  peer.send_in_pieces(bytes, {bytes.size() / 3, bytes.size() / 2}, 3ms).shutdown_write();
  while (!server.logs().front().ended) {
    server.on_loop_of(server.logs().front(), [&] { hold.open(); });
    ASSERT_TRUE(world.run_for(1ms));
  }
  EXPECT_EQ(server.logs().front().frames, sent);
}

// A read that timed out leaves the stream ready to read: input and room may come in one turn, and
// the write's resume takes the input.
TEST(session, a_chunk_taken_after_a_write_stays_valid_too) {
  for (std::uint64_t seed = 1; seed <= 25; ++seed) {
    sim::world world(seed);
    listen_options options = patient_options(net::framing::raw);
    options.stream.output_high_bytes = 4096;
    std::string seen;
    simulated_server server(
        world, options,
        [&seen](byte_stream peer, session_log& log) -> task<> {
          const at_end guard(log.ended);
          for (;;) {
            peer.set_read_deadline(peer.now() + 1ms);
            auto early = co_await peer.read();
            peer.set_read_deadline(net::never);
            if (early)
              seen += early->text();
            else if (early.error() != errc::timed_out)
              co_return;
            co_await peer.write(std::string(150'000, 'w'));
            auto chunk = co_await peer.read();
            if (!chunk)
              co_return;
            co_await peer.write(std::string(150'000, 'w'));
            seen += chunk->text();
          }
        },
        1);
    sim::peer peer = server.connect_now();
    const std::string text = pattern(20'000);
    for (std::size_t at = 0; at < text.size(); at += 500)
      peer.send(std::string_view(text).substr(at, 500)).wait(5ms);
    peer.shutdown_write();
    ASSERT_TRUE(world.run_until([&] { return peer.saw_end_of_stream(); })) << world;
    EXPECT_TRUE(seen == text) << "seed " << seed;
  }
}

#if defined(__SANITIZE_ADDRESS__)
TEST(session, bytes_of_no_living_chunk_are_poisoned) {
  sim::world world(1, calm());
  gate hold;
  const char* dangling = nullptr;
  simulated_server server(
      world, framed_options(),
      [&](byte_stream peer, session_log& log) -> task<> {
        const at_end guard(log.ended);
        {
          auto chunk = co_await peer.read();
          dangling = chunk->text().data();
        }
        co_await hold.pass();
      },
      1);
  sim::peer peer = server.connect();
  peer.send(framed("short")).shutdown_write();
  ASSERT_TRUE(world.run_until([&] { return hold.occupied(); })) << world;
  EXPECT_TRUE(__asan_address_is_poisoned(dangling));
  server.on_loop_of(server.logs().front(), [&] { hold.open(); });
}
#endif

// -- cancellation ---------------------------------------------------------------------------------

constexpr int script_awaits = 8;

/// Awaits of each kind in a row; notes how many ended well and that none does after one failed.
task<> scripted(byte_stream peer, session_log& log, gate& door, int close_before) {
  const at_end guard(log.ended);
  int number = 0;
  std::error_code stopped;
  const auto before_await = [&] {
    if (number++ == close_before)
      peer.close(errc::killed);
  };
  const auto note = [&](std::error_code outcome) {
    if (stopped) {
      EXPECT_EQ(outcome, stopped) << "await " << number;
    } else if (outcome) {
      stopped = outcome;
    } else {
      ++log.writes;
    }
  };
  before_await();
  note((co_await peer.read()).error());
  before_await();
  note((co_await peer.write("answer")).error);
  before_await();
  {
    const errc passed = co_await door.pass();
    note(passed == errc{} ? std::error_code{} : make_error_code(passed));
  }
  before_await();
  note((co_await peer.begin_request()).error());
  before_await();
  note((co_await peer.write(std::string(200'000, 'x'))).error);
  before_await();
  const auto inner = [](byte_stream& of) -> task<std::error_code> {
    co_return (co_await of.read()).error();
  };
  note(co_await inner(peer));
  before_await();
  note((co_await peer.write("more")).error);
  before_await();
  note((co_await peer.read()).error());
  log.write_end = stopped;
}

TEST(session, it_can_be_told_to_stop_at_every_step) {
  bool ran_to_its_end = false;
  for (std::uint64_t step = 0; !ran_to_its_end; ++step) {
    SCOPED_TRACE("stopped after step " + std::to_string(step));
    ASSERT_LT(step, 3000u);
    sim::world world(1, calm());
    gate door;
    listen_options options = patient_options();
    options.stream.frame_bytes_max = 1 << 20;
    simulated_server server(world, options, [&](byte_stream peer, session_log& log) {
      return scripted(std::move(peer), log, door, -1);
    });
    sim::peer peer = server.connect_now();
    session_log& log = server.logs().front();
    peer.stop_reading();
    peer.send(framed("one")).wait(5ms).send(framed("two")).wait(5ms).send(framed("three"));
    peer.wait(30ms);
    for (std::uint64_t i = 0; i < step && !log.ended; ++i) {
      if (!world.step())
        break;
      if (world.elapsed() > 20ms)
        peer.resume_reading();
      if (door.occupied() && world.elapsed() > 8ms)
        server.on_loop_of(log, [&] { door.open(); });
    }
    ran_to_its_end = log.ended;
    log.ref.close(errc::killed);
    server.expect_only_bystander_left();
    EXPECT_TRUE(log.ended);
    if (!ran_to_its_end) {
      EXPECT_EQ(log.write_end, errc::killed);
      EXPECT_EQ(log.closed, errc::killed);
    }
  }
}

TEST(session, it_can_close_before_any_await_and_all_later_ones_fail) {
  for (int n = 0; n < script_awaits; ++n) {
    SCOPED_TRACE("closed before await " + std::to_string(n));
    sim::world world(1, calm());
    gate door;
    listen_options options = patient_options();
    options.stream.frame_bytes_max = 1 << 20;
    simulated_server server(world, options, [&](byte_stream peer, session_log& log) {
      return scripted(std::move(peer), log, door, n);
    });
    sim::peer peer = server.connect_now();
    session_log& log = server.logs().front();
    peer.send(framed("one") + framed("two") + framed("three"));
    while (!log.ended && world.step())
      if (door.occupied())
        server.on_loop_of(log, [&] { door.open(); });
    server.expect_only_bystander_left();
    EXPECT_EQ(log.write_end, errc::killed);
    EXPECT_EQ(log.writes, static_cast<std::size_t>(n));
    EXPECT_EQ(log.closed, errc::killed);
  }
}

}  // namespace
}  // namespace actornet
