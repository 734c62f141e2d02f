#include "actornet/sim/faults.hpp"

namespace actornet::sim {

faults faults::calm() noexcept {
  faults none;
  none.fragment_probability = 0;
  none.short_write_probability = 0;
  none.write_block_probability = 0;
  none.spurious_probability = 0;
  none.small_buffers_probability = 0;
  none.delay_min = none.delay_max = std::chrono::microseconds(100);
  none.turn_max = net::duration::zero();
  none.shuffle = false;
  none.reset_discards_probability = 0;
  return none;
}

faults faults::harsh() noexcept {
  faults all;
  all.fragment_probability = 0.5;
  all.short_write_probability = 0.3;
  all.write_block_probability = 0.1;
  all.spurious_probability = 0.2;
  all.small_buffers_probability = 0.3;
  all.delay_max = std::chrono::milliseconds(20);
  all.reset_probability = 0.1;
  all.stall_probability = 0.1;
  all.partition_probability = 0.005;
  all.clock_jump_probability = 0.001;
  all.accept_failure_probability = 0.05;
  return all;
}

}  // namespace actornet::sim
