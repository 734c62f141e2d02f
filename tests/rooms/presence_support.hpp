#pragma once

// Nodes of one world that share a bus and a history, what goes wrong between them, and who says
// that they are up.

#include <map>

#include "rooms/presence_frame.hpp"
#include "rooms_support.hpp"

namespace actornet::rooms {

/// What a node has of the bus. It loses what it is told to, in both directions.
class faulty_bus final : public cluster::bus {
 public:
  explicit faulty_bus(cluster::bus& under) : under_(under) {}

  bool cut = false;                     ///< everything is lost
  bool full = false;                    ///< it takes nothing
  std::function<bool()> loses;          ///< asked for each payload
  std::vector<net::shared_bytes> sent;  ///< about presence, lost or not

  result<void> publish(std::string_view subject, const net::shared_bytes& payload) override {
    if (subject.starts_with("rooms.presence."))
      sent.push_back(payload);
    if (full)
      return errc::mailbox_full;
    return lost() ? result<void>() : under_.publish(subject, payload);
  }
  cluster::subscription subscribe(std::string_view subject, cluster::bus_sink& sink) override {
    auto ear = std::make_unique<hearing>(*this, sink);
    ear->under = under_.subscribe(subject, *ear);
    return cluster::subscription(std::move(ear));
  }
  cluster::subscription serve(std::string_view subject, cluster::bus_server& server) override {
    return under_.serve(subject, server);
  }
  cluster::operation request(std::string_view subject, const net::shared_bytes& payload,
                             net::duration deadline, request_done done) override {
    return under_.request(subject, payload, deadline, std::move(done));
  }
  cluster::subscription watch_state(cluster::bus_state_sink& sink) override {
    return under_.watch_state(sink);
  }

 private:
  struct hearing final : cluster::subscription::state, cluster::bus_sink {
    hearing(faulty_bus& of, cluster::bus_sink& sink) : bus(of), to(sink) {}
    void on_published(const net::shared_bytes& payload) override {
      if (!bus.lost())
        to.on_published(payload);
    }
    void on_lagged(std::uint64_t lost) override { to.on_lagged(lost); }
    faulty_bus& bus;
    cluster::bus_sink& to;
    cluster::subscription under;
  };

  bool lost() const { return cut || (loses && loses()); }

  cluster::bus& under_;
};

/// Which nodes are up, as a test says it.
class told_nodes {
 public:
  explicit told_nodes(sim::world& world) : world_(world) {}

  cluster::subscription watch(cluster::node_sink& sink) {
    auto watching = std::make_unique<watcher>(*this, *net::loop::current(), sink);
    return cluster::subscription(std::move(watching));
  }
  void up(const std::string& name, std::uint64_t boot) {
    if (!up_.emplace(name, boot).second)
      return;
    tell([&](cluster::node_sink& sink) { sink.on_up(info_of(name, boot)); });
  }
  void down(const std::string& name) {
    if (const auto gone = up_.extract(name))
      tell([&](cluster::node_sink& sink) {
        sink.on_down(info_of(name, gone.mapped()), cluster::down_reason::silent);
      });
  }
  /// For who watches anew.
  void clear() { up_.clear(); }

 private:
  struct watcher final : cluster::subscription::state {
    watcher(told_nodes& told, net::loop& loop, cluster::node_sink& to)
        : of(told), on(loop), sink(to) {
      of.watchers_.push_back(this);
    }
    ~watcher() override { std::erase(of.watchers_, this); }
    told_nodes& of;
    net::loop& on;
    cluster::node_sink& sink;
  };

  static cluster::node_info info_of(const std::string& name, std::uint64_t boot) {
    cluster::node_info made;
    made.name = name;
    made.boot = boot;
    return made;
  }

  template <class Tell>
  void tell(const Tell& what) {
    for (watcher* const each : std::vector(watchers_))
      EXPECT_TRUE(world_.run_on(each->on, [&] { what(each->sink); }));
  }

