#include "actornet/net/filter_chain.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "framing_checks.hpp"

namespace actornet::net {
namespace {

using framing_checks::text_of;
using bytes = std::vector<std::byte>;

bytes bytes_of(std::string_view text) {
  const auto view = std::as_bytes(std::span(text));
  return {view.begin(), view.end()};
}

/// Says its name first, and is handshaking until its first byte comes, which it answers with '!'.
/// What it sends stands in its brackets.
class polite_filter final : public filter {
 public:
  explicit polite_filter(std::string name) : name_(std::move(name)) {}

  void begin(bytes& wire) override { put(name_, wire); }

  outcome received(std::span<const std::byte> in, bytes& plain, bytes& wire) override {
    if (std::exchange(handshaking_, false)) {
      in = in.subspan(1);
      put("!", wire);
    }
    plain.insert(plain.end(), in.begin(), in.end());
    return {};
  }
  outcome sending(std::span<const std::byte> plain, bytes& wire) override {
    put(name_ + "(" + text_of(plain) + ")", wire);
    return {};
  }
  bool handshaking() const override { return handshaking_; }
  bool text() const override { return name_ == "text"; }

 private:
  static void put(std::string_view text, bytes& wire) {
    const bytes all = bytes_of(text);
    wire.insert(wire.end(), all.begin(), all.end());
  }

  const std::string name_;
  bool handshaking_ = true;
};

std::unique_ptr<filter> polite(std::string name) {
  return std::make_unique<polite_filter>(std::move(name));
}

TEST(filter_chain, the_inner_one_begins_once_the_outer_handshake_is_over) {
  const auto both = chain(polite("out"), polite("in"));
  bytes plain;
  bytes wire;
  both->begin(wire);
  EXPECT_EQ(text_of(std::exchange(wire, {})), "out");
  both->received(bytes_of("x"), plain, wire);
  EXPECT_EQ(text_of(std::exchange(wire, {})), "!out(in)");
  EXPECT_TRUE(both->handshaking());
  both->received(bytes_of("xhello"), plain, wire);
  EXPECT_FALSE(both->handshaking());
  EXPECT_EQ(text_of(plain), "hello");
  EXPECT_EQ(text_of(wire), "out(!)");
}

TEST(filter_chain, what_comes_with_the_end_of_the_outer_handshake_is_the_inner_ones) {
  const auto both = chain(polite("out"), polite("in"));
  bytes plain;
  bytes wire;
  both->begin(wire);
  both->received(bytes_of("xxhello"), plain, wire);
  EXPECT_FALSE(both->handshaking());
  EXPECT_EQ(text_of(plain), "hello");
  EXPECT_EQ(text_of(wire), "out!out(in)out(!)");
}

TEST(filter_chain, without_an_outer_handshake_both_begin_at_once) {
  const auto both = chain(std::make_unique<identity_filter>(), polite("in"));
  bytes wire;
  both->begin(wire);
  EXPECT_EQ(text_of(wire), "in");
}

TEST(filter_chain, the_inner_one_knows_whether_messages_are_text) {
  EXPECT_TRUE(chain(polite("out"), polite("text"))->text());
  EXPECT_FALSE(chain(polite("text"), polite("in"))->text());
}

}  // namespace
}  // namespace actornet::net
