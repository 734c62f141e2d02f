// What a connection does between a loop's transport and a peer.

#include "loop_support.hpp"

namespace actornet::sim {
namespace {

using status = net::io_result::status;

TEST(connection, bytes_keep_their_order_under_random_delays_and_fragments) {
  options how = calm();
  how.faults.fragment_probability = 0.9;
  how.faults.delay_min = 0ns;
  how.faults.delay_max = 1s;
  world world(3, how);
  pair_of_ends both(world);
  const std::string sent = pattern(20'000);
  for (std::size_t i = 0; i < sent.size(); i += 500)
    both.peer.send(std::string_view(sent).substr(i, 500)).wait(1ms);
  ASSERT_TRUE(world.run_until([&] { return both.end->received.size() == sent.size(); })) << world;
  EXPECT_EQ(both.end->received, sent);
}

TEST(connection, nothing_arrives_before_its_delay) {
  world world(1, calm());
  pair_of_ends both(world);
  both.peer.send("x");
  ASSERT_TRUE(world.run_for(99us));
  EXPECT_EQ(both.end->received, "");
  ASSERT_TRUE(world.run_for(1us));
  EXPECT_EQ(both.end->runs, 0);  // it landed now, the loop's turn comes
  ASSERT_TRUE(world.run_for(1us));
  EXPECT_EQ(both.end->received, "x");
}

TEST(connection, pieces_arrive_apart_when_the_pause_is_longer_than_the_delay) {
  world world(1, calm());
  pair_of_ends both(world);
  both.peer.send_in_pieces("abcdef", {1, 4}, 1ms);
  ASSERT_TRUE(world.run_for(500us));
  EXPECT_EQ(both.end->received, "a");
  ASSERT_TRUE(world.run_for(1ms));
  EXPECT_EQ(both.end->received, "abcd");
  ASSERT_TRUE(world.run_for(1ms));
  EXPECT_EQ(both.end->received, "abcdef");
  EXPECT_TRUE(both.peer.script_done());
}

TEST(connection, a_half_close_of_the_peer_leaves_the_other_direction_open) {
  world world(1);
  pair_of_ends both(world);
  both.peer.send("request").shutdown_write();
  ASSERT_TRUE(world.run_until([&] { return both.end->last_read.state == status::end_of_stream; }))
      << world;
  EXPECT_EQ(both.end->received, "request");  // bytes first, then the end
  while (both.end->write("r").state != status::ok) {
  }
  ASSERT_TRUE(world.run_until([&] { return both.peer.received() == "r"; })) << world;
}

TEST(connection, a_half_close_of_the_loop_leaves_the_other_direction_open) {
  world world(1, calm());
  pair_of_ends both(world);
  ASSERT_EQ(both.end->write("bye").bytes, 3u);
  both.end->transport().shutdown_write();
  EXPECT_EQ(both.end->write("more").error, errc::connection_reset);
  both.peer.send("still here");
  ASSERT_TRUE(world.run_until_idle());
  EXPECT_EQ(both.peer.received(), "bye");
  EXPECT_TRUE(both.peer.saw_end_of_stream());
  EXPECT_FALSE(both.peer.saw_reset());
  EXPECT_EQ(both.end->received, "still here");
}

TEST(connection, closing_after_everything_was_read_ends_in_order) {
  world world(1, calm());
  pair_of_ends both(world);
  both.end->write("last words");
  both.end->transport().close();
  ASSERT_TRUE(world.run_until_idle());
  EXPECT_EQ(both.peer.received(), "last words");
  EXPECT_TRUE(both.peer.saw_end_of_stream());
  EXPECT_FALSE(both.peer.saw_reset());
}

TEST(connection, closing_with_unread_input_resets) {
  world world(1, calm());
  pair_of_ends both(world);
  both.end->reads = false;
  both.peer.send("unread");
  ASSERT_TRUE(world.run_until_idle());
  both.end->transport().close();
  ASSERT_TRUE(world.run_until_idle());
  EXPECT_TRUE(both.peer.saw_reset());
}

TEST(connection, bytes_for_a_closed_end_are_answered_with_a_reset) {
  world world(1, calm());
  pair_of_ends both(world);
  both.peer.send("crossing");
  both.end->transport().close();
  ASSERT_TRUE(world.run_until_idle());
  EXPECT_TRUE(both.peer.saw_reset());
}

TEST(connection, an_abort_is_an_error_for_reads_and_writes) {
  world world(1, calm());
  pair_of_ends both(world);
  both.peer.reset();
  ASSERT_TRUE(world.run_until_idle());
  EXPECT_EQ(both.end->last_read.state, status::error);
  EXPECT_EQ(both.end->last_read.error, errc::connection_reset);
  EXPECT_EQ(both.end->write("x").error, errc::connection_reset);
  EXPECT_TRUE(both.peer.closed());
  EXPECT_FALSE(both.peer.saw_reset());  // it did that itself
}

TEST(connection, a_reset_discards_bytes_that_were_not_delivered) {
  options how = calm();
  how.faults.reset_discards_probability = 1;
  world world(1, how);
  pair_of_ends both(world);
  both.peer.send("lost");
  both.peer.reset();
  ASSERT_TRUE(world.run_until_idle());
  EXPECT_EQ(both.end->received, "");
  EXPECT_EQ(both.end->last_read.state, status::error);
}

TEST(connection, a_reset_may_leave_received_bytes_to_be_read) {
  world world(1, calm());
  pair_of_ends both(world);
  both.peer.send("kept");
  both.peer.reset();
  ASSERT_TRUE(world.run_until_idle());
  EXPECT_EQ(both.end->received, "kept");
  EXPECT_EQ(both.end->last_read.state, status::error);
}

TEST(connection, a_reset_follows_exactly_the_byte_it_was_asked_for) {
  const std::string sent = pattern(40);
  for (std::size_t offset = 0; offset <= sent.size(); ++offset) {
    world world(1, calm());
    pair_of_ends both(world);
    both.peer.reset_after(offset).send(sent);
    ASSERT_TRUE(world.run_until_idle());
    EXPECT_EQ(both.end->received, sent.substr(0, offset));
    EXPECT_EQ(both.end->last_read.state, status::error);
  }
}

TEST(connection, the_network_resets_both_ends) {
  options how = calm();
  how.faults.reset_probability = 1;
  how.faults.reset_offset_bytes_max = 100;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    world world(seed, how);
    pair_of_ends both(world);
    both.peer.send(pattern(200));
    both.end->write(pattern(200));
    ASSERT_TRUE(world.run_until_idle());
    EXPECT_EQ(both.end->last_read.state, status::error);
    EXPECT_TRUE(both.peer.saw_reset());
    EXPECT_TRUE(both.end->received.size() <= 100 || both.peer.received_bytes() <= 100);
  }
}

TEST(connection, a_peer_that_never_reads_holds_a_bounded_number_of_bytes) {
  world world(1, calm());
  pair_of_ends both(world, buffers(0, 3000), buffers(5000, 0));
  both.peer.stop_reading();
  const std::string chunk = pattern(1000);
  std::size_t written = 0;
  for (int i = 0; i < 100; ++i) {
    const auto outcome = both.end->write(chunk);
    written += outcome.bytes;
    if (outcome.state == status::would_block)
      both.end->transport().arm_write();
    ASSERT_TRUE(world.run_until_idle());
  }
  EXPECT_EQ(written, 8000u);
  const int before = both.end->writable_runs;
  both.peer.resume_reading();
  ASSERT_TRUE(world.run_until_idle());
  EXPECT_EQ(both.peer.received_bytes(), 8000u);
  EXPECT_EQ(both.end->writable_runs, before + 1);
}

TEST(connection, faulty_peers_stall_and_go_on) {
  options how = calm();
  how.faults.stall_probability = 1;
  how.faults.stall_offset_bytes_max = 10;
  world world(1, how);
  pair_of_ends both(world);
  both.end->write(pattern(100));
  ASSERT_TRUE(world.run_for(1ms));
  EXPECT_LE(both.peer.received_bytes(), 10u);
  ASSERT_TRUE(world.run_for(how.faults.stall_max));
  EXPECT_EQ(both.peer.received(), pattern(100));
}

TEST(connection, a_partition_holds_everything_until_it_is_healed) {
  world world(1, calm());
  pair_of_ends both(world);
  both.peer.partition();
  both.peer.send("held").shutdown_write();
  both.end->write("also held");
  ASSERT_TRUE(world.run_for(1h));
  EXPECT_EQ(both.end->received, "");
  EXPECT_EQ(both.peer.received(), "");
  both.peer.heal();
  ASSERT_TRUE(world.run_until_idle());
  EXPECT_EQ(both.end->received, "held");
  EXPECT_EQ(both.end->last_read.state, status::end_of_stream);
  EXPECT_EQ(both.peer.received(), "also held");
}

TEST(connection, an_address_can_be_cut_off) {
  world world(1, calm());
  net::loop loop(world.make_backend());
  const auto listener = listen(loop);
  world.partition("10.0.0.1");
  peer cut_off(world, listener->local(), "10.0.0.1"), other(world, listener->local(), "10.0.0.2");
  ASSERT_TRUE(world.run_for(1min));
  EXPECT_FALSE(cut_off.connected());
  EXPECT_TRUE(other.connected());
  world.heal("10.0.0.1");
  ASSERT_TRUE(world.run_until_idle());
  EXPECT_TRUE(cut_off.connected());
}

TEST(connection, the_whole_network_can_be_cut) {
  world world(1, calm());
  pair_of_ends both(world);
  world.partition();
  both.peer.send("held");
  ASSERT_TRUE(world.run_for(1min));
  EXPECT_EQ(both.end->received, "");
  world.heal();
  ASSERT_TRUE(world.run_until_idle());
  EXPECT_EQ(both.end->received, "held");
}

TEST(connection, faulty_partitions_heal_by_themselves) {
  options how = calm();
  how.faults.partition_probability = 1;
  world world(1, how);
  pair_of_ends both(world);
  both.peer.send("late");
  ASSERT_TRUE(world.run_until([&] { return both.end->received == "late"; })) << world;
  EXPECT_LE(world.elapsed(), how.faults.partition_max + 1s);
}

}  // namespace
}  // namespace actornet::sim
