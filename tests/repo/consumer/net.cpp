// Uses libnet alone.

#include <actornet/errc.hpp>
#include <actornet/net/endpoint.hpp>
#include <cstdio>

int main() {
  std::puts(actornet::describe(actornet::errc::end_of_stream));
}
