#pragma once

#include <actornet/chat/v1/chat.pb.h>

#include <cstddef>
#include <string>
#include <system_error>

#include "actornet/net/clock.hpp"

namespace actornet::talk {

namespace v1 = chat::v1;

/// What the client does at the moment.
///
///     connecting ──Welcome──> open ──lost──> waiting ──> connecting …
///                              └──Draining──> draining ──> waiting
///
/// From everywhere to `closed`.
enum class phase : std::uint8_t { connecting, open, draining, waiting, closed };

struct phase_change {
  phase now = phase::connecting;
  v1::Welcome welcome{};   ///< open
  net::duration wait{};    ///< waiting: until the next try; draining: what the server said
  std::error_code why{};   ///< waiting: why the connection is gone; none: the server drained
  std::string reason{};    ///< closed: a word for scripts, such as `quit`
  std::size_t unsent = 0;  ///< closed: messages without an acknowledgement
};

/// Told what there is to be shown, on the client's loop.
class talk_view {
 public:
  virtual ~talk_view() = default;
  virtual void on_phase(const phase_change& change) = 0;

  /// An event of the server, or a Failed or Gap of the client itself. Messages come once. Its
  /// request is what a script has given to the command, else 0; @p answers is the kind of the
  /// command that it answers, KIND_NOT_SET: none.
  virtual void on_event(const v1::Event& event, v1::Command::KindCase answers) = 0;

  /// A message is kept until there is a connection.
  virtual void on_kept(const std::string& room) = 0;
};

}  // namespace actornet::talk
