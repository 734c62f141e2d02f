#include "chat_format.hpp"

#include "actornet/chat/v1/chat.pb.h"
#include "actornet/proto/codec.hpp"
#include "actornet/web/websocket_client.hpp"

namespace actornet::load {

namespace {

constexpr std::uint32_t protocol_version = 1;
constexpr std::uint32_t event_bytes_max = 1024 * 1024;  // histories and lists of members, too

net::client_filter filter_for(const chat_options& options) {
  if (!options.websocket())
    return {};
  web::websocket_client_options client;
  client.host = options.websocket_host;
  client.target = options.websocket_path;
  client.protocols = {{"actornet.chat.v1.protobuf"}};
  client.message_bytes_max = event_bytes_max;
  return web::websocket_client(std::move(client));
}

}  // namespace

chat_format::chat_format(const chat_options& options)
    : options_(options),
      texts_(options.text_bytes),
      filter_(filter_for(options)),
      command_(std::make_unique<chat::v1::Command>()) {}

chat_format::~chat_format() = default;

std::unique_ptr<net::filter> chat_format::make_filter(net::loop& on) const {
  return filter_ ? filter_(on) : nullptr;
}

net::stream_options chat_format::stream_options() const noexcept {
  net::stream_options options;
  options.framing = net::framing::delimited;
  options.frame_bytes_max = event_bytes_max;
  options.handshake_timeout = options.read_timeout = options.write_timeout = options.idle_timeout =
      net::duration::zero();
  return options;
}

result<void> chat_format::hello(net::stream& to, std::uint32_t index) {
  const std::uint32_t number = options_.members_from + index;
  command_->Clear();
  command_->set_request(hello_request);
  chat::v1::Hello& hello = *command_->mutable_hello();
  hello.set_version(protocol_version);
  hello.set_device("device-" + std::to_string(number));
  if (options_.tokens.empty())
    hello.set_name("load-" + std::to_string(number));
  else
    hello.set_token(options_.tokens[number % options_.tokens.size()]);
  return write(to);
}

result<void> chat_format::join(net::stream& to, std::uint32_t room) {
  command_->Clear();
  command_->set_request(join_request);
  command_->mutable_join()->set_room(room_name(room));
  return write(to);
}

result<void> chat_format::publish(net::stream& to, std::uint32_t room, std::uint32_t request,
                                  std::uint64_t number, net::time_point due) {
  command_->set_request(request);
  chat::v1::Publish& publish = *command_->mutable_publish();
  publish.set_room(room_name(room));
  const std::string_view id = texts_.id(number);
  publish.set_id(id.data(), id.size());
  const std::string_view text = texts_.text(due);
  publish.set_text(text.data(), text.size());
  return write(to);
}

std::string chat_format::room_name(std::uint32_t room) const {
  return options_.room_prefix + std::to_string(room);
}

result<void> chat_format::write(net::stream& to) {
  const auto space = to.write_space(proto::encoded_size(*command_));
  if (!space)
    return space.error();
  if (!proto::encode_to(*command_, *space))
    return errc::message_malformed;
  return {};
}

}  // namespace actornet::load
