// Rooms on three nodes that share a history, each with a registry of its own, under partitions,
// lost messages, failing reads and appends, crashes and restarts: what a member got and the gaps it
// was told of are together what was published, in order, nothing twice.

#include <algorithm>
#include <array>

#include "actornet/cluster/embedded_engine.hpp"
#include "actornet/rooms/embedded_history.hpp"
#include "guest.hpp"
#include "sim/seeds.hpp"

namespace actornet::rooms {
namespace {

constexpr const char* room_name = "tea";

/// One life of a node.
struct rooms_node {
  rooms_node(cluster::embedded_engine& engine, net::multiplexer& loops, history& shared,
             const std::string& name, const room_options& options)
      : link(engine.network(), name), kept(link, shared), all(loops, kept, link.bus(), options) {}

  cluster::embedded_node link;
  embedded_history kept;
  registry all;
};

class three_nodes {
 public:
  explicit three_nodes(sim::world& in) : world_(in) {
    options_.page_messages_max = chance().between(1, 8);
    options_.slow.messages = chance().chance(0.5) ? slow_messages::close : slow_messages::drop;
    options_.slow.messages_bytes_max = guest::event_bytes * chance().between(4, 40);
    retention keep;
    keep.messages_max = chance().chance(0.5) ? 1'000 : chance().between(4, 20);
    shared_ = std::make_unique<memory_history>(1, memory_history_options{.keep = keep});
    for (std::size_t i = 0; i < places_.size(); ++i) {
      places_[i].loops = std::make_unique<net::multiplexer>(1, in.backends());
      start(places_[i]);
    }
    for (std::size_t i = chance().between(2, 6); i > 0; --i)
      visitors_.emplace_back(std::string(1, static_cast<char>('a' + i)), chance().below(3));
  }

  ~three_nodes() {
    for (place& each : places_)
      stop(each);
    idle();
    shared_.reset();
    idle();
  }

  void happen() {
    const std::uint64_t what = chance().below(20);
    if (what < 7)
      publish();
    else if (what < 9)
      retry();
    else if (what < 12)
      move(any());
    else if (what < 13)
      any().who.stalled = chance().chance(0.5);
    else if (what < 15)
      break_something();
    else
      EXPECT_TRUE(world_.run_for(chance().between(net::duration(1ms), net::duration(400ms))));
    read();
  }

  /// Everybody comes, reads, and is told everything there is.
  void settle() {
    engine_.set_faults({.delay_max = 5ms});
    engine_.heal();
    for (place& each : places_) {
      if (!each.node)
        start(each);
      each.node->link.reconnect();
    }
    EXPECT_TRUE(world_.run_for(3s));
    for (visitor& each : visitors_)
      each.who.stalled = false;
    publish();
    for (int i = 0; i < 400 && !settled(); ++i) {
      retry();
      come_again();
      EXPECT_TRUE(world_.run_for(50ms));
      read();
    }
    for (const visitor& each : visitors_)
      EXPECT_EQ(each.who.has(), newest_) << each.who.user();
    EXPECT_EQ(published_.size(), newest_.offset) << "not all that was answered was delivered";
    EXPECT_EQ(open_, 0u);
  }

 private:
  struct place {
    std::unique_ptr<net::multiplexer> loops;
    std::unique_ptr<rooms_node> node;
  };
  struct visitor {
    visitor(std::string user, std::size_t at) : who(std::move(user), 0), node(at) {}
    guest who;
    std::size_t node;
  };

  sim::generator& chance() { return world_.random(); }
  visitor& any() { return visitors_[chance().below(visitors_.size())]; }
  void idle() { EXPECT_TRUE(world_.run_until_idle()) << world_; }

  template <class Work>
  void on(place& at, Work work) {
    ASSERT_TRUE(world_.run_on(at.loops->at(0), work)) << world_;
  }

  void start(place& at) {
    const std::string name(1, static_cast<char>('x' + (&at - places_.data())));
    at.node = std::make_unique<rooms_node>(engine_, *at.loops, *shared_, name, options_);
  }

  // Connections break, what was under way is lost, publishers are told nothing.
  void stop(place& at) {
    if (!at.node)
      return;
    on(at, [&] {
      for (visitor& each : visitors_)
        if (&places_[each.node] == &at)
          each.who.reset();
      at.node->link.crash();
    });
    at.node.reset();
    std::erase_if(asked_, [&at](const auto& each) { return each.second == &at; });
    open_ = asked_.size();
  }

