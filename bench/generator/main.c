// A load generator for echo servers: raw epoll, one thread, every byte checked.
//
//   options   the command line                 message    what is on the wire
//   fleet     the connections                  load       closed and open loop
//   idle      memory and wake-ups at rest      process    what /proc knows about the server
//   results   JSON and text                    histogram  percentiles

#include <stdbool.h>
#include <stdio.h>

#include "load.h"

static struct load_results load_results;  // 120 KB: too big for the stack's taste

static void gate(const struct options* options, const char* name) {
  if (!options->gate)
    return;
  fprintf(stderr, "gate %s\n", name);
  for (int byte; (byte = getchar()) != EOF && byte != '\n';)
    ;
}

static bool load(struct fleet* fleet) {
  fleet_open(fleet, fleet->options->connections);
  gate(fleet->options, "connected");
  run_load(fleet, &load_results);
  gate(fleet->options, "done");
  print_load_results(fleet, &load_results);
  return load_results.unanswered == 0;
}

static bool idle(struct fleet* fleet) {
  struct idle_results results;
  run_idle(fleet, &results);
  print_idle_results(fleet, &results);
  return true;
}

int main(int argc, char** argv) {
  struct options options;
  options_parse(&options, argc, argv);
  struct fleet fleet;
  fleet_init(&fleet, &options);
  bool good = options.idle ? idle(&fleet) : load(&fleet);
  good = good && fleet_error_count(&fleet) == 0;
  fleet_close(&fleet);
  return good ? 0 : 1;
}
