// A stream without actors: what its owner sees.

#include "actornet/net/stream.hpp"

#include <gtest/gtest.h>

#include "sim/loop_support.hpp"

namespace actornet::net {
namespace {

using sim::calm;
using namespace std::chrono_literals;

/// An owner that notes everything.
struct recording_owner final : stream_owner {
  void on_input() override {
    label = bytes->home().label();
    for (;;) {
      const auto next = bytes->next_frame();
      if (next.state == stream::next::status::need_more)
        return bytes->want_input();
      if (next.state == stream::next::status::ended) {
        input_end = next.reason;
        return;
      }
      frames.emplace_back(reinterpret_cast<const char*>(next.payload.data()), next.payload.size());
    }
  }
  void on_room() override { ++rooms; }
  void on_closed(errc reason) override {
    EXPECT_EQ(closed, errc{});
    closed = reason;
  }

  stream* bytes = nullptr;
  std::vector<std::string> frames;
  errc input_end{};
  errc closed{};
  int rooms = 0;
  const char* label = nullptr;  // under which the loop runs this owner
};

class stream_test : public ::testing::Test {
 protected:
  void open(stream_options options) {
    options_ = options;
    listener_ = sim::listen(loop_);
    peer_.emplace(world_, listener_->local());
    listener_->accept([this](auto accepted) {
      ASSERT_TRUE(accepted);
      bytes_ = std::make_unique<stream>(loop_, (*accepted)->attach(loop_), options_, owner_);
      owner_.bytes = bytes_.get();
      bytes_->want_input();
    });
    ASSERT_TRUE(world_.run_until([this] { return bytes_ && peer_->connected(); })) << world_;
  }

  void on_loop(const std::function<void()>& work) { ASSERT_TRUE(world_.run_on(loop_, work)); }

  void TearDown() override {
    if (owner_.closed == errc{})
      on_loop([this] { bytes_->close(errc::closed_locally); });
    ASSERT_TRUE(world_.run_until([this] { return owner_.closed != errc{}; })) << world_;
    bytes_.reset();
    peer_.reset();
  }

  static std::span<const std::byte> bytes_of(std::string_view text) {
    return std::as_bytes(std::span(text));
  }

