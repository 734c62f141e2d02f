#include "load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"

// -- phases ---------------------------------------------------------------------------------------
//
//   warm-up: at least `warmup_ms`; closed loop: until each active connection has an answer too
//            (10 s at most)
//   window:  `duration_ms`; messages and server CPU are counted between its edges
//   drain:   nothing new becomes due; until all is answered, 5 s at most
//
// A latency counts if its message was due inside the window, whenever the answer comes: an
// answer that comes late, or never, cannot hide.

enum phase { phase_warmup, phase_window, phase_drain, phase_over };

enum { warmup_extra_s = 10, drain_s = 5, first_sequence = 1 /* 0 was echoed on opening */ };

struct load {
  struct fleet* fleet;
  struct load_results* results;
  enum phase phase;
  uint64_t begin_ns;
  uint64_t window_ns[2];  ///< its edges; the second is the planned one until it is reached
  uint64_t drain_end_ns;
  uint64_t in_flight;  ///< messages due and not answered, lost connections aside
  uint64_t released;   ///< open loop: messages told to be sent
  double interval_ns;  ///< open loop
};

static bool is_open_loop(const struct load* self) {
  return self->interval_ns > 0;
}

/// Open loop: message k of the run is due at begin + k intervals, on connection k mod active.
static uint64_t intended_ns(const struct load* self, uint64_t index) {
  return self->begin_ns + (uint64_t)((double)index * self->interval_ns);
}

static uint64_t due_ns(const struct load* self, const struct connection* connection,
                       uint64_t sequence) {
  if (!is_open_loop(self))
    return connection->started_ns;
  uint64_t active = self->fleet->options->active;
  return intended_ns(self, (sequence - first_sequence) * active + connection->id);
}

static void record(struct load* self, const struct connection* connection, uint64_t sequence,
                   uint64_t now) {
  uint64_t due = due_ns(self, connection, sequence);
  if (self->phase != phase_warmup && due >= self->window_ns[0] && due < self->window_ns[1])
    histogram_add(&self->results->latency_ns, now > due ? now - due : 0);
}

// -- sending --------------------------------------------------------------------------------------

static void flush(struct load* self, struct connection* connection) {
  fleet_flush(self->fleet, connection);
  if (connection->fd < 0)  // given up: nothing of it is in flight any more
    self->in_flight -= connection->due - connection_answered(self->fleet, connection);
}

static void send_burst(struct load* self, struct connection* connection) {
  uint32_t depth = self->fleet->options->depth;
  connection->due += depth;
  self->in_flight += depth;
  connection->started_ns = clock_ns();
  flush(self, connection);
}

static void send_first_bursts(struct load* self) {
  for (uint32_t id = 0; id < self->fleet->options->active; id++)
    if (self->fleet->all[id].fd >= 0)
      send_burst(self, &self->fleet->all[id]);
}

/// Open loop: sends what is due. Not too much at once, so that answers are read in time.
static void release_due(struct load* self, uint64_t now) {
  enum { releases_max = 64 };
  uint64_t end = self->phase == phase_drain ? self->window_ns[1] : now;
  for (int i = 0; i < releases_max; i++) {
    uint64_t intended = intended_ns(self, self->released);
    if (intended > end || (self->phase == phase_drain && intended == end))
      return;
    struct connection* connection =
        &self->fleet->all[self->released % self->fleet->options->active];
    self->released++;
    connection->due++;
    if (connection->fd < 0)
      continue;
    self->in_flight++;
    flush(self, connection);
    if (self->phase == phase_window)
      histogram_add(&self->results->late_ns, clock_ns() - intended);
  }
}

// -- receiving ------------------------------------------------------------------------------------

static void handle(struct load* self, const struct epoll_event* event) {
  struct connection* connection = event->data.ptr;
  if (connection->fd < 0)
    return;
  uint64_t next = connection_answered(self->fleet, connection);
  uint64_t answered = fleet_handle(self->fleet, event);
  if (connection->fd < 0) {  // given up, as in flush
    self->in_flight -= connection->due - next;
    return;
  }
  if (answered == 0)
    return;
  uint64_t now = clock_ns();
  for (uint64_t i = 0; i < answered; i++)
    record(self, connection, next + i, now);
  self->in_flight -= answered;
  self->results->messages_total += answered;
  if (self->phase == phase_window)
    self->results->messages += answered;
  bool burst_is_back = next + answered == connection->due;
  if (!is_open_loop(self) && burst_is_back && self->phase != phase_drain)
    send_burst(self, connection);
}