  sim::world& world_;
  std::vector<watcher*> watchers_;
  std::map<std::string, std::uint64_t> up_;
};

/// A process with rooms. It can crash and start again.
class node {
 public:
  node(sim::world& world, cluster::bus& shared, history& kept, std::string called,
       room_options limits, bool has_membership)
      : name(std::move(called)),
        loops(2, world.backends()),
        bus(shared),
        others(world),
        world_(world),
        kept_(kept),
        options_(limits),
        has_membership_(has_membership) {}

  void start(std::uint64_t its_boot) {
    boot = its_boot;
    node_place place{name, boot, {}};
    if (has_membership_)
      place.watch = [this](cluster::node_sink& sink) { return others.watch(sink); };
    all = std::make_unique<registry>(loops, kept_, bus, options_, permission(), place);
    EXPECT_TRUE(world_.run_until_idle()) << world_;
  }

  /// Nobody hears of it any more; memberships were destroyed before, with `bus.cut`.
  void crash() {
    bus.cut = true;
    EXPECT_TRUE(world_.run_until_idle()) << world_;
    all.reset();
    EXPECT_TRUE(world_.run_until_idle()) << world_;
    bus.cut = false;
    others.clear();
  }

  const std::string name;
  std::uint64_t boot = 0;
  net::multiplexer loops;
  faulty_bus bus;
  told_nodes others;
  std::unique_ptr<registry> all;

 private:
  sim::world& world_;
  history& kept_;
  const room_options options_;
  const bool has_membership_;
};

/// Some nodes, and members in the room "tea" of them.
class presence_test : public ::testing::Test {
 public:
  ~presence_test() override {
    for (auto& each : seats)
      each->in = {};
    pass(0s);
    for (node& each : nodes)
      each.all.reset();
    pass(0s);
  }

  void open(std::size_t count, room_options options = {}, bool membership = false) {
    for (std::size_t i = 0; i < count; ++i) {
      nodes.emplace_back(world, shared, kept, std::string(1, static_cast<char>('A' + i)), options,
                         membership);
      nodes.back().start(100 + i);
    }
    if (membership)
      for (node& one : nodes)
        for (node& other : nodes)
          if (&one != &other)
            one.others.up(other.name, other.boot);
  }

  void pass(net::duration time) {
    ASSERT_TRUE(world.run_for(time)) << world;
    ASSERT_TRUE(world.run_until_idle()) << world;
  }

  template <class Work>
  void on(node& where, Work work) {
    ASSERT_TRUE(world.run_on(where.loops.at(0), work)) << world;
    ASSERT_TRUE(world.run_until_idle()) << world;
  }

  struct seat {
    scribe who;
    membership in;
  };

  seat& join(std::size_t where, std::string user) {
    seat& added = *seats.emplace_back(std::make_unique<seat>());
    on(nodes[where], [&] {
      added.in = *nodes[where].all->join("tea", added.who, {std::move(user), {}, 0});
    });
    return added;
  }
  void leave(std::size_t where, seat& gone) {
    on(nodes[where], [&] { gone.in = {}; });
  }

  /// Its members are gone with it, and nobody is told.
  void crash(std::size_t where, const std::vector<seat*>& with) {
    nodes[where].bus.cut = true;
    for (seat* const each : with)
      leave(where, *each);
    nodes[where].crash();
  }

  /// Who is in the room, as a node knows it.
  std::string who(std::size_t where) {
    scribe says;
    on(nodes[where], [&] {
      nodes[where]
          .all->who("tea", "x", [&](const result<members_list>& got) { says.on_members(*got); })
          .detach();
    });
    return says.told.empty() ? "" : says.told.back().substr(5);
  }

  /// A frame of somebody else.
  void say(const detail::presence_frame& frame) { say(detail::encode_presence(frame)); }
  void say(const net::shared_bytes& payload) {
    on(nodes[0], [&] { (void)shared.publish(detail::presence_subject("tea"), payload); });
  }

  std::uint64_t refused(std::size_t where) { return nodes[where].all->counts().presence_refused; }

  sim::world world{1, cluster_test::calm()};
  cluster::memory_bus shared;
  memory_history kept{7};
  std::deque<node> nodes;
  std::deque<std::unique_ptr<seat>> seats;
};

}  // namespace actornet::rooms
