#include "room_records.hpp"

#include <actornet/cluster/v1/room_log.pb.h>

#include <limits>

#include "actornet/proto/codec.hpp"

namespace actornet::rooms::detail {

namespace {

using cluster::v1::RoomMessage;
using cluster::v1::RoomRecord;

// splitmix64 (Steele, Lea, Flood 2014): neighbours in, nothing alike out. Never 0, which is none.
std::uint64_t epoch_of(std::uint64_t log, std::uint64_t number) {
  std::uint64_t mixed = log + (number + 1) * 0x9e3779b97f4a7c15U;
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9U;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebU;
  mixed ^= mixed >> 31;
  return mixed == 0 ? 1 : mixed;
}

net::shared_bytes encode(const RoomRecord& what) {
  const std::string bytes = what.SerializeAsString();
  return net::shared_bytes::copy_of(std::as_bytes(std::span(bytes)));
}

}  // namespace

std::optional<room_record> decode_record(const log_record& from, std::uint64_t log) {
  RoomRecord in;
  if (proto::decode(from.payload.payload, in, shared_log::payload_bytes_max) !=
      proto::codec_error::none)
    return std::nullopt;
  const bool begins = in.epoch() == 0;
  const auto count = static_cast<std::uint64_t>(in.messages_size());
  if (in.first() == 0 || in.first() > std::numeric_limits<std::uint64_t>::max() - count ||
      in.oldest() > from.number || (begins && (in.first() != 1 || count > 0)))
    return std::nullopt;
  room_record out{.epoch = begins ? epoch_of(log, from.number) : in.epoch(),
                  .first = in.first(),
                  .oldest = in.oldest() == 0 ? from.number : in.oldest(),
                  .writer = in.writer(),
                  .commit = in.commit()};
  for (RoomMessage& each : *in.mutable_messages()) {
    draft what{std::move(*each.mutable_user()), std::move(*each.mutable_id()),
               net::shared_bytes::copy_of(std::as_bytes(std::span(each.body())))};
    out.messages.push_back(std::make_shared<const message>(position{out.epoch, out.last() + 1},
                                                           each.time_ms(), std::move(what)));
  }
  return out;
}

net::shared_bytes encode_record(const room_record& what) {
  RoomRecord out;
  out.set_epoch(what.epoch);
  out.set_first(what.first);
  out.set_oldest(what.oldest);
  out.set_writer(what.writer);
  out.set_commit(what.commit);
  for (const message_ref& each : what.messages) {
    RoomMessage& added = *out.add_messages();
    added.set_user(each->user());
    added.set_id(each->id());
    added.set_time_ms(each->time_ms());
    added.set_body(each->body().data(), each->body().size());
  }
  return encode(out);
}

net::shared_bytes encode_beginning(std::uint64_t writer, std::uint64_t commit) {
  RoomRecord out;
  out.set_first(1);
  out.set_writer(writer);
  out.set_commit(commit);
  return encode(out);
}

}  // namespace actornet::rooms::detail
