// Rooms with connections as members: the program of docs/rooms.md, under simulation.

#include <gmock/gmock.h>

#include "actornet/chat/v1/chat.pb.h"
#include "actornet/connection.hpp"
#include "actornet/rooms/connection_member.hpp"
#include "rooms_support.hpp"
#include "runtime/simulated_server.hpp"

namespace actornet {
namespace {

// [words]
namespace chat = actornet::chat::v1;

/// What happens in a room, in the application's protocol.
struct chat_words {
  std::string room;

  chat::Event to_message(const rooms::message& said) const {
    chat::Event event;
    chat::Message& out = *event.mutable_message();
    out.set_room(room);
    *out.mutable_position() = to_position(said.at());
    out.set_user(said.user());
    out.set_id(said.id());
    out.set_time_ms(said.time_ms());
    out.set_text(reinterpret_cast<const char*>(said.body().data()), said.body().size());
    return event;
  }
  chat::Event to_gap(const rooms::gap& missed) const {
    chat::Event event;
    chat::Gap& out = *event.mutable_gap();
    out.set_room(room);
    *out.mutable_from() = to_position(missed.from);
    *out.mutable_to() = to_position(missed.to);
    out.set_reason(static_cast<chat::GapReason>(missed.reason));  // the same numbers
    return event;
  }
  chat::Event to_presence(const rooms::presence& change) const {
    chat::Event event;
    event.mutable_presence()->set_room(room);
    event.mutable_presence()->set_user(change.user());
    event.mutable_presence()->set_present(change.present());
    event.mutable_presence()->set_users(change.users());
    return event;
  }
  chat::Event to_typing(const rooms::typing& change) const {
    chat::Event event;
    event.mutable_typing()->set_room(room);
    event.mutable_typing()->set_user(change.user());
    event.mutable_typing()->set_active(change.active());
    return event;
  }
  chat::Event to_members(const rooms::members_list& there) const {
    chat::Event event;
    fill(*event.mutable_members(), there);
    return event;
  }
  chat::Event to_joined(const rooms::position& newest, const rooms::members_list& there) const {
    chat::Event event;
    event.mutable_joined()->set_room(room);
    *event.mutable_joined()->mutable_newest() = to_position(newest);
    fill(*event.mutable_joined()->mutable_members(), there);
    return event;
  }

  static chat::Position to_position(const rooms::position& at) {
    chat::Position out;
    out.set_epoch(at.epoch);
    out.set_offset(at.offset);
    return out;
  }
  void fill(chat::Members& out, const rooms::members_list& there) const {
    out.set_room(room);
    out.set_users(there.users);
    out.set_counts_only(there.counts_only);
    for (const std::string& each : there.names)
      out.add_names(each);
  }
};
// [/words]

// [session]
using chat_peer = connection<chat::Command, chat::Event>;

/// One user in one room, for as long as the connection lasts.
task<> talk(chat_peer peer, rooms::registry& all) {
  const auto hello = co_await peer.receive();
  if (!hello)
    co_return;
  const std::string user = hello->hello().name();
  rooms::connection_member<chat::Event, chat_words> me(peer.ref(), {"tea"});
  const auto joined = all.join("tea", me, {user, {}, 20});  // the newest 20 messages first
  if (!joined)
    co_return;
  while (const auto command = co_await peer.receive()) {
    if (!command->has_publish())
      continue;
    const chat::Publish& said = command->publish();
    auto answer = [to = peer.ref(), id = said.id()](const result<rooms::appended>& outcome) {
      chat::Event event;
      if (outcome) {
        event.mutable_published()->set_id(id);
        *event.mutable_published()->mutable_position() = chat_words::to_position(outcome->at);
      } else {
        event.mutable_failed()->set_text(outcome.error().message());
      }
      (void)to.send(event);
    };
    const auto body = net::shared_bytes::copy_of(std::as_bytes(std::span(said.text())));
    all.publish("tea", {user, said.id(), body}, std::move(answer)).detach();
  }
}
// [/session]

class chat_rooms : public ::testing::Test {
 protected:
  void open(rooms::room_options options = {}, net::stream_options stream = {}) {
    runtime_options two;
    two.loops = 2;
    two.backends = world_.backends();
    rt_ = std::make_unique<runtime>(two);
    all_ = std::make_unique<rooms::registry>(rt_->loops(), kept_, between_, options);
    listen_options listening;
    listening.stream = stream;
    where_ = rt_->listen(
        "tcp://127.0.0.1:0",
        [this](chat_peer peer) -> task<> { return talk(std::move(peer), *all_); }, listening);
    rt_->start();
  }

