#include "actornet/cluster/detail/service_wire.hpp"

#include <cassert>
#include <utility>

#include "actornet/cluster/bus.hpp"
#include "actornet/proto/codec.hpp"

namespace actornet::cluster::detail {

std::string subject_of(std::string_view service, std::optional<std::uint32_t> shard) {
  std::string subject(service);
  if (shard)
    subject.append(".").append(std::to_string(*shard));
  return subject;
}

net::shared_bytes payload_of(const google::protobuf::MessageLite& message) {
  net::shared_bytes payload{net::block_ref::make(proto::encoded_size(message)), {}};
  [[maybe_unused]] const bool written = proto::encode_to(message, payload.memory.bytes());
  assert(written);
  payload.payload = payload.memory.bytes();
  return payload;
}

template <class Message>
bool read_payload(const net::shared_bytes& payload, Message& into) {
  return proto::decode(payload.payload, into, bus::payload_bytes_max) == proto::codec_error::none &&
         into.version() == service_wire_version;
}

template bool read_payload(const net::shared_bytes&, v1::ServiceRequest&);
template bool read_payload(const net::shared_bytes&, v1::ServiceReply&);
template bool read_payload(const net::shared_bytes&, v1::StreamItem&);
template bool read_payload(const net::shared_bytes&, v1::StreamControl&);

void write_failure(v1::ServiceFailure& into, const service_shape& of, std::error_code error,
                   std::string text) {
  into.set_kind(v1::ServiceFailure::KIND_RUNTIME);
  if (of.errors && error.category() == *of.errors) {
    into.set_kind(v1::ServiceFailure::KIND_OWN);
  } else if (error.category() != error_category()) {
    text = error.message();
    error = errc::handler_failed;
  }
  into.set_code(error.value());
  into.set_text(std::move(text));
}

std::error_code read_failure(const v1::ServiceFailure& from, const service_shape& of) {
  if (from.code() == 0)
    return errc::message_malformed;
  if (from.kind() == v1::ServiceFailure::KIND_RUNTIME)
    return {from.code(), error_category()};
  if (from.kind() == v1::ServiceFailure::KIND_OWN && of.errors)
    return {from.code(), *of.errors};
  return errc::message_malformed;
}

}  // namespace actornet::cluster::detail
