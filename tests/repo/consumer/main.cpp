// Uses every part once: an encoded message and an error's text.

#include <actornet/echo/v1/echo.pb.h>

#include <actornet/errc.hpp>
#include <actornet/proto/codec.hpp>
#include <cstdio>

int main() {
  actornet::echo::v1::Echo message;
  message.set_payload("hello");
  std::printf("%zu bytes, %s\n", actornet::proto::encoded_size(message),
              actornet::describe(actornet::errc::end_of_stream));
}
