#pragma once

#include "fleet.h"
#include "results.h"

/// Warm-up, measured window, drain: closed loop in bursts, or open loop at `options->rate`.
/// Expects the fleet to be open.
void run_load(struct fleet* fleet, struct load_results* results);

/// Opens the fleet itself; see `idle_results` for what is looked at when.
void run_idle(struct fleet* fleet, struct idle_results* results);
