"""Channels, select, tasks and small programs of them, beside Go: `bench-flow` and `peer-flow-go` by
turns. A figure is the median of the runs, a ratio the median of the rounds' ratios."""

import json
import subprocess
from statistics import median

import targets

from .processes import RunFailed, last_line
from .report import Row

RUN_S_MAX = 120


def add_flow_rows(bench):
    chosen = [row for row in targets.FLOW if bench.wanted(row.what, row.program, "flow")]
    if not chosen:
        return
    programs = {
        "ours": bench.lab.programs / "bench-flow",
        "go": bench.lab.programs / "peer-flow-go",
    }
    missing = [str(path.name) for path in programs.values() if not path.exists()]
    for target in chosen:
        row = Row(target.what, target=_target_text(target))
        if missing:
            row.met, row.note = "not measured", f"not built: {', '.join(missing)}"
        else:
            _measure(bench, target, programs, row)
        bench.add(row)


def _measure(bench, target, programs, row):
    samples = {name: [] for name in programs}
    try:
        for number in range(bench.arguments.pairs):
            bench.progress(f"flow: {target.what}: round {number + 1}")
            order = list(samples)
            for name in order if number % 2 == 0 else reversed(order):
                samples[name].append(_run(programs[name], target)[target.field])
    except RunFailed as failure:
        row.met, row.note = "failed", str(failure)
        return
    bench.runs[f"flow {target.program}"] = samples
    _fill(row, target, samples)


def _run(program, target):
    command = [program, target.program, str(target.count)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=RUN_S_MAX)
    except subprocess.TimeoutExpired:
        raise RunFailed(f"{program.name} {target.program} did not end") from None
    if done.returncode != 0:
        raise RunFailed(f"{program.name} {target.program}: {last_line(done.stderr)}")
    return json.loads(done.stdout)


def _fill(row, target, samples):
    unit = "B" if target.field == "bytes" else "ns"
    ours, go = median(samples["ours"]), median(samples["go"])
    ratio = median(a / b for a, b in zip(samples["ours"], samples["go"]))
    row.ours, row.peer, row.ratio = f"{ours:.1f} {unit}", f"{go:.1f} {unit}", f"{ratio:.2f} ×"
    good = (not target.limit or ours <= target.limit) and (
        not target.over_go or ratio <= target.over_go)
    has_target = target.limit or target.over_go
    row.met = "" if not has_target else "yes" if good else "no"
    row.data = {"ours": ours, "go": go, "ratio": ratio, "limit": target.limit,
                "over_go": target.over_go}


def _target_text(target):
    unit = "B" if target.field == "bytes" else "ns"
    parts = [f"≤ {target.limit:g} {unit}"] if target.limit else []
    parts += [f"≤ {target.over_go:g} × Go"] if target.over_go else []
    return ", ".join(parts)
