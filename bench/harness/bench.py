"""The rows that real servers and the generator give."""

import os
import re
import resource
import sys
from statistics import median

import targets

from . import pairs
from .measure import Lab, run_idle, run_setting
from .processes import RunFailed
from .progress import Progress
from .report import Row


class Bench:
    def __init__(self, arguments):
        self.arguments = arguments
        self.progress = Progress()
        cores = sorted(os.sched_getaffinity(0))
        if len(cores) == 1:
            print("one core only: server and generator share it, ratios mean little",
                  file=sys.stderr)
        self.cores = cores
        self.lab = Lab(
            programs=arguments.programs,
            server_core=cores[-1],
            generator_core=cores[0],
            warmup_ms=arguments.warmup_ms,
            duration_ms=arguments.duration_ms,
            stand_in=arguments.stand_in,
        )
        self.rows = []
        self.runs = {}
        self.calls = {}
        self.peers = {}

    def wanted(self, *names):
        pattern = self.arguments.only
        return not pattern or any(re.search(pattern, name, re.IGNORECASE) for name in names)

    def add(self, row):
        self.rows.append(row)
        self.progress.row(row)

    # -- ratios ------------------------------------------------------------------------------------

    def ratio_rows(self):
        for key, setting in targets.SETTINGS.items():
            chosen = [
                row for row in targets.RATIOS
                if row.setting == key and self.wanted(row.what, key)
            ]
            if chosen:
                self.ratio_setting(key, setting, chosen)

    def ratio_setting(self, key, setting, chosen):
        missing = self.lab.missing({server for row in chosen for server in (row.ours, row.peer)})
        for row in chosen:
            absent = [server for server in (row.ours, row.peer) if server in missing]
            if absent:
                note = f"not built: {self.lab.titles(absent)}"
                self.add(Row(row.what, target=ratio_target(row), met="not measured", note=note))
        chosen = [row for row in chosen if not {row.ours, row.peer} & set(missing)]
        if chosen:
            self.measure_ratios(key, setting, chosen)

    def measure_ratios(self, key, setting, chosen):
        # Neighbours run one after the other: ours between its two peers, raw next to itself.
        others = sorted({row.peer for row in chosen} - {"raw"})
        servers = [*others, *dict.fromkeys(row.ours for row in chosen), "raw"]
        try:
            samples = pairs.run_rounds(
                self.lab, setting, [*servers, pairs.AGAIN], self.arguments.pairs, self.progress
            )
        except RunFailed as failure:
            for row in chosen:
                note = f"{failure.server}: {failure}"
                self.add(Row(row.what, target=ratio_target(row), met="failed", note=note))
            return
        self.runs[key] = samples
        self.calls[key] = pairs.calls_per_message(self.lab, setting, servers, self.progress)
        for row in chosen:
            self.add(self.ratio_row(row, samples, self.calls[key]))

    def ratio_row(self, row, samples, calls):
        over, under = (row.peer, row.ours) if row.peer_over_ours else (row.ours, row.peer)
        all_ratios = pairs.ratios(samples, over, under, row.metric)
        ratio = median(all_ratios)
        floor = pairs.floor(samples, row.metric)
        good = ratio >= row.limit - floor if row.peer_over_ours else ratio <= row.limit + floor
        ours = pairs.median_of(samples, row.ours, row.metric)
        peer = pairs.median_of(samples, row.peer, row.metric)
        return Row(
            row.what,
            f"{three_figures(ours)} µs",
            f"{three_figures(peer)} µs",
            f"{ratio:.3f} ×",
            f"± {floor:.3f}",
            ratio_target(row),
            "yes" if good else "no",
            calls_text(calls, row),
            data={"ours_us": ours, "peer_us": peer, "ratio": ratio, "ratios": all_ratios,
                  "floor": floor, "limit": row.limit},
        )

    # -- one server --------------------------------------------------------------------------------

    def idle_rows(self):
        idle = targets.IDLE
        if not self.wanted(idle.memory_what, idle.wakeups_what, "idle"):
            return
        memory_target = f"≤ {idle.memory_limit:,} B (aim {idle.memory_aim:,})"
        memory = Row(idle.memory_what, target=memory_target)
        wakeups = Row(idle.wakeups_what, target=f"≤ {idle.wakeups_limit}")
        try:
            missing = self.lab.missing(["typed", "raw"])
            if missing:
                raise LookupError(f"not built: {self.lab.titles(missing)}")
            self.measure_idle(idle, memory, wakeups)
        except (RunFailed, LookupError) as failure:
            met = "failed" if isinstance(failure, RunFailed) else "not measured"
            for row in (memory, wakeups):
                row.met, row.note = met, str(failure)
        self.add(memory)
        self.add(wakeups)

    def measure_idle(self, idle, memory, wakeups):
        runs = []
        for number in range(1 if self.arguments.quick else 3):
            self.progress(f"{idle.connections} idle connections: run {number + 1}")
            runs.append(run_idle(self.lab, "typed", idle.connections, idle.window_s))
        peer = run_idle(self.lab, "raw", idle.connections, idle.window_s)
        self.runs["idle"] = {"typed": runs, "raw": [peer]}
        each = median(run["server"]["bytes_per_connection"] for run in runs)
        memory.ours = f"{each:,.0f} B"
        memory.peer = f"{peer['server']['bytes_per_connection']:,.0f} B"
        memory.met = "yes" if each <= idle.memory_limit else "no"
        memory.data = {"bytes": each, "limit": idle.memory_limit}
        most = max(run["server"]["wakeups"] for run in runs)  # the worst run counts
        wakeups.ours = str(most)
        wakeups.peer = str(peer["server"]["wakeups"])
        wakeups.met = "yes" if most <= idle.wakeups_limit else "no"
        wakeups.data = {"wakeups": most, "limit": idle.wakeups_limit}

    def many_row(self):
        many = targets.MANY
        if not self.wanted(many.what, "many"):
            return
        row = Row(many.what, target=f"{many.connections:,}, 0 errors")
        hard_limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        if self.lab.missing(["session"]):
            row.met, row.note = "not measured", "not built: ours, session"
        elif hard_limit != resource.RLIM_INFINITY and hard_limit < many.connections + 64:
            row.met, row.note = "not measured", f"ulimit -Hn is {hard_limit}"
        else:
            self.measure_many(many, row)
        self.add(row)

    def measure_many(self, many, row):
        self.progress(f"{many.connections} connections")
        setting = targets.Setting("many", many.connections)
        try:
            result = run_setting(self.lab, "session", setting)
        except RunFailed as failure:
            row.met, row.note = "failed", str(failure)
            return
        self.runs["many"] = {"session": [result]}
        row.ours = f"{result['served']:,}, {result['errors']} errors"
        row.met = "yes" if result["served"] == many.connections else "no"
        row.data = {"served": result["served"], "errors": result["errors"]}

def three_figures(number):
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"


def ratio_target(row):
    aim = f" (aim {row.aim:g})" if row.aim else ""
    return f"{'≥' if row.peer_over_ours else '≤'} {row.limit:g} ×{aim}"


def calls_text(calls, row):
    def total(server):
        by_name = calls.get(server)
        return f"{sum(by_name.values()):.2f}" if by_name else "?"

    return f"{total(row.ours)} / {total(row.peer)}"
