#include "load_chat_simulation.hpp"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/util/delimited_message_util.h>

#include <sstream>

namespace actornet::load {

void simulated_chat::answer(sim::peer& to, std::size_t index, std::string_view received) {
  member& from = members_[index];
  from.at = &to;
  from.unread += received;
  for (;;) {
    google::protobuf::io::CodedInputStream input(
        reinterpret_cast<const std::uint8_t*>(from.unread.data()),
        static_cast<int>(from.unread.size()));
    std::uint32_t size = 0;
    if (!input.ReadVarint32(&size))
      return;
    const auto prefix = static_cast<std::size_t>(input.CurrentPosition());
    if (from.unread.size() < prefix + size)
      return;
    chat::v1::Command command;
    if (!command.ParseFromArray(from.unread.data() + prefix, static_cast<int>(size)))
      return to.reset();
    from.unread.erase(0, prefix + size);
    take(index, command);
  }
}

void simulated_chat::take(std::size_t from, const chat::v1::Command& command) {
  event answer;
  answer.set_request(command.request());
  if (command.has_hello()) {
    members_[from].user = command.hello().name();
    answer.mutable_welcome()->set_user(command.hello().name());
    send(from, answer);
  } else if (command.has_join()) {
    room& in = rooms_[command.join().room()];
    in.members.push_back(from);
    answer.mutable_joined()->set_room(command.join().room());
    answer.mutable_joined()->mutable_newest()->set_epoch(1);
    answer.mutable_joined()->mutable_newest()->set_offset(in.newest);
    send(from, answer);
  } else if (command.has_publish()) {
    publish(from, command);
  }
}

void simulated_chat::publish(std::size_t from, const chat::v1::Command& command) {
  const chat::v1::Publish& asked = command.publish();
  room& in = rooms_[asked.room()];
  event news;
  chat::v1::Message& message = *news.mutable_message();
  message.set_room(asked.room());
  message.mutable_position()->set_epoch(1);
  message.mutable_position()->set_offset(++in.newest);
  message.set_user(members_[from].user);
  message.set_id(asked.id());
  message.set_time_ms(1);
  message.set_text(asked.text());
  for (const std::size_t each : in.members)
    send(each, news);
  event answer;
  answer.set_request(command.request());
  answer.mutable_published()->set_room(asked.room());
  answer.mutable_published()->set_id(asked.id());
  *answer.mutable_published()->mutable_position() = message.position();
  send(from, answer);
}

void simulated_chat::send(std::size_t to, const event& one) {
  constexpr std::size_t prefix = std::string_view("load-").size();
  const member& who = members_[to];
  const std::size_t index = std::stoul(who.user.substr(prefix));
  for (const event& each : tamper_ ? tamper_(index, one) : std::vector<event>{one}) {
    if (each.kind_case() == event::KIND_NOT_SET)
      return who.at->reset();
    std::ostringstream bytes;
    google::protobuf::util::SerializeDelimitedToOstream(each, &bytes);
    if (!who.at->closed())
      who.at->send(bytes.str());
  }
}

}  // namespace actornet::load
