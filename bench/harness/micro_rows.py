"""The rows of the micro benchmarks."""

import targets

from . import micro
from .processes import RunFailed
from .report import Row


def add_micro_rows(bench):
    chosen = [row for row in targets.MICRO if bench.wanted(row.what, row.benchmark, "micro")]
    if not chosen:
        return
    try:
        found = micro.find_benchmarks(bench.lab.programs, bench.cores)
    except RunFailed as failure:
        found = {}
        bench.progress(f"micro benchmarks: {failure}", keep=True)
    for target in chosen:
        bench.add(_row(bench, target, found))


def _row(bench, target, found):
    row = Row(target.what, target=_target_text(target))
    wanted = [target.benchmark] + ([target.over] if target.over else [])
    names = [micro.resolve(found, name) for name in wanted]
    cores = bench.cores if target.cores > 1 else [bench.lab.server_core]
    if None in names:
        missing = [name for name, full in zip(wanted, names) if full is None]
        row.met, row.note = "not measured", f"no benchmark {', '.join(missing)}"
    elif target.cores > len(cores):
        row.met, row.note = "not measured", f"needs {target.cores} cores"
    else:
        _measure(bench, target, found, names, cores, row)
    return row


def _measure(bench, target, found, names, cores, row):
    bench.progress(f"micro: {target.what}")
    try:
        runs = micro.run(found, names, cores)
        bench.runs[f"micro {target.benchmark}"] = runs
        _fill(row, target, [runs[name] for name in names])
    except RunFailed as failure:
        row.met, row.note = "failed", str(failure)


def _target_text(target):
    unit = "×" if target.over else "ns"
    zero = "".join(f", no {name}" for name in target.zero_counters)
    return f"{'≥' if target.at_least else '≤'} {target.limit:g} {unit}{zero}"


def _fill(row, target, runs):
    values = [micro.median_field(entries, target.field) for entries in runs]
    if target.over:
        figure = values[0] / values[1]
        row.ours, row.peer = (f"{value:.3g}" for value in values)
        row.ratio = f"{figure:.2f} ×"
    else:
        figure = values[0]
        row.ours = f"{figure:.1f} ns"
    good = figure >= target.limit if target.at_least else figure <= target.limit
    for counter in target.zero_counters:
        count = micro.median_field(runs[0], counter)
        row.note = f"{count:g} {counter}"
        good = good and count == 0
    row.met = "yes" if good else "no"
    row.data = {"figure": figure, "limit": target.limit}
