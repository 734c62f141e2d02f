#include "actornet/net/output_queue.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <deque>
#include <string>

#include "actornet/sim/random.hpp"

namespace actornet::net {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

std::string text_of(const output_queue& queue) {
  std::array<std::span<const std::byte>, output_queue::parts_max> parts;
  std::string text;
  for (const auto& part : queue.gather(parts))
    text.append(reinterpret_cast<const char*>(part.data()), part.size());
  return text;
}

/// What the queue should be: whole messages in order, the first perhaps without its front.
class model {
 public:
  struct message {
    std::string bytes;
    output_queue::conflation_key key;
    bool partly_sent = false;
  };

  void append(std::string bytes, output_queue::conflation_key key) {
    if (!bytes.empty())  // raw: no bytes are no message
      messages_.push_back({std::move(bytes), key});
  }

  void consume(std::size_t bytes) {
    while (bytes > 0) {
      message& front = messages_.front();
      const std::size_t part = std::min(bytes, front.bytes.size());
      front.bytes.erase(0, part);
      front.partly_sent = true;
      bytes -= part;
      if (front.bytes.empty())
        messages_.pop_front();
    }
  }

  template <class Predicate>
  bool drop_first(Predicate matches) {
    const auto found = std::ranges::find_if(
        messages_, [&](const message& one) { return !one.partly_sent && matches(one); });
    if (found == messages_.end())
      return false;
    messages_.erase(found);
    return true;
  }

  bool drop_oldest() {
    return drop_first([](const message&) { return true; });
  }
  bool drop_key(output_queue::conflation_key key) {
    return drop_first([key](const message& one) { return one.key == key; });
  }

  std::size_t bytes() const {
    std::size_t all = 0;
    for (const message& each : messages_)
      all += each.bytes.size();
    return all;
  }

  std::string text() const {
    std::string all;
    for (const message& each : messages_)
      all += each.bytes;
    return all;
  }

 private:
  std::deque<message> messages_;
};

std::string payload_of(sim::generator& random) {
  constexpr std::size_t sizes[] = {0, 1, 10, 100, 1023, 1024, 1025, 5000, 20'000, 70'000};
  static const std::string text = [] {
    sim::generator letters(1);
    std::string all(100'000, 'a');
    for (char& each : all)
      each = static_cast<char>('a' + letters.below(26));
    return all;
  }();
  const std::size_t size = random.chance(0.8) ? random.below(200) : sizes[random.below(10)];
  return text.substr(random.below(text.size() - size), size);
}

// What waits may be megabytes: to compare it at each step took minutes under ThreadSanitizer.
constexpr int steps_between_looks = 10;

void check_against_model(std::uint64_t seed, framing kind, bool droppable) {
  sim::generator random(seed);
  block_pool pool;
  output_queue queue(droppable);
  model expected;
  for (int step = 0; step < 600; ++step) {
    const std::uint64_t action = random.below(droppable ? 10 : 7);
    const std::uint64_t key = random.below(4);
    if (action < 4) {
      const std::string payload = payload_of(random);
      const frame_envelope around = encode_frame(kind, payload.size());
      std::string wire(reinterpret_cast<const char*>(around.prefix.data()), around.prefix_bytes);
      wire += payload + std::string(around.suffix_bytes, '\n');
      if (action < 2)
        queue.append(pool, around, bytes_of(payload), key);
      else
        queue.append(pool, around, shared_bytes::copy_of(bytes_of(payload)), key);
      expected.append(wire, key);
    } else if (action < 7) {
      if (!queue.empty()) {
        std::array<std::span<const std::byte>, output_queue::parts_max> parts;
        std::size_t offered = 0;
        for (const auto& part : queue.gather(parts))
          offered += part.size();
        const std::size_t bytes =
            random.chance(0.3) ? offered : static_cast<std::size_t>(random.between(0, offered));
        queue.consume(pool, bytes);
        expected.consume(bytes);
      }
    } else if (action < 9) {
      ASSERT_EQ(queue.drop_oldest(), expected.drop_oldest()) << "seed " << seed << " step " << step;
    } else {
      ASSERT_EQ(queue.drop_key(key), expected.drop_key(key)) << "seed " << seed << " step " << step;
    }
    ASSERT_EQ(queue.bytes(), expected.bytes()) << "seed " << seed << " step " << step;
    ASSERT_EQ(queue.empty(), expected.bytes() == 0);
    if (step % steps_between_looks == 0) {
      ASSERT_TRUE(expected.text().starts_with(text_of(queue)))
          << "seed " << seed << " step " << step;
    }
  }
  queue.clear(pool);
  EXPECT_TRUE(queue.empty());
}

TEST(output_queue, behaves_as_a_queue_of_messages) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed)
    for (const framing kind : {framing::raw, framing::line, framing::delimited, framing::length32})
      check_against_model(seed, kind, false);
}