  sim::world world_{1};
  loop loop_{world_.make_backend()};
  stream_options options_;
  recording_owner owner_;
  std::unique_ptr<listening_socket> listener_;
  std::optional<sim::peer> peer_;
  std::unique_ptr<stream> bytes_;
};

TEST_F(stream_test, is_handshaking_until_the_first_complete_frame) {
  open({});
  EXPECT_EQ(bytes_->current_state(), stream::state::handshaking);
  peer_->send(
      "\x03"
      "ab");
  ASSERT_TRUE(world_.run_for(1s));
  EXPECT_EQ(bytes_->current_state(), stream::state::handshaking);
  peer_->send("c");
  ASSERT_TRUE(world_.run_for(1s));
  EXPECT_EQ(bytes_->current_state(), stream::state::open);
  EXPECT_EQ(owner_.frames, std::vector<std::string>{"abc"});
}

TEST_F(stream_test, sends_what_was_written_in_one_turn_at_its_end) {
  open({});
  on_loop([this] {
    EXPECT_TRUE(bytes_->write(bytes_of("one")));
    EXPECT_TRUE(bytes_->write(bytes_of("")));
    const auto space = bytes_->write_space(3);
    ASSERT_TRUE(space);
    std::ranges::copy(bytes_of("two"), space->begin());
    EXPECT_EQ(bytes_->output_bytes(), 9u);
  });
  ASSERT_TRUE(world_.run_until([this] { return peer_->received_bytes() == 9; })) << world_;
  EXPECT_EQ(peer_->received(), std::string_view("\x03one\x00\x03two", 9));
  EXPECT_EQ(bytes_->output_bytes(), 0u);
  EXPECT_EQ(loop_.counted.frames_sent.value(), 3u);
  EXPECT_EQ(loop_.counted.bytes_sent.value(), 9u);
}

TEST_F(stream_test, refuses_a_message_over_the_limit) {
  open({.frame_bytes_max = 10});
  on_loop([this] {
    EXPECT_EQ(bytes_->write(bytes_of("eleven char")).error(), errc::message_too_large);
    EXPECT_EQ(bytes_->write_space(11).error(), errc::message_too_large);
    EXPECT_EQ(bytes_->offer(shared_bytes::copy_of(bytes_of("eleven char"))).error(),
              errc::message_too_large);
    EXPECT_TRUE(bytes_->write(bytes_of("ten chars.")));
  });
}

TEST_F(stream_test, a_line_must_not_contain_a_line_break) {
  open({.framing = framing::line});
  on_loop([this] {
    EXPECT_EQ(bytes_->write(bytes_of("a\nb")).error(), errc::frame_malformed);
    EXPECT_EQ(bytes_->offer(shared_bytes::copy_of(bytes_of("a\nb"))).error(),
              errc::frame_malformed);
    EXPECT_TRUE(bytes_->offer(shared_bytes::copy_of(bytes_of("ab"))));
  });
  ASSERT_TRUE(world_.run_until([this] { return peer_->received() == "ab\n"; })) << world_;
}

TEST_F(stream_test, tells_of_room_at_the_low_watermark) {
  open({.output_high_bytes = 10'000, .write_timeout = {}});
  peer_->stop_reading();
  // A socket of the simulator also refuses bytes for which it has room: only what stays is waiting.
  while (!bytes_->above_high()) {
    on_loop([this] { EXPECT_TRUE(bytes_->write(bytes_of(std::string(50'000, 'x')))); });
    ASSERT_TRUE(world_.run_for(1s));
  }
  on_loop([this] { bytes_->want_room(); });
  ASSERT_TRUE(world_.run_for(1s));
  EXPECT_EQ(owner_.rooms, 0);
  peer_->resume_reading();
  ASSERT_TRUE(world_.run_until([this] { return owner_.rooms > 0; })) << world_;
  EXPECT_LE(bytes_->output_bytes(), 5000u);
  ASSERT_TRUE(world_.run_for(1s));
  EXPECT_EQ(owner_.rooms, 1);
}

TEST_F(stream_test, does_not_read_what_nobody_wants) {
  open({.handshake_timeout = {}});
  peer_->send(
      "\x01"
      "a");
  ASSERT_TRUE(world_.run_until([this] { return owner_.frames.size() == 1; })) << world_;
  // It asked again: one more read is under way, and no further one.
  std::vector<std::string> taken;
  on_loop([&] { bytes_->refuse_input(errc::message_malformed); });
  peer_->send(
      "\x01"
      "b");
  ASSERT_TRUE(world_.run_for(1s));
  EXPECT_EQ(owner_.frames.size(), 1u);
  EXPECT_EQ(owner_.input_end, errc::message_malformed);
}

TEST_F(stream_test, after_finish_takes_no_more_output_and_lingers_for_the_peer) {
  open({});
  on_loop([this] {
    EXPECT_TRUE(bytes_->write(bytes_of("last")));
    bytes_->finish();
    bytes_->finish();
    EXPECT_EQ(bytes_->write(bytes_of("later")).error(), errc::closed_locally);
    EXPECT_FALSE(bytes_->is_open());
  });
  ASSERT_TRUE(world_.run_until([this] { return peer_->saw_end_of_stream(); })) << world_;
  EXPECT_EQ(peer_->received(), "\x04last");
  EXPECT_EQ(owner_.closed, errc{});
  EXPECT_EQ(bytes_->current_state(), stream::state::lingering);
  peer_->send("ignored").shutdown_write();
  ASSERT_TRUE(world_.run_until([this] { return owner_.closed != errc{}; })) << world_;
  EXPECT_EQ(owner_.closed, errc::closed_locally);
  EXPECT_FALSE(peer_->saw_reset());
}

TEST_F(stream_test, closes_once_with_the_first_reason) {
  open({});
  on_loop([this] {
    bytes_->close(errc::killed);
    bytes_->close(errc::closed_locally);
    EXPECT_EQ(owner_.closed, errc{}) << "the owner must not be told inside of close";
    EXPECT_EQ(bytes_->write(bytes_of("x")).error(), errc::killed);
  });
  ASSERT_TRUE(world_.run_until([this] { return owner_.closed != errc{}; })) << world_;
  EXPECT_EQ(owner_.closed, errc::killed);
  EXPECT_EQ(loop_.counted.connections_opened.value(), 1u);
  EXPECT_EQ(loop_.counted.connections_closed.value(), 1u);
  EXPECT_EQ(loop_.counted.connections_failed.value(), 1u);
}

TEST_F(stream_test, its_turn_has_a_name_for_the_watchdog) {
  open({});
  peer_->send(
      "\x01"
      "a");
  ASSERT_TRUE(world_.run_until([this] { return !owner_.frames.empty(); })) << world_;
  EXPECT_STREQ(owner_.label, "a connection");
}

/// A transport that fails in the way that it is told.
struct failing_transport final : transport {
  explicit failing_transport(loop& on) : home(on) {}
  void arm_read() override {
    readable_ = true;
    run_owner(home);
  }
  void arm_write() override {}
  io_result read_some(std::span<std::byte>) override {
    return {io_result::status::error, 0, read_error};
  }
  io_result write_some(std::span<const std::span<const std::byte>>) override {
    return {io_result::status::error, 0, write_error};
  }
  void shutdown_write() override {}
  void close() override { closed = true; }
  void abort() override { closed = true; }
  endpoint peer() const override {
    return closed ? endpoint{} : endpoint{endpoint::scheme::tcp, "192.0.2.7", 1};
  }

  loop& home;
  std::error_code read_error;
  std::error_code write_error;
  bool closed = false;
};

/// The reason of the end of a stream whose transport fails, and the peer it knows then.
std::pair<errc, std::string> end_of(std::error_code read_error, std::error_code write_error) {
  sim::world world(1);
  loop home(world.make_backend());
  const stream_options options;
  recording_owner owner;
  auto socket = std::make_unique<failing_transport>(home);
  socket->read_error = read_error;
  socket->write_error = write_error;
  stream bytes(home, std::move(socket), options, owner);
  owner.bytes = &bytes;
  EXPECT_TRUE(world.run_on(home, [&] {
    if (write_error)
      EXPECT_TRUE(bytes.write(std::as_bytes(std::span("x", 1))));
    else
      bytes.want_input();
  }));
  EXPECT_TRUE(world.run_until([&] { return owner.closed != errc{}; }));
  return {owner.closed, to_string(bytes.peer())};
}

TEST(stream_on_a_failing_transport, ends_with_the_transports_reason_and_still_knows_its_peer) {
  for (const errc reason : {errc::connection_reset, errc::descriptors_exhausted,
                            errc::network_failure, errc::out_of_memory}) {
    EXPECT_EQ(end_of(reason, {}), std::pair(reason, std::string("tcp://192.0.2.7:1")));
    EXPECT_EQ(end_of({}, reason), std::pair(reason, std::string("tcp://192.0.2.7:1")));
  }
}

TEST(stream_on_a_failing_transport, takes_an_error_of_others_for_a_reset) {
  const auto foreign = std::make_error_code(std::errc::owner_dead);
  EXPECT_EQ(end_of(foreign, {}).first, errc::connection_reset);
  EXPECT_EQ(end_of({}, foreign).first, errc::connection_reset);
}

TEST_F(stream_test, stop_input_takes_what_has_arrived_and_then_ends) {
  open({});
  on_loop([this] { EXPECT_TRUE(bytes_->write(bytes_of("hello"))); });
  peer_->send(
      "\x01"
      "a"
      "\x01"
      "b"
      "\x05"
      "part");
  ASSERT_TRUE(world_.run_for(1s));
  on_loop([this] { bytes_->stop_input(); });
  ASSERT_TRUE(world_.run_until([this] { return owner_.input_end != errc{}; })) << world_;
  EXPECT_EQ(owner_.frames, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(owner_.input_end, errc::shutting_down);
}

}  // namespace
}  // namespace actornet::net
