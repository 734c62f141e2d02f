#include "actornet/net/filter_chain.hpp"

#include <utility>

namespace actornet::net {

namespace {

class filter_chain final : public filter {
 public:
  filter_chain(std::unique_ptr<filter> outer, std::unique_ptr<filter> inner)
      : outer_(std::move(outer)), inner_(std::move(inner)) {}

  // What the inner one has to say comes first: its end is the stream's.
  outcome received(std::span<const std::byte> bytes, std::vector<std::byte>& plain,
                   std::vector<std::byte>& wire) override {
    std::vector<std::byte> between;
    const outcome outside = outer_->received(bytes, between, wire);
    if (between.empty())
      return outside;
    std::vector<std::byte> answer;
    const outcome inside = inner_->received(between, plain, answer);
    const outcome sent = outer_->sending(answer, wire);
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

 private:
  const std::unique_ptr<filter> outer_;
  const std::unique_ptr<filter> inner_;
};

}  // namespace

std::unique_ptr<filter> chain(std::unique_ptr<filter> outer, std::unique_ptr<filter> inner) {
  return std::make_unique<filter_chain>(std::move(outer), std::move(inner));
}

}  // namespace actornet::net
