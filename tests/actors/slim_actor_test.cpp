// A slim actor's mailbox is bounded: what is refused, and what never is.

#include "actornet/detail/caf_slim_actor.hpp"

#include <caf/make_actor.hpp>

#include "actors/actor_support.hpp"

namespace actornet {
namespace {

constexpr std::size_t mailbox_max = 10;

class counting_actor final : public detail::slim_actor {
 public:
  using signatures = caf::none_t;

  counting_actor(caf::actor_config& config, net::loop& home)
      : slim_actor(config, home, mailbox_max) {}

  std::size_t handled = 0;
  std::size_t responses = 0;
  std::vector<errc> errors;  // among them

 private:
  void handle(caf::mailbox_element& element) override {
    if (element.content().match_elements<caf::error>())
      errors.push_back(from_caf_error(element.content().get_as<caf::error>(0)));
    ++(element.mid.is_response() ? responses : handled);
    respond(element, caf::message());
  }
};

// A slim actor on a loop that turns only when a test says so.
struct slim_actor : testing::Test {
  caf::actor make(std::size_t loop) {
    caf::actor_config config;
    return caf::make_actor<counting_actor, caf::actor>(in.system.next_actor_id(), in.system.node(),
                                                       &in.system, config, in.rt.loops().at(loop));
  }
  static counting_actor& self(const caf::actor& of) {
    return *static_cast<counting_actor*>(caf::actor_cast<caf::abstract_actor*>(of));
  }
  void enqueue(caf::message_id id, caf::message content, caf::strong_actor_ptr from = nullptr) {
    caf::actor_cast<caf::strong_actor_ptr>(made)->enqueue(
        caf::make_mailbox_element(std::move(from), id, {}, std::move(content)), nullptr);
  }
  void fill() {
    for (std::size_t i = 0; i < mailbox_max; ++i)
      caf::anon_send(made, 1);
  }
  std::uint64_t rejected() { return in.rt.loops().at(1).counted.messages_rejected.value(); }

  simulation in;
  caf::actor made = make(1);
};

TEST_F(slim_actor, refuses_and_counts_messages_over_its_limit) {
  fill();
  for (int i = 0; i < 7; ++i)
    caf::anon_send(made, 1);
  ASSERT_TRUE(in.world.run_until_idle());
  EXPECT_EQ(self(made).handled, mailbox_max);
  EXPECT_EQ(rejected(), 7u);
  fill();  // there is room again
  ASSERT_TRUE(in.world.run_until_idle());
  EXPECT_EQ(self(made).handled, 2 * mailbox_max);
  EXPECT_EQ(rejected(), 7u);
}

TEST_F(slim_actor, answers_a_request_over_its_limit_with_mailbox_full) {
  const caf::actor asker = make(0);
  const auto from = caf::actor_cast<caf::strong_actor_ptr>(asker);
  enqueue(caf::make_message_id(1), caf::make_message(1), from);
  fill();
  enqueue(caf::make_message_id(2), caf::make_message(1), from);
  ASSERT_TRUE(in.world.run_until_idle());
  EXPECT_EQ(self(asker).responses, 2u);
  EXPECT_EQ(self(asker).errors, std::vector{errc::mailbox_full});
  EXPECT_EQ(rejected(), 2u);  // the last message of `fill`, too
}

TEST_F(slim_actor, never_refuses_responses_down_and_exit_messages) {
  fill();
  for (std::uint64_t i = 1; i <= 20; ++i)
    enqueue(caf::make_message_id(i).response_id(), caf::make_message(1));
  enqueue(caf::make_message_id(), caf::make_message(caf::down_msg{made.address(), {}}));
  enqueue(caf::make_message_id(),
          caf::make_message(caf::exit_msg{made.address(), caf::exit_reason::user_shutdown}));
  ASSERT_TRUE(in.world.run_until_idle());
  EXPECT_EQ(self(made).responses, 20u);
  EXPECT_EQ(rejected(), 0u);
  EXPECT_TRUE(self(made).getf(caf::abstract_actor::is_cleaned_up_flag));
  // It is gone, not full.
  const caf::actor asker = make(0);
  for (std::uint64_t i = 1; i <= 2 * mailbox_max; ++i)
    enqueue(caf::make_message_id(i), caf::make_message(1),
            caf::actor_cast<caf::strong_actor_ptr>(asker));
  ASSERT_TRUE(in.world.run_until_idle());
  EXPECT_EQ(self(asker).errors, std::vector(2 * mailbox_max, errc::actor_unreachable));
}

}  // namespace
}  // namespace actornet
