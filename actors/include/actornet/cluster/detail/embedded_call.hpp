#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

#include "actornet/cluster/detail/embedded_link.hpp"
#include "actornet/cluster/operation.hpp"

namespace actornet::cluster::detail {

/// Without an answer from what is shared, a caller is told so after this.
inline constexpr net::duration embedded_patience = std::chrono::seconds(2);

/// Calls what nodes share over a node's way: the call, the answer, or both may be lost. @p work
/// calls it, with what is to be told of its answer. @p lost is told instead of an answer that is
/// lost, @p down when there is no connection.
template <class Result>
operation call_shared(const std::shared_ptr<embedded_link>& link, std::uint64_t lane,
                      std::function<void(Result)> done, errc lost, errc down,
                      std::function<void(std::function<void(Result)>)> work) {
  auto told = std::make_shared<completion<Result>>(std::move(done));
  const auto tell = [told, at = link.get()](net::duration pause, Result outcome) {
    at->after(pause, [told, outcome = std::move(outcome)] { told->complete(outcome); });
  };
  if (!link->connected())
    tell({}, down);
  else if (link->here().line.size() >= embedded_link::under_way_max ||
           link->draw(&embedded_faults::unavailable))
    tell({}, errc::unavailable);
  else
    link->later(lane, [at = link.get(), node = std::weak_ptr<embedded_link>(link), told, tell, lost,
                       work = std::move(work)] {
      if (!at->reaches_engine())
        return tell(embedded_patience, lost);
      work([at, node, told, tell, lost](Result outcome) {
        if (node.expired())
          return;
        at->later(0, [at, told, tell, lost, outcome = std::move(outcome)] {
          if (at->reaches_engine() && !at->draw(&embedded_faults::answer_lost))
            told->complete(outcome);
          else
            tell(embedded_patience, lost);
        });
      });
    });
  return operation(told);
}

}  // namespace actornet::cluster::detail
