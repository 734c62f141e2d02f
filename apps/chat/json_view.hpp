#pragma once

#include <functional>
#include <string_view>

#include "talk_view.hpp"

namespace actornet::talk {

/// Shows a conversation to a script: a JSON object a line, each an Event of chat.proto in
/// protobuf's canonical JSON or `{"state": …}`.
class json_view final : public talk_view {
 public:
  explicit json_view(std::function<void(std::string_view)> write) : write_(std::move(write)) {}

  void on_phase(const phase_change& change) override;
  void on_event(const v1::Event& event, v1::Command::KindCase answers) override;
  void on_kept(const std::string&) override {}

 private:
  const std::function<void(std::string_view)> write_;
};

}  // namespace actornet::talk
