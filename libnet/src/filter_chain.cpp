#include "actornet/net/filter_chain.hpp"

#include <utility>

namespace actornet::net {

namespace {

class filter_chain final : public filter {
 public:
  filter_chain(std::unique_ptr<filter> outer, std::unique_ptr<filter> inner)
      : outer_(std::move(outer)), inner_(std::move(inner)) {}

  void begin(std::vector<std::byte>& wire) override {
    outer_->begin(wire);
    begin_inner(wire);
  }

  // What the inner one has to say comes first: its end is the stream's.
  outcome received(std::span<const std::byte> bytes, std::vector<std::byte>& plain,
                   std::vector<std::byte>& wire) override {
    std::vector<std::byte> between;
    const outcome outside = outer_->received(bytes, between, wire);
    begin_inner(wire);
    if (between.empty() && !inner_->has_more())
      return outside;
    std::vector<std::byte> answer;
    const outcome inside = inner_->received(between, plain, answer);
    const outcome sent = answer.empty() ? outcome{} : outer_->sending(answer, wire);
    if (inside.state != status::ok)
      return inside;
    return outside.state != status::ok ? outside : sent;
  }

  outcome sending(std::span<const std::byte> plain, std::vector<std::byte>& wire) override {
    std::vector<std::byte> between;
    const outcome inside = inner_->sending(plain, between);
    const outcome outside = outer_->sending(between, wire);
    return inside.state != status::ok ? inside : outside;
  }

  void ending(errc reason, std::vector<std::byte>& wire) override {
    std::vector<std::byte> between;
    inner_->ending(reason, between);
    if (!between.empty())
      outer_->sending(between, wire);
    outer_->ending(reason, wire);
  }

  bool handshaking() const override { return outer_->handshaking() || inner_->handshaking(); }
  bool has_more() const override { return inner_->has_more(); }
  bool text() const override { return inner_->text(); }
  duration ping_interval() const override { return inner_->ping_interval(); }

  void ping(std::vector<std::byte>& wire) override {
    std::vector<std::byte> between;
    inner_->ping(between);
    outer_->sending(between, wire);
  }

 private:
  // It speaks through the outer one, so not before that one's handshake is over.
  void begin_inner(std::vector<std::byte>& wire) {
    if (outer_->handshaking() || std::exchange(inner_began_, true))
      return;
    std::vector<std::byte> first;
    inner_->begin(first);
    if (!first.empty())
      outer_->sending(first, wire);
  }

  const std::unique_ptr<filter> outer_;
  const std::unique_ptr<filter> inner_;
  bool inner_began_ = false;
};

}  // namespace

std::unique_ptr<filter> chain(std::unique_ptr<filter> outer, std::unique_ptr<filter> inner) {
  return std::make_unique<filter_chain>(std::move(outer), std::move(inner));
}

}  // namespace actornet::net
