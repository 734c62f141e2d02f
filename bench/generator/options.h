#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "message.h"

struct options {
  char host[256];
  char port[16];
  uint32_t connections;
  uint32_t active;  ///< of them exchange messages during the run, the others stay open
  uint32_t size;    ///< payload bytes
  uint32_t depth;   ///< messages of a burst
  enum framing framing;
  bool typed;
  double rate;  ///< messages/s over all active connections; 0 = closed loop
  uint32_t warmup_ms;
  uint32_t duration_ms;
  uint32_t settle_ms;  ///< --idle: pause between the last message and the idle window
  pid_t server_pid;    ///< 0 = unknown: no figures about the server
  bool idle;
  bool gate;
  bool json;
};

/// Parses the command line. On an error prints one line and ends the program with exit code 2.
void options_parse(struct options* self, int argc, char** argv);
