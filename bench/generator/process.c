#include "process.h"

#include <ctype.h>
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"

uint64_t process_cpu_ns(pid_t pid) {
  clockid_t clock;
  struct timespec used;
  if (pid == 0 || clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &used) != 0)
    return 0;
  return (uint64_t)used.tv_sec * NS_PER_S + (uint64_t)used.tv_nsec;
}

static bool read_stat(struct process_sample* self, pid_t pid) {
  char path[64], text[1024];
  snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
  FILE* file = fopen(path, "re");
  if (!file)
    return false;
  size_t size = fread(text, 1, sizeof text - 1, file);
  fclose(file);
  text[size] = 0;
  const char* fields = strrchr(text, ')');  // the name may hold spaces and parentheses
  unsigned long user = 0, system = 0;
  if (!fields || sscanf(fields + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
                        &system) != 2)
    return false;
  double ticks_per_s = (double)sysconf(_SC_CLK_TCK);
  self->user_s = (double)user / ticks_per_s;
  self->system_s = (double)system / ticks_per_s;
  return true;
}

/// The number behind `key` ("VmRSS:") at the start of a line of `path`; 0 if there is none.
static uint64_t read_field(const char* path, const char* key) {
  FILE* file = fopen(path, "re");
  if (!file)
    return 0;
  char line[256];
  uint64_t value = 0;
  while (fgets(line, sizeof line, file))
    if (strncmp(line, key, strlen(key)) == 0)
      sscanf(line + strlen(key), "%" SCNu64, &value);
  fclose(file);
  return value;
}

static void read_switches(struct process_sample* self, pid_t pid) {
  char path[320];
  snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
  DIR* tasks = opendir(path);
  if (!tasks)
    return;
  for (struct dirent* task; (task = readdir(tasks));) {
    if (!isdigit((unsigned char)task->d_name[0]))
      continue;
    snprintf(path, sizeof path, "/proc/%d/task/%s/status", (int)pid, task->d_name);
    self->voluntary_switches += read_field(path, "voluntary_ctxt_switches:");
    self->involuntary_switches += read_field(path, "nonvoluntary_ctxt_switches:");
    self->threads++;
  }
  closedir(tasks);
}

static uint64_t read_rss_bytes(pid_t pid) {
  char path[64];
  // smaps_rollup counts pages; the figure in status lags behind by some pages per thread.
  snprintf(path, sizeof path, "/proc/%d/smaps_rollup", (int)pid);
  uint64_t kib = read_field(path, "Rss:");
  if (kib == 0) {
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    kib = read_field(path, "VmRSS:");
  }
  return kib * 1024;
}

bool process_sample_take(struct process_sample* self, pid_t pid) {
  *self = (struct process_sample){0};
  if (pid == 0)
    return true;
  if (!read_stat(self, pid))
    return false;
  read_switches(self, pid);
  self->rss_bytes = read_rss_bytes(pid);
  self->cpu_ns = process_cpu_ns(pid);
  return true;
}
