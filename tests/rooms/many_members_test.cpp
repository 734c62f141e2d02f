// A room of 100,000 members, on two loops.

#include "rooms_support.hpp"

namespace actornet::rooms {
namespace {

/// Counts, and looks whether it misses something.
class counting_member final : public member {
 public:
  void on_joined(const position& newest, const members_list&) override { next = newest.offset + 1; }
  bool on_message(const message& one, std::size_t) override {
    in_order &= one.at().offset == next++;
    return true;
  }
  void on_gap(const gap&) override { in_order = false; }
  void on_members(const members_list&) override {}
  void on_presence(const presence& change) override { users = change.users(); }
  void on_typing(const typing&) override {}
  void on_closed(std::error_code) override { in_order = false; }
  std::size_t unsent_bytes() const noexcept override { return 0; }

  std::uint64_t next = 0;
  std::uint32_t users = 0;
  bool in_order = true;
};

class many_members : public rooms_test {};

TEST_F(many_members, all_get_everything_in_order) {
  constexpr std::size_t count = 100'000;
  constexpr int messages = 10;
  open();
  std::vector<counting_member> there(count);
  std::vector<membership> in(count);
  for (std::size_t first = 0; first < count; first += 10'000)
    on(first / 10'000 % 2, [&] {
      for (std::size_t i = first; i < first + 10'000; ++i)
        in[i] = *all->join("tea", there[i], {"user " + std::to_string(i), {}, 0});
    });
  for (int i = 0; i < messages; ++i)
    EXPECT_TRUE(publish("tea", "p", "hello"));
  EXPECT_TRUE(world.run_for(1s));
  EXPECT_EQ(all->counts().members, count);
  EXPECT_EQ(all->counts().deliveries, count * messages);
  std::size_t well = 0;
  for (const counting_member& each : there)
    well += each.in_order && each.next == messages + 1 && each.users == count ? 1 : 0;
  EXPECT_EQ(well, count);
  for (std::size_t loop = 0; loop < 2; ++loop)
    on(loop, [&] {
      for (std::size_t i = 0; i < count; ++i)
        if (i / 10'000 % 2 == loop)
          in[i] = {};
    });
  EXPECT_EQ(all->counts().rooms, 0u);
}

}  // namespace
}  // namespace actornet::rooms
