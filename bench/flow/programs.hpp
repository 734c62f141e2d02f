#pragma once

#include "actornet/runtime.hpp"

namespace actornet::bench {

// Each handles `count` items (one way, element, receive, task) and checks that none got lost.

task<> ping_pong(runtime& rt, long count);
task<> stream(runtime& rt, long count);
task<> stream_two_loops(runtime& rt, long count);
task<> stream_two_loops_many(runtime& rt, long count);
task<> select_of_four(runtime& rt, long count);
task<> spawn_and_finish(runtime& rt, long count);
task<> parked(runtime& rt, long count);
task<> worker_pool(runtime& rt, long count);
task<> pipeline(runtime& rt, long count);
task<> pipeline_two_loops(runtime& rt, long count);
task<> fan_in(runtime& rt, long count);
task<> fan_in_two_loops(runtime& rt, long count);

/// Heap bytes of one parked task, after `parked`.
double bytes_each();

}  // namespace actornet::bench
