// Uses the servers and clients that protoc-gen-actornet made.

#include <actornet/cluster/service_host.hpp>
#include <cstdio>

#include "shop.actornet.hpp"

class shop final : public consumer::shop_service {
 public:
  actornet::task<actornet::result<consumer::Ask>> get(const consumer::Ask& asked,
                                                      actornet::cluster::call&) override {
    co_return asked;
  }
};

int main() {
  const shop served;
  std::printf("%s, %zu method\n", served.shape().name.data(), served.methods().size());
}
