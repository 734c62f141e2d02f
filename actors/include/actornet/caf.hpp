#pragma once

/// What users of CAF need, and nobody else includes: interfaces of typed actors, actors on a
/// runtime's loops, a connection's CAF identity, protobuf messages in CAF messages, `ask`.

#include <caf/actor_system.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/error.hpp>
#include <caf/meta/load_callback.hpp>
#include <caf/send.hpp>
#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <string>
#include <utility>

#include "actornet/connection_ref.hpp"
#include "actornet/detail/caf_connection_actor.hpp"
#include "actornet/proto/message.hpp"
#include "actornet/runtime.hpp"

namespace actornet {

namespace detail {

template <class Signature>
struct caf_signature;
template <class... In>
struct caf_signature<void(In...)> {
  using type = caf::reacts_to<In...>;
};
template <class Out, class... In>
struct caf_signature<Out(In...)> {
  using type = typename caf::replies_to<In...>::template with<Out>;
};

}  // namespace detail

/// A handle to a typed CAF actor, in function signatures: `interface<void(join), int(get)>`.
/// The wrong message type sent to it is a compile error.
template <class... Signatures>
using interface = caf::typed_actor<typename detail::caf_signature<Signatures>::type...>;

/// The actor system that runs on the loops of @p rt: no threads of its own. Made by the first call,
/// which must come before `rt.start()` (`std::logic_error`); it ends when @p rt stops, and does not
/// wait for actors.
caf::actor_system& actors(runtime& rt);

/// The actor system of the loop that the calling code runs on. @pre on a loop of a runtime with
/// actors
caf::actor_system& actors_here();

namespace detail {

/// Where work of actors that are pinned to @p home goes.
caf::execution_unit& pinned_unit(caf::actor_system& system, net::loop& home);

}  // namespace detail

/// The CAF actor `Base` (event-based, of a class that is not final), bound to a loop: it and what
/// it shares with the sessions of that loop stay in one thread, and no sibling takes its work.
/// Spawned by `spawn_pinned`.
template <class Base>
class pinned : public Base {
 public:
  template <class... Args>
  pinned(caf::actor_config& config, net::loop& home, Args&&... arguments)
      : Base(config, std::forward<Args>(arguments)...),
        home_(home),
        unit_(detail::pinned_unit(this->home_system(), home)) {}

  using Base::enqueue;
  void enqueue(caf::mailbox_element_ptr element, caf::execution_unit*) override {
    Base::enqueue(std::move(element), &unit_);
  }
  void launch(caf::execution_unit*, bool lazy, bool hide) override {
    Base::launch(&unit_, lazy, hide);
  }
  caf::resumable::resume_result resume(caf::execution_unit* unit,
                                       std::size_t messages_max) override {
    home_.set_label(this->name());
    return Base::resume(unit, messages_max);
  }
  caf::resumable::subtype_t subtype() const override {
    return caf::resumable::io_actor;  // CAF's word for pinned
  }

 private:
  net::loop& home_;
  caf::execution_unit& unit_;
};

/// Spawns an actor of class `Actor` that runs on @p home, a loop of @p rt, only.
template <class Actor, class... Args>
auto spawn_pinned(runtime& rt, net::loop& home, Args&&... arguments) {
  return actors(rt).spawn<pinned<Actor>>(home, std::forward<Args>(arguments)...);
}

/// actornet's error as CAF's, category "actornet"; and back (`errc::unexpected_response` for
/// errors that are not ours, `errc::timed_out` and `errc::actor_unreachable` for CAF's own).
caf::error to_caf_error(errc reason);
errc from_caf_error(const caf::error& reason);

/// A listener as CAF actor: asked with `caf::get_atom` it answers how many connections it has.
using listener = interface<std::uint64_t(caf::get_atom)>;

/// The CAF identity of the @p index -th `rt.listen`, counted from 0. It can be monitored and
/// linked; an exit message stops the listening (existing connections stay); it ends when the
/// listener stops, also by a drain. Before `rt.start()`, once for each listener.
listener listener_actor(runtime& rt, std::size_t index);

/// The CAF identity of a connection: a handle to which `Out` messages can be sent and requested,
/// that can be monitored and linked, and that an exit message closes. Made by the first call, on
/// the connection's loop; it ends with the connection: `exit_reason::normal` for an orderly end,
/// else the close's reason as CAF error. An empty handle when the connection is closed, or when the
/// calling thread is not its loop.
template <protobuf_message Out>
interface<void(Out)> as_actor(const connection_ref<Out>& connection) {
  const auto deliver = [](const control_ref& control, caf::mailbox_element& element,
                          bool& understood) -> errc {
    understood = element.content().template match_elements<Out>();
    if (!understood)
      return {};
    const auto sent = connection_ref<Out>(control).send(element.content().template get_as<Out>(0));
    return sent ? errc{} : static_cast<errc>(sent.error().value());
  };
  return caf::actor_cast<interface<void(Out)>>(
      detail::connection_actor_of(connection.control(), deliver));
}

}  // namespace actornet

namespace caf {

/// protobuf messages travel in CAF messages by value; their wire format is what CAF serializes.
template <class Inspector, class Message,
          std::enable_if_t<std::is_base_of_v<google::protobuf::MessageLite, Message>, int> = 0>
typename Inspector::result_type inspect(Inspector& f, Message& message) {
  std::string bytes;
  if constexpr (Inspector::reads_state) {
    if (!message.SerializePartialToString(&bytes))
      bytes.clear();
    return f(bytes);
  } else {
    return f(bytes, meta::load_callback([&]() -> error {
               return message.ParseFromString(bytes) ? error{} : error{sec::invalid_argument};
             }));
  }
}

// CAF's printer looks for `inspect` where it stands itself.
namespace detail {
using caf::inspect;
}

// References to connections make sense in this process only.
template <class Out>
struct allowed_unsafe_message_type<actornet::connection_ref<Out>> : std::true_type {};
template <>
struct allowed_unsafe_message_type<actornet::stream_ref> : std::true_type {};
template <class Ref>
struct allowed_unsafe_message_type<actornet::in_flight<Ref>> : std::true_type {};
template <>
struct allowed_unsafe_message_type<actornet::net::shared_bytes> : std::true_type {};
template <class Out>
struct allowed_unsafe_message_type<actornet::encoded<Out>> : std::true_type {};

}  // namespace caf
