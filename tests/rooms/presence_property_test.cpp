// Whatever happens to nodes and to what they tell each other: after a while without trouble each
// node, and each member, knows who is there.

#include "guest.hpp"
#include "presence_support.hpp"
#include "sim/seeds.hpp"

namespace actornet::rooms {
namespace {

class town {
 public:
  explicit town(sim::world& in) : world_(in), membership_(chance().chance(0.5)) {
    options_.names_max = chance().chance(0.5) ? 100 : chance().between(1, 8);
    options_.leave_grace = chance().chance(0.5) ? net::duration::zero() : net::duration(1s);
    options_.part_queue_max = chance().chance(0.5) ? chance().between(1, 6) : 1'000;
    const std::size_t count = chance().between(2, 3);
    for (std::size_t i = 0; i < count; ++i) {
      nodes_.emplace_back(world_, shared_, kept_, std::string(1, static_cast<char>('A' + i)),
                          options_, membership_);
      start(i);
    }
    for (std::size_t i = chance().between(2, 10); i > 0; --i)
      citizens_.push_back(std::make_unique<citizen>(
          std::string(1, static_cast<char>('a' + chance().below(7))), chance().below(count)));
  }

  ~town() {
    for (const auto& each : citizens_)
      go(*each);
    idle();
    for (node& each : nodes_)
      each.all.reset();
    idle();
  }

  void happen() {
    const std::size_t what = chance().below(100);
    const std::size_t where = chance().below(nodes_.size());
    if (what < 45)
      move(*citizens_[chance().below(citizens_.size())]);
    else if (what < 55)
      lose(where, chance().chance(0.5) ? 0.0 : 0.4);
    else if (what < 58)
      crash(where);
    else if (what < 62)
      cut(where, !nodes_[where].bus.cut);
    else
      pass(chance().between(net::duration::zero(), net::duration(1s)));
    read();
  }

  void calm_down() {
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      lose(i, 0);
      cut(i, false);
    }
    pass(10s);  // a crash without membership and a goodbye that was lost show by the silence only
    read();
  }

  void expect_the_truth() {
    std::set<std::string> users;
    std::vector<std::set<std::string>> here(nodes_.size());
    for (const auto& each : citizens_)
      if (each->who.connected()) {
        users.insert(each->who.user());
        here[each->node].insert(each->who.user());
      }
    std::size_t counted = 0;  // in big rooms a user counts on each node
    for (const auto& each : here)
      counted += each.size();
    for (const auto& each : citizens_) {
      if (!each->who.connected())
        continue;
      if (each->who.names().empty()) {
        EXPECT_EQ(each->who.users(), counted) << each->who.user() << " of " << each->node;
        EXPECT_GT(counted, options_.names_max / 4 * 3);
      } else {
        EXPECT_EQ(each->who.names(), users) << each->who.user() << " of " << each->node;
        EXPECT_EQ(each->who.users(), users.size());
      }
    }
  }

 private:
  struct citizen {
    citizen(std::string user, std::size_t at) : who(std::move(user), 0), node(at) {}
    guest who;
    std::size_t node;
  };

  sim::generator& chance() { return world_.random(); }
  void idle() { EXPECT_TRUE(world_.run_until_idle()) << world_; }
  void pass(net::duration time) { EXPECT_TRUE(world_.run_for(time)) << world_; }

  template <class Work>
  void on(node& where, Work work) {
    EXPECT_TRUE(world_.run_on(where.loops.at(0), work)) << world_;
  }

  void move(citizen& moved) {
    if (moved.who.connected())
      return go(moved);
    moved.node = chance().below(nodes_.size());
    on(nodes_[moved.node], [&] { moved.who.connect(*nodes_[moved.node].all, "tea", 0); });
  }
  void go(citizen& gone) {
    if (gone.who.connected())
      on(nodes_[gone.node], [&] { gone.who.reset(); });
  }

  void read() {
    for (const auto& each : citizens_)
      each->who.read(published_);
  }

  void lose(std::size_t where, double share) {
    nodes_[where].bus.loses = [this, share] { return chance().chance(share); };
  }

  // What membership makes of it it is told at once.
  void cut(std::size_t where, bool off) {
    nodes_[where].bus.cut = off;
    meet(where);
  }

  void meet(std::size_t where) {
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      if (i == where)
        continue;
      node& one = nodes_[where];
      node& other = nodes_[i];
      if (one.bus.cut || other.bus.cut) {
        one.others.down(other.name);
        other.others.down(one.name);
      } else {
        one.others.up(other.name, other.boot);
        other.others.up(one.name, one.boot);
      }
    }
  }

  void crash(std::size_t where) {
    nodes_[where].bus.cut = true;
    for (const auto& each : citizens_)
      if (each->node == where)
        go(*each);
    nodes_[where].crash();
    for (node& each : nodes_)
      each.others.down(nodes_[where].name);
    start(where);
  }
  void start(std::size_t where) {
    nodes_[where].start(++boots_);
    meet(where);
  }

  sim::world& world_;
  const bool membership_;
  room_options options_;
  cluster::memory_bus shared_;
  memory_history kept_{7};
  std::deque<node> nodes_;
  std::vector<std::unique_ptr<citizen>> citizens_;
  std::uint64_t boots_ = 0;
  truth published_;
};

TEST(presence_property, after_a_quiet_while_everybody_knows_who_is_there) {
  sim::for_each_seed([](sim::world& world) {
    town held(world);
    for (int left = 120; left > 0 && !::testing::Test::HasFailure(); --left)
      held.happen();
    held.calm_down();
    held.expect_the_truth();
  });
}

}  // namespace
}  // namespace actornet::rooms
