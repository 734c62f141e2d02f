#pragma once

#include <stdint.h>

#include "fleet.h"
#include "histogram.h"
#include "options.h"
#include "process.h"

struct load_results {
  double seconds;           ///< measured window
  uint64_t messages;        ///< answered in the window
  uint64_t messages_total;  ///< answered in warm-up, window and drain; after the first echoes
  uint64_t unanswered;      ///< due before the window's end, but not answered when the drain ended
  uint32_t served;          ///< active connections with an answer beyond the first echo
  struct histogram latency_ns;  ///< of the messages due in the window
  struct histogram late_ns;     ///< open loop: how late the generator itself sent
  uint64_t server_cpu_ns;       ///< in the window
  struct process_sample before;
  struct process_sample after;
};

struct idle_results {
  uint32_t alive;                ///< connections open at the end
  struct process_sample fresh;   ///< before the first connection
  struct process_sample first;   ///< one connection has echoed: code is paged in
  struct process_sample opened;  ///< all have echoed, and the pause is over
  struct process_sample end;     ///< after the idle window
};

void print_load_results(const struct fleet* fleet, const struct load_results* results);
void print_idle_results(const struct fleet* fleet, const struct idle_results* results);
