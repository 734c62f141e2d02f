#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "actornet/cluster/answer.hpp"
#include "actornet/cluster/bus.hpp"
#include "actornet/cluster/client_options.hpp"
#include "actornet/cluster/detail/service_wire.hpp"
#include "actornet/cluster/detail/stream_inlet.hpp"
#include "actornet/cluster/service.hpp"
#include "actornet/cluster/shard_key.hpp"
#include "actornet/flow/task.hpp"

namespace actornet::cluster::detail {

/// A request before it is sent.
struct question {
  std::string_view method;
  bool idempotent;
  std::optional<std::uint32_t> shard;
  std::string body;
  ask_options how;
};

/// A client behind its handle; kept by its requests and streams, too. Loop-bound.
class client_state final : public inlet_owner, private bus_sink {
 public:
  client_state(bus& over, const service_shape& shape, const client_options& options);

  static task<answer<std::string>> ask(std::shared_ptr<client_state> self, question what);
  static task<answer<std::unique_ptr<stream_inlet>>> open(std::shared_ptr<client_state> self,
                                                          question what);
  void close();

  /// What was taken for a reply is none.
  void not_a_reply();

  const service_shape& shape() const noexcept { return shape_; }
  const client_statistics& statistics() const noexcept { return statistics_; }

 private:
  static task<answer<v1::ServiceReply>> try_until_over(client_state& self, const question& what,
                                                       const v1::ServiceRequest& request);
  v1::ServiceRequest request_of(const question& what);
  answer<v1::ServiceReply> understood(const result<net::shared_bytes>& got, bool& moved);
  void count(std::error_code error);

  void publish(const std::string& subject, const v1::StreamControl& control) override;
  void remove(std::uint64_t stream) override;
  void on_published(const net::shared_bytes& payload) override;
  void on_lagged(std::uint64_t) override {}  // each stream finds its own gap

  net::loop& home_;
  bus* bus_;
  const service_shape shape_;
  const client_options options_;
  client_statistics statistics_;
  std::string inbox_;  // empty before the first stream
  subscription hears_items_;
  bool closed_ = false;
  std::unordered_map<std::uint64_t, stream_inlet*> inlets_;
};

template <class Method>
question question_of(const typename Method::request& request, const ask_options& how,
                     const client_state& by) {
  question made{Method::name, Method::idempotent, std::nullopt, request.SerializeAsString(), how};
  if constexpr (keyed_method<Method>)
    made.shard = shard_of(Method::key(request), by.shape().shards);
  return made;
}

}  // namespace actornet::cluster::detail
