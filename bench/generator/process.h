#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/// What the kernel tells about a process, all threads together.
struct process_sample {
  uint64_t cpu_ns;  ///< user + system, from the process's CPU clock (exact)
  double user_s;    ///< from /proc/PID/stat, in clock ticks of 10 ms
  double system_s;
  uint64_t voluntary_switches;  ///< = how often a thread slept: its wake-ups
  uint64_t involuntary_switches;
  uint64_t rss_bytes;
  unsigned threads;
};

/// CPU time alone: one system call, for the edges of the measured window.
uint64_t process_cpu_ns(pid_t pid);

/// False if there is no such process. All zero for `pid` 0.
bool process_sample_take(struct process_sample* self, pid_t pid);