/// Open loop: what the generator itself did not get to send was due all the same.
static void release_unsent(struct load* self) {
  uint64_t active = self->fleet->options->active;
  for (; intended_ns(self, self->released) < self->window_ns[1]; self->released++)
    self->fleet->all[self->released % active].due++;
}

/// Counts what is still unanswered after the drain, with the least latency it can have.
static void record_unanswered(struct load* self) {
  uint64_t now = clock_ns();
  if (is_open_loop(self))
    release_unsent(self);
  for (uint32_t id = 0; id < self->fleet->options->active; id++) {
    struct connection* connection = &self->fleet->all[id];
    uint64_t sequence = connection_answered(self->fleet, connection);
    for (; sequence < connection->due; sequence++) {
      self->results->unanswered++;
      record(self, connection, sequence, now);
    }
  }
}

static uint32_t count_served(const struct load* self) {
  uint32_t served = 0;
  for (uint32_t id = 0; id < self->fleet->options->active; id++)
    served += connection_answered(self->fleet, &self->fleet->all[id]) > first_sequence;
  return served;
}

// -- the run --------------------------------------------------------------------------------------

static void take_sample(struct load* self, struct process_sample* sample) {
  if (!process_sample_take(sample, self->fleet->options->server_pid)) {
    fprintf(stderr, "bench-generator: the server (pid %d) is gone\n",
            (int)self->fleet->options->server_pid);
    exit(1);
  }
}

static void begin_window(struct load* self) {
  take_sample(self, &self->results->before);
  self->phase = phase_window;
  self->results->server_cpu_ns = process_cpu_ns(self->fleet->options->server_pid);
  self->window_ns[0] = clock_ns();
  self->window_ns[1] = self->window_ns[0] + self->fleet->options->duration_ms * NS_PER_MS;
}

static void end_window(struct load* self) {
  uint64_t cpu_ns = process_cpu_ns(self->fleet->options->server_pid);
  self->window_ns[1] = clock_ns();
  self->results->server_cpu_ns = cpu_ns - self->results->server_cpu_ns;
  self->results->seconds = (double)(self->window_ns[1] - self->window_ns[0]) / 1e9;
  self->phase = phase_drain;
  take_sample(self, &self->results->after);
  self->drain_end_ns = clock_ns() + drain_s * NS_PER_S;
}

static bool all_served(const struct load* self) {
  return count_served(self) == self->fleet->options->active;
}

static bool warmed_up(const struct load* self, uint64_t now) {
  uint64_t end = self->begin_ns + self->fleet->options->warmup_ms * NS_PER_MS;
  if (now < end)
    return false;
  return is_open_loop(self) || fleet_error_count(self->fleet) > 0 || all_served(self) ||
         now >= end + warmup_extra_s * NS_PER_S;
}

static bool all_lost(const struct fleet* fleet) {
  for (uint32_t id = 0; id < fleet->options->active; id++)
    if (fleet->all[id].fd >= 0)
      return false;
  return true;
}

static bool drained(const struct load* self, uint64_t now) {
  bool all_released =
      !is_open_loop(self) || intended_ns(self, self->released) >= self->window_ns[1];
  return (all_released && self->in_flight == 0) || now >= self->drain_end_ns;
}

static void advance(struct load* self, uint64_t now) {
  if (self->phase == phase_warmup && warmed_up(self, now))
    begin_window(self);
  else if (self->phase == phase_window && now >= self->window_ns[1])
    end_window(self);
  else if (self->phase == phase_drain && drained(self, now))
    self->phase = phase_over;
  // Without a connection left the rest of the run is silence.
  if (self->phase != phase_over && fleet_error_count(self->fleet) > 0 && all_lost(self->fleet)) {
    if (self->phase == phase_warmup)
      begin_window(self);
    if (self->phase == phase_window)
      end_window(self);
    self->phase = phase_over;
  }
}

void run_load(struct fleet* fleet, struct load_results* results) {
  memset(results, 0, sizeof *results);
  struct load load = {.fleet = fleet, .results = results, .begin_ns = clock_ns()};
  if (fleet->options->rate > 0)
    load.interval_ns = 1e9 / fleet->options->rate;
  else
    send_first_bursts(&load);
  struct epoll_event events[fleet_events_max];
  for (;;) {
    advance(&load, clock_ns());
    if (load.phase == phase_over)
      break;
    if (is_open_loop(&load))
      release_due(&load, clock_ns());
    // The open loop spins: a sleeping generator would be late, and that would count.
    int ready = epoll_wait(fleet->epoll_fd, events, fleet_events_max, is_open_loop(&load) ? 0 : 1);
    for (int i = 0; i < ready; i++)
      handle(&load, &events[i]);
  }
  record_unanswered(&load);
  results->served = count_served(&load);
}
