#pragma once

#include <string>

#include "load_options.hpp"
#include "load_results.hpp"

namespace actornet::load {

/// A picture of the latencies: percentile (each step of the axis a tenth of the messages of the
/// step before, as HdrHistogram's plots have it) against latency on a logarithmic axis.
std::string percentile_svg(const load_options& options, const load_results& results);

}  // namespace actornet::load
