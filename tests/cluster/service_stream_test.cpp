// Replies that stream: credit, ends, losses.

#include "actornet/flow/select.hpp"
#include "services_support.hpp"

namespace actornet::cluster_test {
namespace {

using cluster::v1::StreamControl;
using cluster::v1::StreamItem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

template <class Message>
Message read(const net::shared_bytes& payload) {
  Message message;
  EXPECT_TRUE(
      message.ParseFromArray(payload.payload.data(), static_cast<int>(payload.payload.size())));
  return message;
}

class service_streams : public services {
 protected:
  void ask_with_credit(std::uint32_t credit) {
    on(asks, [&] {
      cluster::client_options options;
      options.stream_credit = credit;
      client_.emplace(bus_, options);
    });
  }

  /// The bus loses the item with this number.
  void lose(std::uint64_t sequence) {
    bus_.loses = [sequence](const net::shared_bytes& payload) {
      const auto item = read<StreamItem>(payload);
      return item.has_body() && item.sequence() == sequence;
    };
  }

  void publish(const std::string& subject, const std::string& bytes) {
    on(asks, [&] { ASSERT_TRUE(bus_.publish(subject, bytes_of(bytes))); });
  }
};

TEST_F(service_streams, items_come_in_order_and_then_the_end) {
  serve(0);
  ASSERT_FALSE(watch(100));
  EXPECT_EQ(take(), errc::end_of_stream);
  ASSERT_EQ(items_.size(), 100u);
  EXPECT_EQ(items_.front(), 100u);
  EXPECT_EQ(items_.back(), 1u);
  EXPECT_EQ(take(), errc::end_of_stream);
  EXPECT_EQ(hosts_[0]->statistics().in_work, 0u);
}

TEST_F(service_streams, a_stream_may_be_empty) {
  serve(0);
  ASSERT_FALSE(watch(0));
  EXPECT_EQ(take(), errc::end_of_stream);
}

TEST_F(service_streams, the_server_sends_only_what_was_granted) {
  serve(0);
  ask_with_credit(4);
  ASSERT_FALSE(watch(100));
  ASSERT_TRUE(world_.run_for(10s));
  EXPECT_EQ(keepers_[0]->sent_items, 4);
  EXPECT_FALSE(take(2));
  ASSERT_TRUE(world_.run_for(10s));
  EXPECT_EQ(keepers_[0]->sent_items, 6);
  EXPECT_EQ(take(), errc::end_of_stream);
  EXPECT_EQ(items_.size(), 100u);
}

TEST_F(service_streams, a_window_of_one_is_enough) {
  serve(0);
  ask_with_credit(1);
  ASSERT_FALSE(watch(5));
  EXPECT_EQ(take(), errc::end_of_stream);
  EXPECT_THAT(items_, ElementsAre(5, 4, 3, 2, 1));
}

TEST_F(service_streams, a_grant_that_is_lost_is_made_up_for) {
  serve(0);
  ask_with_credit(2);
  ASSERT_FALSE(watch(6));
  ASSERT_TRUE(world_.run_until_idle());
  bus_.loses = [](const net::shared_bytes&) { return true; };
  EXPECT_FALSE(take(2));
  bus_.loses = nullptr;
  EXPECT_EQ(take(), errc::end_of_stream);
  EXPECT_EQ(items_.size(), 6u);
}

TEST_F(service_streams, a_busy_bus_is_waited_for) {
  serve(0);
  bus_.full = 7;
  ASSERT_FALSE(watch(3));
  EXPECT_EQ(take(), errc::end_of_stream);
  EXPECT_THAT(items_, ElementsAre(3, 2, 1));
}

TEST_F(service_streams, who_wants_no_more_stops_the_server) {
  serve(0);
  ask_with_credit(4);
  ASSERT_FALSE(watch(100));
  on(asks, [&] { stream_.reset(); });
  EXPECT_EQ(keepers_[0]->stopped, errc::cancelled);
  EXPECT_EQ(hosts_[0]->statistics().in_work, 0u);
}

TEST_F(service_streams, a_services_own_error_ends_it_with_its_text) {
  serve(0);
  ASSERT_FALSE(watch(2, "none"));
  EXPECT_EQ(take(), SOLD_OUT);
  EXPECT_EQ(stream_->text(), "no such thing");
  EXPECT_THAT(items_, ElementsAre(2, 1));
}

TEST_F(service_streams, a_lost_item_is_noticed) {
  serve(0);
  lose(3);
  ASSERT_FALSE(watch(5));
  EXPECT_EQ(take(), errc::dropped);
  EXPECT_THAT(items_, ElementsAre(5, 4)) << "what came before the hole is good";
  EXPECT_EQ(client_->statistics().malformed, 1u);
}

TEST_F(service_streams, a_last_item_that_is_lost_is_noticed_by_the_next_sign_of_life) {
  serve(0).pause = 1h;
  lose(3);
  ASSERT_FALSE(watch(3));
  const auto before = world_.now();
  EXPECT_EQ(take(), errc::dropped);
  EXPECT_LT(world_.now() - before, 2s);
  ASSERT_TRUE(world_.run_until_idle());
  EXPECT_EQ(keepers_[0]->stopped, errc::cancelled);
}

TEST_F(service_streams, a_server_that_is_gone_is_noticed) {
  serve(0).pause = 1h;
  ASSERT_FALSE(watch(1));
  on(0, [&] { hosts_[0].reset(); });
  const auto before = world_.now();
  EXPECT_EQ(take(), errc::disconnected);
  EXPECT_LE(world_.now() - before, 7s);
  EXPECT_THAT(items_, ElementsAre(1));
}

TEST_F(service_streams, an_asker_that_is_gone_is_noticed) {
  serve(0).pause = 1h;
  ASSERT_FALSE(watch(1));
  bus_.loses = [](const net::shared_bytes&) { return true; };
  ASSERT_TRUE(world_.run_for(7s));
  EXPECT_EQ(keepers_[0]->stopped, errc::disconnected);
  EXPECT_EQ(hosts_[0]->statistics().in_work, 0u);
  bus_.loses = nullptr;
}

TEST_F(service_streams, silence_of_the_service_is_not_the_servers) {
  serve(0).pause = 1min;
  ASSERT_FALSE(watch(1));
  EXPECT_EQ(take(), errc::end_of_stream);
  EXPECT_GE(world_.elapsed(), 1min);
}

TEST_F(service_streams, its_deadline_ends_it_on_both_sides) {
  serve(0).pause = 1h;
  ASSERT_FALSE(watch(1, "a", in(10s)));
  EXPECT_EQ(take(), errc::timed_out);
  ASSERT_TRUE(world_.run_until_idle());
  EXPECT_TRUE(keepers_[0]->stopped == errc::timed_out || keepers_[0]->stopped == errc::cancelled);
  EXPECT_EQ(hosts_[0]->statistics().in_work, 0u);
}

TEST_F(service_streams, a_drain_ends_streams) {
  serve(0);
  ASSERT_FALSE(watch(100));
  task_context context(loops_.at(0));
  scope tasks(context);
  on(0, [&] { tasks.spawn(hosts_[0]->drain()); });
  EXPECT_EQ(tasks.running(), 0u);
  EXPECT_EQ(take(), errc::shutting_down);
}

TEST_F(service_streams, have_a_limit) {
  serve(0).pause = 1h;
  on(asks, [&] {
    cluster::client_options options;
    options.streams_max = 1;
    client_.emplace(bus_, options);
  });
  ASSERT_FALSE(watch(1));
  auto first = std::move(stream_);
  EXPECT_EQ(watch(1), errc::mailbox_full);
  on(asks, [&] { first.reset(); });
  EXPECT_FALSE(watch(1));
}

TEST_F(service_streams, that_nobody_serves_are_unavailable) {
  EXPECT_EQ(watch(1), errc::unavailable);
  EXPECT_EQ(client_->statistics().streams, 0u);
}

TEST_F(service_streams, end_with_their_client) {
  serve(0).pause = 1h;
  ASSERT_FALSE(watch(1));
  on(asks, [&] { client_.reset(); });
  EXPECT_EQ(keepers_[0]->stopped, errc::cancelled);
  EXPECT_EQ(take(), errc::closed_locally);
}

TEST_F(service_streams, a_task_that_is_told_to_stop_leaves_the_stream_as_it_is) {
  serve(0).pause = 3s;
  ASSERT_FALSE(watch(1));
  std::error_code error;
  auto taking = start(take(*stream_, 2, items_, error));
  on(asks, [&] { taking.cancel(); });
  EXPECT_EQ(error, errc::cancelled);
  EXPECT_EQ(take(), errc::end_of_stream);
}

TEST_F(service_streams, are_alternatives_of_a_select) {
  serve(0).pause = 3s;
  ASSERT_FALSE(watch(1));
  lines seen;
  const auto look_around = [this, &seen]() -> task<> {
    for (int i = 0; i < 3; ++i) {
      auto one = co_await select(stream_->receive(), after(2s));
      if (const WatchReply* const item = one.get<0>())
        seen.push_back("item " + std::to_string(item->left()));
      else
        seen.push_back(one.index() == 1 ? "nothing" : one.error().message());
    }
  };
  run(look_around());
  EXPECT_THAT(seen,
              ElementsAre("item 1", "nothing", make_error_code(errc::end_of_stream).message()));
}

TEST_F(service_streams, garbage_at_their_subjects_is_counted) {
  serve(0).pause = 3s;
  ASSERT_FALSE(watch(1));
  StreamItem of_nobody;
  of_nobody.set_version(1);
  of_nobody.set_stream(99);
  for (const auto& subject : bus_.heard) {
    publish(subject, "\xff\xff");
    publish(subject, StreamControl().SerializeAsString());
    publish(subject, of_nobody.SerializeAsString());
  }
  EXPECT_EQ(hosts_[0]->statistics().malformed, 2u);
  EXPECT_EQ(client_->statistics().malformed, 2u);
  EXPECT_EQ(take(), errc::end_of_stream);
}

}  // namespace
}  // namespace actornet::cluster_test