  ~chat_rooms() override {
    std::optional<std::size_t> cut;
    rt_->drain(10s, [&cut](std::size_t count) { cut = count; });
    EXPECT_TRUE(world_.run_until([&cut] { return cut.has_value(); })) << world_;
    EXPECT_TRUE(world_.run_until_idle());
    EXPECT_EQ(all_->counts().members, 0u);
    all_.reset();
    EXPECT_TRUE(world_.run_until_idle());
  }

  sim::peer enter(const std::string& user, const net::socket_options& how = {}) {
    sim::peer made(world_, where_, sim::home_address, how);
    chat::Command hello;
    hello.mutable_hello()->set_name(user);
    made.send(framed(hello.SerializeAsString()));
    const auto before = all_->counts().members;
    EXPECT_TRUE(world_.run_until([&] { return all_->counts().members > before; })) << world_;
    return made;
  }

  static void say(sim::peer& from, const std::string& id, const std::string& text) {
    chat::Command command;
    command.mutable_publish()->set_id(id);
    command.mutable_publish()->set_text(text);
    from.send(framed(command.SerializeAsString()));
  }

  static std::vector<chat::Event> events(const sim::peer& of) {
    std::vector<chat::Event> all;
    for (const std::string& each : unframed(of.received()))
      EXPECT_TRUE(all.emplace_back().ParseFromString(each));
    return all;
  }

  sim::world world_{1, cluster_test::calm()};
  rooms::memory_history kept_{7};
  cluster::memory_bus between_;
  std::unique_ptr<runtime> rt_;
  std::unique_ptr<rooms::registry> all_;
  net::endpoint where_;
};

TEST_F(chat_rooms, what_one_says_all_connections_get_and_the_answer_is_the_position) {
  open();
  sim::peer ann = enter("ann");
  sim::peer bob = enter("bob");
  say(ann, "1", "hello");
  EXPECT_TRUE(world_.run_for(1s));
  const auto heard = events(bob);
  ASSERT_EQ(heard.size(), 2u);
  EXPECT_THAT(heard[0].joined().members().names(), ::testing::ElementsAre("ann", "bob"));
  EXPECT_EQ(heard[1].message().text(), "hello");
  EXPECT_EQ(heard[1].message().user(), "ann");
  EXPECT_EQ(heard[1].message().position().offset(), 1u);
  const auto told = events(ann);
  ASSERT_EQ(told.size(), 4u);
  EXPECT_EQ(told[1].presence().user(), "bob");
  const bool answer_first = told[2].has_published();
  EXPECT_EQ(told[answer_first ? 2 : 3].published().position().offset(), 1u);
  EXPECT_EQ(told[answer_first ? 3 : 2].message().text(), "hello");
}

TEST_F(chat_rooms, who_comes_later_gets_the_newest_messages) {
  open();
  sim::peer ann = enter("ann");
  for (int i = 0; i < 30; ++i)
    say(ann, std::to_string(i), std::to_string(i));
  EXPECT_TRUE(world_.run_for(1s));
  const sim::peer bob = enter("bob");
  EXPECT_TRUE(world_.run_for(1s));
  const auto heard = events(bob);
  ASSERT_EQ(heard.size(), 21u);
  EXPECT_EQ(heard[1].message().text(), "10");
  EXPECT_EQ(heard[20].message().text(), "29");
}

TEST_F(chat_rooms, a_connection_that_does_not_read_is_closed_as_a_slow_consumer) {
  rooms::room_options options;
  options.slow.messages_bytes_max = 20'000;
  open(options);
  sim::peer ann = enter("ann");
  net::socket_options small;
  small.receive_buffer_bytes = 4096;
  sim::peer slow = enter("slow", small);
  slow.stop_reading();
  for (int i = 0; i < 250; ++i) {
    say(ann, std::to_string(i), std::string(1000, 'x'));
    EXPECT_TRUE(world_.run_for(10ms));
  }
  EXPECT_TRUE(world_.run_for(1s));
  EXPECT_EQ(all_->counts().slow_closed, 1u);
  EXPECT_EQ(all_->counts().members, 1u);
  std::size_t heard = 0;
  for (const chat::Event& each : events(ann))
    heard += each.has_message() ? 1 : 0;
  EXPECT_EQ(heard, 250u) << "the others notice nothing";
}

}  // namespace
}  // namespace actornet
