#pragma once

#include <optional>
#include <string>

#include "actornet/cluster/nodes.hpp"
#include "node_codec.hpp"

namespace actornet::cluster::detail {

/// A node's standing from what it hears. No I/O; times are those of `attention`.
class standing_judge {
 public:
  standing_judge(const nodes_options& how, net::duration start)
      : how_(how), start_(start), probed_(start) {}

  void bus_is(bus_state now, net::duration at);
  void probe_says(const result<void>& outcome, net::duration at);
  void refuse(const refusal& what, net::duration at);
  void leave() noexcept { left_ = true; }

  /// @p heard others were heard of in the last `isolated_after`, @p known there are. True when the
  /// standing is another one now.
  bool judge(net::duration at, std::size_t heard, std::size_t known);

  standing now() const noexcept { return now_; }
  const std::string& why() const noexcept { return why_; }

  /// Its name was started anew: for good.
  bool replaced() const noexcept { return replaced_; }

 private:
  standing look(net::duration at, std::size_t heard, std::size_t known);
  standing look_at_engine(net::duration at);

  const nodes_options& how_;
  const net::duration start_;
  std::optional<net::duration> down_since_;  // the bus
  net::duration probed_;                     // with success, last
  std::string probe_flaw_ = "no answer";
  std::optional<net::duration> refused_;  // as incompatible, last
  std::string refusal_;
  bool replaced_ = false;
  bool left_ = false;
  standing now_ = standing::joining;
  std::string why_ = "just started";
  std::string next_why_;
};

}  // namespace actornet::cluster::detail
