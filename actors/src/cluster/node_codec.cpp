#include "node_codec.hpp"

#include <algorithm>
#include <chrono>
#include <limits>

#include "actornet/cluster/nodes.hpp"
#include "actornet/cluster/v1/nodes.pb.h"
#include "actornet/proto/codec.hpp"

namespace actornet::cluster::detail {

namespace {

constexpr std::uint32_t protocol_version = 1;
constexpr std::size_t accepts_max = 16;
constexpr std::size_t why_bytes_max = 512;
constexpr std::size_t message_bytes_max = nodes::info_bytes_max + 64;  // numbers of the heartbeat

bool valid_name(std::string_view name) {
  return !name.empty() && name.size() <= nodes::name_bytes_max;
}

v1::Node wire_of(const node_info& node) {
  v1::Node out;
  out.set_name(node.name);
  out.set_boot(node.boot);
  out.set_kind(node.kind);
  out.set_version(node.version);
  out.mutable_schema()->set_fingerprint(node.schema.fingerprint);
  out.mutable_schema()->set_major(node.schema.major);
  for (const std::uint32_t each : node.schema.accepts)
    out.mutable_schema()->add_accepts(each);
  for (const auto& [key, value] : node.attributes) {
    v1::Attribute& added = *out.add_attributes();
    added.set_key(key);
    added.set_value(value);
  }
  out.set_draining(node.draining);
  return out;
}

node_info node_of(const v1::Node& in) {
  node_info node;
  node.name = in.name();
  node.boot = in.boot();
  node.kind = in.kind();
  node.version = in.version();
  node.schema.fingerprint = in.schema().fingerprint();
  node.schema.major = in.schema().major();
  node.schema.accepts.assign(in.schema().accepts().begin(), in.schema().accepts().end());
  for (const v1::Attribute& each : in.attributes())
    node.attributes.emplace(each.key(), each.value());
  node.draining = in.draining();
  return node;
}

void put(const heartbeat& from, v1::NodesMessage& to) {
  v1::Heartbeat& out = *to.mutable_heartbeat();
  *out.mutable_node() = wire_of(from.node);
  out.set_number(from.number);
  const auto age = std::chrono::duration_cast<std::chrono::milliseconds>(from.age);
  out.set_age_ms(static_cast<std::uint64_t>(age.count()));
  out.set_first(from.first);
}

void put(const goodbye& from, v1::NodesMessage& to) {
  to.mutable_goodbye()->set_name(from.name);
  to.mutable_goodbye()->set_boot(from.boot);
}

void put(const refusal& from, v1::NodesMessage& to) {
  v1::Refusal& out = *to.mutable_refusal();
  out.set_name(from.name);
  out.set_boot(from.boot);
  out.set_reason(from.incompatible ? v1::Refusal::INCOMPATIBLE : v1::Refusal::REPLACED);
  out.set_why(from.why);
  out.set_by(from.by);
}

std::optional<nodes_message> taken(const v1::Heartbeat& in) {
  constexpr auto age_max = std::chrono::hours(24 * 365 * 100);
  const std::uint64_t age_max_ms = std::chrono::milliseconds(age_max).count();
  heartbeat out{node_of(in.node()), in.number(),
                std::chrono::milliseconds(std::min(in.age_ms(), age_max_ms)), in.first()};
  if (!valid(out.node))
    return {};
  return out;
}

std::optional<nodes_message> taken(const v1::Goodbye& in) {
  if (!valid_name(in.name()) || in.boot() == 0)
    return {};
  return goodbye{in.name(), in.boot()};
}

std::optional<nodes_message> taken(const v1::Refusal& in) {
  if (!valid_name(in.name()) || in.boot() == 0 || in.why().size() > why_bytes_max ||
      !valid_name(in.by()))
    return {};
  if (in.reason() != v1::Refusal::REPLACED && in.reason() != v1::Refusal::INCOMPATIBLE)
    return {};
  return refusal{in.name(), in.boot(), in.reason() == v1::Refusal::INCOMPATIBLE, in.why(), in.by()};
}

}  // namespace

bool valid(const node_info& node) {
  return valid_name(node.name) && node.boot != 0 && node.schema.accepts.size() <= accepts_max &&
         proto::encoded_size(wire_of(node)) <= nodes::info_bytes_max;
}

net::shared_bytes encode(const nodes_message& what) {
  v1::NodesMessage out;
  out.set_version(protocol_version);
  std::visit([&out](const auto& one) { put(one, out); }, what);
  std::string bytes;
  out.SerializeToString(&bytes);
  return net::shared_bytes::copy_of(std::as_bytes(std::span(bytes)));
}

std::optional<nodes_message> decode(const net::shared_bytes& payload) {
  v1::NodesMessage in;
  if (proto::decode(payload.payload, in, message_bytes_max) != proto::codec_error::none ||
      in.version() != protocol_version)
    return {};
  if (in.has_heartbeat())
    return taken(in.heartbeat());
  if (in.has_goodbye())
    return taken(in.goodbye());
  if (in.has_refusal())
    return taken(in.refusal());
  return {};
}

}  // namespace actornet::cluster::detail
