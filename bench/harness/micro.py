"""The Google Benchmark programs: find the benchmark of a row, run it, take the median."""

import json
import subprocess
from re import escape, fullmatch
from statistics import median

from .processes import RunFailed, last_line, spawn, stop

REPETITIONS = 9
_SUFFIX = r"(/(real_time|manual_time|process_time|(iterations|min_time|repeats|threads):[^/]+))*"
_NS = {"ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9}


def _output(command, cores, limit_s):
    process = spawn(
        command,
        cores,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        output, errors = process.communicate(timeout=limit_s)
    except subprocess.TimeoutExpired:
        raise RunFailed(f"{command[0].name} did not end within {limit_s} s") from None
    finally:
        stop(process, grace_s=0)
    if process.returncode != 0:
        raise RunFailed(f"{command[0].name}: {last_line(errors)}")
    return output


def _programs(folder):
    found = [*folder.glob("actornet-bench-*"), *folder.glob("bench-*")]
    others = {"bench-generator", "bench-flow"}  # not Google Benchmark
    return sorted(program for program in found if program.name not in others)


def find_benchmarks(folder, cores):
    """Full benchmark name -> its program, over all `actornet-bench-*` and `bench-*`."""
    found = {}
    for program in _programs(folder):
        for name in _output([program, "--benchmark_list_tests"], cores, 60).split():
            found[name] = program
    return found


def resolve(found, wanted):
    """The full name: Google Benchmark appends things like /real_time."""
    for name in found:
        if fullmatch(escape(wanted) + _SUFFIX, name):
            return name
    return None


def run(found, names, cores):
    """All repetitions of each of `names` (full ones, of one program), interleaved."""
    program = found[names[0]]
    command = [
        program,
        "--benchmark_filter=^(" + "|".join(escape(name) for name in names) + ")$",
        f"--benchmark_repetitions={REPETITIONS}",
        "--benchmark_enable_random_interleaving=true",
        "--benchmark_format=json",
    ]
    entries = json.loads(_output(command, cores, 300))["benchmarks"]
    runs = {name: [] for name in names}
    for entry in entries:
        if entry.get("error_occurred"):
            raise RunFailed(f"{entry['name']}: {entry.get('error_message', 'failed')}")
        if entry.get("run_type") == "iteration":
            runs[entry["run_name"]].append(entry)
    return runs


def median_field(entries, field):
    if not entries or any(field not in entry for entry in entries):
        raise RunFailed(f"no '{field}' in the benchmark's report")
    scale = [_NS[entry["time_unit"]] if field.endswith("_time") else 1 for entry in entries]
    return median(entry[field] * factor for entry, factor in zip(entries, scale))
