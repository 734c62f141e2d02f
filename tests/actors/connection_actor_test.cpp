// Connections as CAF citizens: typed handles, send, request, monitors, links, exit; simulated.

#include <actornet/echo/v1/echo.pb.h>

#include <caf/exit_reason.hpp>
#include <optional>

#include "actornet/connection.hpp"
#include "actors/actor_support.hpp"

namespace actornet {
namespace {

using echo::v1::Echo;
using handle = interface<void(Echo)>;

Echo echo_of(std::string payload) {
  Echo message;
  message.set_payload(std::move(payload));
  return message;
}

// A server of one connection, which the test has a handle of.
class connection_actor : public testing::Test {
 protected:
  // What an actor saw that requests, monitors or links.
  struct seen {
    bool answered = false;
    std::optional<caf::error> failed;
    std::optional<caf::error> down;
  };

  ~connection_actor() override {
    to = handle();
    actors_made_.clear();
  }

  void connect(listen_options options = delimited()) {
    in_.rt.listen(
        "tcp://127.0.0.1:0",
        [this](connection<Echo, Echo> peer) -> task<> {
          to = as_actor(peer.ref());
          to_again = as_actor(peer.ref()) == to;
          ref = peer.ref();
          while (auto message = co_await peer.receive())
            received_.push_back(message->payload());
        },
        options);
    in_.rt.start();
    client.emplace(in_.world, in_.rt.listening().front());
    in_.expect([&] { return bool(to); });
    ASSERT_TRUE(to);
  }

  static listen_options delimited() {
    listen_options options;
    options.stream.framing = net::framing::delimited;
    options.stream.handshake_timeout = options.stream.idle_timeout = {};
    return options;
  }

  caf::actor spawn_held(scripted_actor::script run) {
    return actors_made_.emplace_back(spawn(in_.system, std::move(run)));
  }

  // An actor that requests each message that it is sent.
  caf::actor requester(seen& log) {
    return spawn_held([this, &log](caf::event_based_actor* self) -> caf::behavior {
      return {[this, &log, self](const Echo& message) {
        self->request(to, caf::infinite, message)
            .then([&log] { log.answered = true; }, [&log](caf::error& e) { log.failed = e; });
      }};
    });
  }

  caf::actor watcher(seen& log) {
    const auto made = spawn_held([this, &log](caf::event_based_actor* self) -> caf::behavior {
      self->set_down_handler([&log](caf::down_msg& down) { log.down = down.reason; });
      self->monitor(to);
      return {[](int) {}};
    });
    EXPECT_TRUE(in_.world.run_until_idle());
    return made;
  }

  // Waits until the connection is gone, from all tables.
  void expect_closed() {
    in_.expect([&] { return in_.rt.connections() == 0; });
    EXPECT_FALSE(ref.open());
  }

