#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "actornet/cluster/bus.hpp"
#include "actornet/cluster/call.hpp"
#include "actornet/cluster/detail/stream_outlet.hpp"
#include "actornet/cluster/shard_key.hpp"
#include "actornet/flow/task.hpp"
#include "actornet/proto/codec.hpp"
#include "actornet/proto/message.hpp"
#include "actornet/result.hpp"

namespace actornet::cluster {

class service;

/// Where the replies of a method that streams go. Lives as long as the method's task.
template <class Reply>
class reply_sink {
 public:
  explicit reply_sink(detail::stream_outlet& to) noexcept : to_(to) {}
  reply_sink(const reply_sink&) = delete;
  reply_sink& operator=(const reply_sink&) = delete;

  /// `co_await items.send(reply)` gives `result<void>`; waits until the asker has granted it. One
  /// at a time. Errors: `message_too_large` (the stream goes on); `disconnected` (the asker is
  /// silent, or the bus is down), `cancelled` (the asker does not want more), `timed_out`,
  /// `shutting_down`: then the method should return.
  task<result<void>> send(const Reply& reply) {
    return detail::stream_outlet::send(to_, reply.SerializeAsString());
  }

 private:
  detail::stream_outlet& to_;
};

namespace detail {

/// A request as the method that serves it sees it.
struct call_work {
  std::string body;
  call context;
  std::uint32_t shards;
  stream_outlet* items;  // null: the method does not stream
};

template <class Method>
concept keyed_method = requires(const typename Method::request& asked) {
  { Method::key(asked) } -> std::same_as<std::uint64_t>;
};

/// The request, if it is one and its key is in the shard that it came to.
template <class Method>
errc read_request(call_work& work, typename Method::request& into) {
  const auto bytes = std::as_bytes(std::span(work.body));
  if (proto::decode(bytes, into, bus::payload_bytes_max) != proto::codec_error::none)
    return errc::message_malformed;
  if constexpr (keyed_method<Method>)
    if (shard_of(Method::key(into), work.shards) != work.context.shard()) {
      work.context.explain("its key is not in this shard: is the number of shards another one?");
      return errc::message_malformed;
    }
  return {};
}

/// Serves one request to a method; gives the encoded reply.
template <class Method, class Service, auto Handler>
task<result<std::string>> run_method(service& by, call_work& work) {
  typename Method::request request;
  const errc flaw = read_request<Method>(work, request);
  if (flaw != errc{})
    co_return flaw;
  auto& served_by = static_cast<Service&>(by);
  if constexpr (Method::streams) {
    reply_sink<typename Method::reply> items(*work.items);
    const result<void> over = co_await (served_by.*Handler)(request, items, work.context);
    if (!over)
      co_return over.error();
    co_return std::string();
  } else {
    const auto reply = co_await (served_by.*Handler)(request, work.context);
    if (!reply)
      co_return reply.error();
    co_return reply->SerializeAsString();
  }
}

}  // namespace detail

/// A method as a host needs it; made by the generated code.
struct served_method {
  std::string_view name;
  bool streams;
  bool keyed;
  task<result<std::string>> (*run)(service& by, detail::call_work& work);
};

/// The entry of @p Method, which the member function @p Handler of @p Service serves.
template <class Method, class Service, auto Handler>
constexpr served_method serves() noexcept {
  return {Method::name, Method::streams, detail::keyed_method<Method>,
          &detail::run_method<Method, Service, Handler>};
}

/// What serves requests: the base of the classes that protoc-gen-actornet generates, whose methods
/// are tasks. Several calls of them may be at work at a time, on one loop.
class service {
 public:
  virtual ~service() = default;

  virtual service_shape shape() const noexcept = 0;
  virtual std::span<const served_method> methods() const noexcept = 0;
};

}  // namespace actornet::cluster