  void break_something() {
    place& one = places_[chance().below(places_.size())];
    const std::uint64_t what = chance().below(6);
    if (what == 0)
      return one.node ? stop(one) : start(one);
    if (what == 1 && one.node)
      return chance().chance(0.5) ? one.node->link.disconnect() : one.node->link.reconnect();
    if (what == 2)
      return engine_.heal();
    if (what == 3) {
      std::vector<std::vector<std::string>> groups(2);
      for (const char* name : {"x", "y", "z"})
        groups[chance().below(2)].emplace_back(name);
      return engine_.partition(groups);
    }
    const auto some = [this](double most) {
      return chance().chance(0.5) ? 0 : most * static_cast<double>(chance().below(1000)) / 1000;
    };
    engine_.set_faults({.delay_max = chance().between(net::duration{}, net::duration(100ms)),
                        .publish_lost = some(0.3),
                        .answer_lost = some(0.2),
                        .unavailable = some(0.3),
                        .live_lost = some(0.4),
                        .append_again = some(0.3)});
  }

  void move(visitor& moved) {
    if (moved.who.connected())
      return on(places_[moved.node], [&moved] { moved.who.reset(); });
    moved.node = chance().below(places_.size());
    place& at = places_[moved.node];
    if (at.node)
      on(at, [&] { moved.who.connect(at.node->all, room_name, chance().below(20)); });
  }

  void come_again() {
    for (visitor& each : visitors_) {
      if (each.who.was_closed())
        on(places_[each.node], [&each] { each.who.reset(); });
      if (!each.who.connected())
        move(each);
    }
  }

  void publish() {
    for (std::size_t left = chance().between(1, 5); left > 0; --left) {
      draft what{any().who.user(), std::to_string(next_id_++), {}};
      what.body = bytes_of("text " + what.id);
      unanswered_.push_back(what);
      append(what);
    }
  }

  /// Once more what was not answered, in the order in which it was said.
  void retry() {
    const std::deque<draft> those = unanswered_;
    for (const draft& each : those)
      append(each);
  }

  void append(const draft& what) {
    place& at = places_[chance().below(places_.size())];
    if (!at.node)
      return;
    on(at, [&] {
      const std::uint64_t number = ++asks_;
      asked_.emplace(number, &at);
      open_ = asked_.size();
      auto told = [this, what, number](const result<appended>& outcome) {
        EXPECT_EQ(asked_.erase(number), 1u) << "answered twice";
        open_ = asked_.size();
        note(what, outcome);
      };
      at.node->all.publish(room_name, what, told).detach();
    });
  }

  void note(const draft& what, const result<appended>& outcome) {
    if (!outcome) {
      EXPECT_EQ(outcome.error(), errc::unavailable);
      return;
    }
    std::erase_if(unanswered_, [&what](const draft& each) { return each.id == what.id; });
    const position at = outcome->at;
    const auto known = published_.try_emplace({at.epoch, at.offset}, text_of(what.body.payload));
    EXPECT_EQ(known.first->second, text_of(what.body.payload)) << "two messages at one position";
    if (at.offset > newest_.offset)
      newest_ = at;
  }

  bool settled() const {
    return open_ == 0 && unanswered_.empty() &&
           std::ranges::all_of(visitors_,
                               [this](const visitor& each) { return each.who.has() == newest_; });
  }

  void read() {
    for (visitor& each : visitors_)
      each.who.read(published_);
  }

  sim::world& world_;
  net::loop home_{world_.make_backend()};
  cluster::embedded_engine engine_{home_, world_.random().next()};
  room_options options_;
  std::unique_ptr<memory_history> shared_;
  std::array<place, 3> places_;
  std::deque<visitor> visitors_;
  truth published_;
  std::deque<draft> unanswered_;
  std::map<std::uint64_t, place*> asked_;
  std::uint64_t asks_ = 0;
  std::size_t open_ = 0;
  position newest_;
  int next_id_ = 0;
};

TEST(property, on_three_nodes_what_a_member_gets_and_its_gaps_are_what_was_published) {
  sim::for_each_seed([](sim::world& world) {
    three_nodes all(world);
    for (int left = 80; left > 0 && !::testing::Test::HasFailure(); --left)
      all.happen();
    all.settle();
  });
}

}  // namespace
}  // namespace actornet::rooms