  simulation in_;
  std::optional<sim::peer> client;
  handle to;
  bool to_again = false;
  connection_ref<Echo> ref;
  std::vector<std::string> received_;
  std::vector<caf::actor> actors_made_;
};

TEST_F(connection_actor, has_one_handle_however_often_it_is_asked_for) {
  connect();
  EXPECT_TRUE(to_again);
}

TEST_F(connection_actor, is_not_given_out_off_its_loop_or_after_the_close) {
  connect();
  EXPECT_FALSE(as_actor(ref));
  net::loop& home = ref.control()->home();
  ref.close();
  expect_closed();
  EXPECT_TRUE(in_.world.run_on(home, [&] { EXPECT_FALSE(as_actor(ref)); }));
  EXPECT_FALSE(as_actor(connection_ref<Echo>()));
}

TEST_F(connection_actor, sends_what_it_is_sent_in_order) {
  connect();
  std::string expected;
  for (int i = 0; i < 100; ++i)
    expected += frame(echo_of("message " + std::to_string(i)).SerializeAsString());
  const auto sender = spawn_held([this](caf::event_based_actor* self) -> caf::behavior {
    for (int i = 0; i < 100; ++i)
      self->send(to, echo_of("message " + std::to_string(i)));
    return {[](int) {}};
  });
  in_.expect([&] { return client->received().size() >= expected.size(); });
  EXPECT_EQ(client->received(), expected);
}

TEST_F(connection_actor, answers_a_request_with_nothing) {
  connect();
  seen log;
  caf::anon_send(requester(log), echo_of("hello"));
  in_.expect([&] { return log.answered; });
  EXPECT_FALSE(log.failed);
  in_.expect([&] { return client->received() == frame(echo_of("hello").SerializeAsString()); });
}

TEST_F(connection_actor, answers_a_request_with_the_error_of_sending) {
  auto options = delimited();
  options.stream.output_high_bytes = 1024;
  options.stream.output_bytes_max = 4096;
  options.stream.write_timeout = {};
  connect(options);
  client->stop_reading();
  seen log;
  const auto from = requester(log);
  const Echo big = echo_of(std::string(1000, 'x'));
  for (int i = 0; i < 1000 && !log.failed; ++i) {
    caf::anon_send(from, big);
    ASSERT_TRUE(in_.world.run_until_idle()) << in_.world;
  }
  ASSERT_TRUE(log.failed);
  EXPECT_EQ(from_caf_error(*log.failed), errc::mailbox_full);
  EXPECT_TRUE(ref.open());
  log.failed.reset();
  caf::anon_send(from, echo_of(std::string(100'000, 'x')));
  in_.expect([&] { return log.failed.has_value(); });
  EXPECT_EQ(from_caf_error(*log.failed), errc::message_too_large);
}

TEST_F(connection_actor, does_not_take_messages_of_another_type) {
  connect();
  std::optional<caf::error> failed;
  spawn_held([&](caf::event_based_actor* self) -> caf::behavior {
    self->request(caf::actor_cast<caf::actor>(to), caf::infinite, 42)
        .then([] {}, [&](caf::error& e) { failed = e; });
    return {[](int) {}};
  });
  in_.expect([&] { return failed.has_value(); });
  EXPECT_EQ(from_caf_error(*failed), errc::unexpected_response);
  EXPECT_TRUE(ref.open());
}

TEST_F(connection_actor, bounces_requests_once_the_connection_is_closed) {
  connect();
  client->close();
  expect_closed();
  seen log;
  caf::anon_send(requester(log), echo_of("too late"));
  in_.expect([&] { return log.failed.has_value(); });
  EXPECT_EQ(from_caf_error(*log.failed), errc::actor_unreachable);
}

TEST_F(connection_actor, bounces_requests_that_wait_when_the_connection_closes) {
  connect();
  seen log;
  const auto from = requester(log);
  ASSERT_TRUE(in_.world.run_until_idle());
  caf::anon_send(from, echo_of("x"));
  // The request is in the actor's mailbox at the latest when the requester has run; then the close
  // comes first.
  EXPECT_TRUE(in_.world.run_on(ref.control()->home(), [&] {
    auto element = caf::make_mailbox_element(caf::actor_cast<caf::strong_actor_ptr>(from),
                                             caf::make_message_id(7), {}, echo_of("y"));
    caf::actor_cast<caf::strong_actor_ptr>(to)->enqueue(std::move(element), nullptr);
    ref.close();
  }));
  expect_closed();
  in_.expect([&] { return log.answered || log.failed; });
  EXPECT_EQ(client->received().find("y"), std::string::npos);
}

TEST_F(connection_actor, tells_monitors_of_an_orderly_end) {
  connect();
  seen log;
  watcher(log);
  client->shutdown_write();
  in_.expect([&] { return log.down.has_value(); });
  EXPECT_EQ(*log.down, caf::exit_reason::normal);
}

TEST_F(connection_actor, tells_monitors_of_a_malformed_frame) {
  connect();
  seen log;
  watcher(log);
  client->send(std::string(10, '\xff'));  // no varint is that long
  in_.expect([&] { return log.down.has_value(); });
  EXPECT_EQ(from_caf_error(*log.down), errc::frame_malformed)
      << describe(from_caf_error(*log.down));
}

TEST_F(connection_actor, tells_monitors_of_a_malformed_message) {
  connect();
  seen log;
  watcher(log);
  client->send(frame("\x0a\x7f"));
  in_.expect([&] { return log.down.has_value(); });
  EXPECT_EQ(from_caf_error(*log.down), errc::message_malformed)
      << describe(from_caf_error(*log.down));
}

TEST_F(connection_actor, tells_monitors_of_a_reset) {
  connect();
  seen log;
  watcher(log);
  client->reset();
  in_.expect([&] { return log.down.has_value(); });
  EXPECT_EQ(from_caf_error(*log.down), errc::connection_reset);
}

TEST_F(connection_actor, tells_a_monitor_that_comes_too_late_at_once) {
  connect();
  client->reset();
  expect_closed();
  seen log;
  watcher(log);
  EXPECT_TRUE(log.down);
}

TEST_F(connection_actor, closes_at_an_exit_message) {
  connect();
  seen log;
  watcher(log);
  caf::anon_send_exit(to, caf::exit_reason::user_shutdown);
  expect_closed();
  in_.expect([&] { return log.down.has_value(); });
  EXPECT_EQ(from_caf_error(*log.down), errc::killed);
}

TEST_F(connection_actor, ends_with_an_actor_linked_to_it_that_fails) {
  connect();
  const auto linked = spawn_held([this](caf::event_based_actor* self) -> caf::behavior {
    self->link_to(to);
    return {[self](int) { self->quit(to_caf_error(errc::handler_failed)); }};
  });
  ASSERT_TRUE(in_.world.run_until_idle());
  caf::anon_send(linked, 1);
  expect_closed();
}

TEST_F(connection_actor, outlives_an_actor_linked_to_it_that_ends_normally) {
  connect();
  const auto linked = spawn_held([this](caf::event_based_actor* self) -> caf::behavior {
    self->link_to(to);
    return {[self](int) { self->quit(); }};
  });
  ASSERT_TRUE(in_.world.run_until_idle());
  caf::anon_send(linked, 1);
  ASSERT_TRUE(in_.world.run_until_idle());
  EXPECT_TRUE(ref.open());
}

TEST_F(connection_actor, takes_a_linked_actor_along_when_it_fails) {
  connect();
  std::optional<caf::error> ended;
  const auto linked = spawn_held([&, this](caf::event_based_actor* self) -> caf::behavior {
    self->link_to(to);
    self->set_exit_handler([&, self](caf::exit_msg& message) {
      ended = message.reason;
      self->quit(message.reason);
    });
    return {[](int) {}};
  });
  ASSERT_TRUE(in_.world.run_until_idle());
  client->send(std::string(10, '\xff'));
  in_.expect([&] { return ended.has_value(); });
  EXPECT_EQ(from_caf_error(*ended), errc::frame_malformed);
}

class closing_note final : public connection_observer {
 public:
  explicit closing_note(errc& closed) : closed_(closed) {}
  void on_closed(errc reason) override { closed_ = reason; }

 private:
  errc& closed_;
};

TEST_F(connection_actor, is_not_the_only_one_that_may_observe_its_connection) {
  errc closed{};
  in_.rt.listen(
      "tcp://127.0.0.1:0",
      [&](connection<Echo, Echo> peer) -> task<> {
        connection_control& control = *peer.ref().control();
        control.observe(std::make_unique<closing_note>(closed));
        to = as_actor(peer.ref());
        control.observe(std::make_unique<closing_note>(closed));
        to_again = as_actor(peer.ref()) == to;
        while (co_await peer.receive()) {
        }
      },
      delimited());
  in_.rt.start();
  client.emplace(in_.world, in_.rt.listening().front());
  in_.expect([&] { return to_again; });
  seen log;
  watcher(log);
  client->shutdown_write();
  in_.expect([&] { return log.down.has_value(); });
  EXPECT_EQ(closed, errc::end_of_stream);
}

}  // namespace
}  // namespace actornet