TEST(output_queue, drops_whole_messages_of_which_nothing_was_sent) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed)
    for (const framing kind : {framing::raw, framing::line, framing::delimited, framing::length32})
      check_against_model(seed, kind, true);
}

TEST(output_queue, gathers_many_small_messages_into_few_parts) {
  block_pool pool;
  output_queue queue(false);
  for (int i = 0; i < 500; ++i)
    queue.append(pool, encode_frame(framing::delimited, 20), bytes_of("twenty bytes of text"));
  std::array<std::span<const std::byte>, output_queue::parts_max> parts;
  EXPECT_LE(queue.gather(parts).size(), 3u);
}

TEST(output_queue, refers_to_large_shared_payloads_instead_of_copying_them) {
  block_pool pool;
  output_queue first(false), second(false);
  const std::string payload(output_queue::copy_bytes_max + 1, 'x');
  const shared_bytes shared = shared_bytes::copy_of(bytes_of(payload));
  const frame_envelope around = encode_frame(framing::delimited, payload.size());
  first.append(pool, around, shared);
  second.append(pool, around, shared);
  std::array<std::span<const std::byte>, output_queue::parts_max> parts;
  for (const output_queue* queue : {&first, &second}) {
    const auto gathered = queue->gather(parts);
    ASSERT_EQ(gathered.size(), 2u);
    EXPECT_EQ(gathered[1].data(), shared.payload.data());
  }
  first.clear(pool);
  EXPECT_EQ(text_of(second).substr(around.prefix_bytes), payload);
}

TEST(output_queue, a_message_that_is_partly_sent_is_never_dropped) {
  block_pool pool;
  output_queue queue(true);
  const frame_envelope none;
  queue.append(pool, none, bytes_of("first"), 1);
  queue.append(pool, none, bytes_of("second"), 1);
  queue.consume(pool, 2);
  EXPECT_TRUE(queue.drop_key(1));
  EXPECT_FALSE(queue.drop_key(1));
  EXPECT_FALSE(queue.drop_oldest());
  EXPECT_EQ(text_of(queue), "rst");
}

TEST(output_queue, may_be_emptied_by_dropping_and_used_again) {
  block_pool pool;
  output_queue queue(true);
  const frame_envelope none;
  for (int round = 0; round < 3; ++round) {
    queue.append(pool, none, bytes_of("one"));
    queue.append(pool, none, bytes_of("two"));
    EXPECT_TRUE(queue.drop_oldest());
    EXPECT_TRUE(queue.drop_oldest());
    EXPECT_TRUE(queue.empty());
    EXPECT_EQ(text_of(queue), "");
    queue.append(pool, none, bytes_of("three"));
    EXPECT_EQ(text_of(queue), "three");
    queue.consume(pool, 5);
  }
}

TEST(output_queue, memory_that_others_share_is_not_reused) {
  block_pool pool;
  output_queue queue(false);
  const std::string payload(3000, 'p');
  const shared_bytes kept = shared_bytes::copy_of(bytes_of(payload));
  queue.append(pool, {}, kept);
  queue.consume(pool, 3000);
  queue.append(pool, {}, bytes_of(std::string(3000, 'q')));
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(kept.payload.data()), 3000), payload);
}

}  // namespace
}  // namespace actornet::net
