#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "clock.h"
#include "load.h"

static void take_sample(const struct fleet* fleet, struct process_sample* sample) {
  if (!process_sample_take(sample, fleet->options->server_pid)) {
    fprintf(stderr, "bench-generator: the server (pid %d) is gone\n",
            (int)fleet->options->server_pid);
    exit(1);
  }
}

static void pause_ms(uint32_t ms) {
  struct timespec rest = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};
  while (nanosleep(&rest, &rest) != 0)
    ;
}

/// Nothing should have happened: each event is a connection the server closed or wrote to.
static uint32_t count_alive(struct fleet* fleet) {
  struct epoll_event events[fleet_events_max];
  int ready;
  while ((ready = epoll_wait(fleet->epoll_fd, events, fleet_events_max, 0)) > 0)
    for (int i = 0; i < ready; i++)
      fleet_handle(fleet, &events[i]);
  uint32_t alive = 0;
  for (uint32_t id = 0; id < fleet->opened; id++)
    alive += fleet->all[id].fd >= 0;
  return alive;
}

void run_idle(struct fleet* fleet, struct idle_results* results) {
  take_sample(fleet, &results->fresh);
  fleet_open(fleet, 1);
  take_sample(fleet, &results->first);
  fleet_open(fleet, fleet->options->connections);
  pause_ms(fleet->options->settle_ms);
  take_sample(fleet, &results->opened);
  pause_ms(fleet->options->duration_ms);
  take_sample(fleet, &results->end);
  results->alive = count_alive(fleet);
}
