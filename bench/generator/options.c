#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
    "usage: bench-generator --connect HOST:PORT [options]\n"
    "\n"
    "Sends messages to an echo server and checks every byte that comes back. One thread.\n"
    "Each connection first echoes one message, so that all are accepted when the run begins.\n"
    "\n"
    "  --connections N    connections (1)\n"
    "  --active N         of them that exchange messages (all)\n"
    "  --size BYTES       payload of a message (64)\n"
    "  --depth N          messages of a burst: one write, the next when all are back (1)\n"
    "  --framing F        raw | delimited | length32: the prefix of each message (raw)\n"
    "  --typed            wrap the payload as protobuf Echo { bytes payload = 1; }\n"
    "  --rate N           open loop, N messages/s over all active connections; latency counts\n"
    "                     from the intended send time. Spins, so as to send on time\n"
    "  --warmup-ms N      run before the measured window (300)\n"
    "  --duration-ms N    measured window (1000; with --idle 10000)\n"
    "  --server-pid PID   report CPU, memory and context switches of this process\n"
    "  --idle             one message each, then silence for --duration-ms: memory per\n"
    "                     connection and wake-ups of the server\n"
    "  --settle-ms N      with --idle: pause before the idle window (1000)\n"
    "  --gate             print 'gate connected' before and 'gate done' after the run on\n"
    "                     standard error and wait each time for a line on standard input\n"
    "  --json             print JSON\n"
    "\n"
    "Exit code: 0; 1 = an error, or a message was not answered; 2 = bad command line.\n";

static void fail(const char* format, ...) __attribute__((format(printf, 1, 2), noreturn));

static void fail(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fputs("bench-generator: ", stderr);
  vfprintf(stderr, format, arguments);
  fputc('\n', stderr);
  va_end(arguments);
  exit(2);
}

static uint32_t parse_number(const char* name, const char* text, uint32_t min, uint32_t max) {
  char* end = NULL;
  errno = 0;
  unsigned long long value = strtoull(text, &end, 10);
  if (errno || end == text || *end || text[0] == '-' || value < min || value > max)
    fail("--%s: '%s' is not a number from %u to %u", name, text, min, max);
  return (uint32_t)value;
}

static double parse_rate(const char* text) {
  char* end = NULL;
  double value = strtod(text, &end);
  if (end == text || *end || !isfinite(value) || value < 1 || value > 1e8)
    fail("--rate: '%s' is not a number from 1 to 1e8", text);
  return value;
}

static void parse_endpoint(struct options* self, const char* text) {
  const char* endpoint = strncmp(text, "tcp://", 6) == 0 ? text + 6 : text;
  const char* colon = strrchr(endpoint, ':');
  if (!colon || colon == endpoint || !colon[1] || strlen(colon + 1) >= sizeof self->port ||
      (size_t)(colon - endpoint) >= sizeof self->host)
    fail("--connect: '%s' is not HOST:PORT", text);
  size_t host_size = (size_t)(colon - endpoint);
  if (endpoint[0] == '[' && colon[-1] == ']') {  // [::1]:7411
    endpoint++;
    host_size -= 2;
  }
  memcpy(self->host, endpoint, host_size);
  self->host[host_size] = 0;
  strcpy(self->port, colon + 1);
}

static enum framing parse_framing(const char* text) {
  if (strcmp(text, "raw") == 0)
    return framing_raw;
  if (strcmp(text, "delimited") == 0)
    return framing_delimited;
  if (strcmp(text, "length32") == 0)
    return framing_length32;
  fail("--framing: '%s' is none of raw, delimited, length32", text);
}

enum option_key {
  key_connect = 1,
  key_connections,
  key_active,
  key_size,
  key_depth,
  key_framing,
  key_typed,
  key_rate,
  key_warmup,
  key_duration,
  key_settle,
  key_server_pid,
  key_idle,
  key_gate,
  key_json,
  key_help,
};

static const struct option option_table[] = {
    {"connect", required_argument, NULL, key_connect},
    {"connections", required_argument, NULL, key_connections},
    {"active", required_argument, NULL, key_active},
    {"size", required_argument, NULL, key_size},
    {"depth", required_argument, NULL, key_depth},
    {"framing", required_argument, NULL, key_framing},
    {"typed", no_argument, NULL, key_typed},
    {"rate", required_argument, NULL, key_rate},
    {"warmup-ms", required_argument, NULL, key_warmup},
    {"duration-ms", required_argument, NULL, key_duration},
    {"settle-ms", required_argument, NULL, key_settle},
    {"server-pid", required_argument, NULL, key_server_pid},
    {"idle", no_argument, NULL, key_idle},
    {"gate", no_argument, NULL, key_gate},
    {"json", no_argument, NULL, key_json},
    {"help", no_argument, NULL, key_help},
    {0},
};

static void apply(struct options* self, int key) {
  switch (key) {
    case key_connect:
      parse_endpoint(self, optarg);
      break;
    case key_connections:
      self->connections = parse_number("connections", optarg, 1, 1000000);
      break;
    case key_active:
      self->active = parse_number("active", optarg, 1, 1000000);
      break;
    case key_size:
      self->size = parse_number("size", optarg, 1, 1 << 24);
      break;
    case key_depth:
      self->depth = parse_number("depth", optarg, 1, 1 << 16);
      break;
    case key_framing:
      self->framing = parse_framing(optarg);
      break;
    case key_typed:
      self->typed = true;
      break;
    case key_rate:
      self->rate = parse_rate(optarg);
      break;
    case key_warmup:
      self->warmup_ms = parse_number("warmup-ms", optarg, 0, 3600000);
      break;
    case key_duration:
      self->duration_ms = parse_number("duration-ms", optarg, 1, 3600000);
      break;
    case key_settle:
      self->settle_ms = parse_number("settle-ms", optarg, 0, 3600000);
      break;
    case key_server_pid:
      self->server_pid = (pid_t)parse_number("server-pid", optarg, 1, INT32_MAX);
      break;
    case key_idle:
      self->idle = true;
      break;
    case key_gate:
      self->gate = true;
      break;
    case key_json:
      self->json = true;
      break;
    case key_help:
      fputs(usage, stdout);
      exit(0);
    default:
      exit(2);  // getopt has printed its line
  }
}

static void check(struct options* self) {
  if (!self->host[0])
    fail("--connect HOST:PORT is missing; see --help");
  if (self->active == 0)
    self->active = self->connections;
  if (self->active > self->connections)
    fail("--active %u is more than --connections %u", self->active, self->connections);
  if (self->rate > 0 && self->depth != 1)
    fail("--rate sends single messages: leave --depth at 1");
  if ((uint64_t)self->size * self->depth > (64u << 20))
    fail("--size times --depth is more than 64 MiB");
  if (self->duration_ms == 0)
    self->duration_ms = self->idle ? 10000 : 1000;
}

void options_parse(struct options* self, int argc, char** argv) {
  *self = (struct options){
      .connections = 1, .size = 64, .depth = 1, .warmup_ms = 300, .settle_ms = 1000};
  int key;
  while ((key = getopt_long(argc, argv, "", option_table, NULL)) != -1)
    apply(self, key);
  if (optind < argc)
    fail("unexpected argument '%s'", argv[optind]);
  check(self);
}
