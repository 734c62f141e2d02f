"""The rows of chat: `actornet-load --chat` on our server and on its peers, in ABBA order. It checks
each message at each member: a run that lost, doubled or reordered one gives no figure."""

import json
import os
import subprocess
import tempfile
from statistics import median

import targets

from . import pairs
from .chat_servers import TITLES, ChatServers
from .processes import RunFailed, last_line, spawn, stop
from .report import Row

JOIN_S_MAX = 120


def add_chat_rows(bench):
    servers = ChatServers(bench.lab)
    for key, setting in targets.CHAT_SETTINGS.items():
        chosen = [row for row in targets.CHAT
                  if row.setting == key and bench.wanted(row.what, key, "chat")]
        able = [row for row in chosen if not _add_missing(bench, servers, row)]
        if able:
            _measure(bench, servers, key, setting, able)
            _add_lossless(bench, key)


def _add_missing(bench, servers, target):
    """Whether the row could not be measured; then it is added and says why."""
    loader = bench.lab.programs / "actornet-load"
    problems = [servers.problem(name) for name in (target.ours, target.peer)]
    if not os.access(loader, os.X_OK):
        problems.append("not built: actornet-load")
    note = "; ".join(dict.fromkeys(filter(None, problems)))
    if note:
        bench.add(Row(target.what, target=_target_text(target), met="not measured", note=note))
    return bool(note)


def _measure(bench, servers, key, setting, chosen):
    names = list(dict.fromkeys(name for row in chosen for name in (row.peer, row.ours)))
    reference = "raw" if "raw" in names else chosen[0].peer  # what is measured twice: the floor
    order = [name for name in names if name != reference] + [reference, pairs.AGAIN]
    rounds = max(1, bench.arguments.pairs // setting.rounds_divided_by)

    def once(lab, setting, name):
        return _run(lab, servers, reference if name == pairs.AGAIN else name, setting)

    if rounds == 1 and setting.rounds_divided_by > 1:
        order.remove(pairs.AGAIN)  # a minute more, for a floor of one pair
    try:
        samples = pairs.run_rounds(bench.lab, setting, order, rounds, bench.progress, once)
    except RunFailed as failure:
        for row in chosen:
            note = f"{failure.server}: {failure}"
            bench.add(Row(row.what, target=_target_text(row), met="failed", note=note))
        return
    bench.runs[key] = samples
    for row in chosen:
        bench.add(_row(row, samples, reference))


def _add_lossless(bench, key):
    server, what = targets.CHAT_LOSSLESS.get(key, ("", ""))
    runs = bench.runs.get(key, {}).get(server)
    if runs:  # else the other rows of the setting say what went wrong
        deliveries = sum(run["deliveries_total"] for run in runs)
        bench.add(Row(what, f"0 of {deliveries:,}", target="0", met="yes"))


def _row(target, samples, reference):
    all_ratios = pairs.ratios(samples, target.ours, target.peer, target.metric)
    ratio = median(all_ratios)
    floor = pairs.floor(samples, target.metric, reference) if pairs.AGAIN in samples else None
    ours = pairs.median_of(samples, target.ours, target.metric)
    peer = pairs.median_of(samples, target.peer, target.metric)
    good = ratio <= target.limit + (floor or 0)
    return Row(
        target.what,
        _microseconds(ours),
        _microseconds(peer),
        f"{ratio:.3f} ×",
        "" if floor is None else f"± {floor:.3f}",
        _target_text(target),
        "" if not target.limit else "yes" if good else "no",
        data={"ours_us": ours, "peer_us": peer, "ratio": ratio, "ratios": all_ratios,
              "floor": floor, "limit": target.limit,
              "servers": [TITLES[target.ours], TITLES[target.peer]]},
    )


def _microseconds(figure):
    return f"{figure:,.0f} µs" if figure >= 100 else f"{figure:.3g} µs"


def _target_text(target):
    return f"≤ {target.limit:g} ×" if target.limit else ""


# -- a run -----------------------------------------------------------------------------------------


def _run(lab, servers, name, setting):
    duration_ms = setting.duration_ms or lab.duration_ms
    if setting.duration_ms and lab.duration_ms < 1000:  # --quick
        duration_ms //= 10
    with servers.start(name) as server, tempfile.NamedTemporaryFile() as figures:
        command = [lab.programs / "actornet-load", "--chat", "--connect", servers.address_of(name, server)]
        command += ["--server-pid", server.pid, "--json", figures.name]
        command += ["--members", setting.members, "--rooms", setting.rooms, "--size", setting.size]
        command += ["--warm-up", f"{max(lab.warmup_ms, 1)}ms", "--duration", f"{duration_ms}ms"]
        if setting.rate:
            command += ["--publish-rate", setting.rate]
        else:
            command += ["--publishers", 1, "--outstanding", setting.outstanding]
        _load(lab, command, JOIN_S_MAX + duration_ms / 1000)
        server.check_alive()
        result = json.load(figures)
    # The form that pairs.py knows, beside the figures as they are.
    cpu = result["server_cpu_us_per_delivery"] or 0
    result["server"] = {"cpu_us_per_message": cpu}
    result["latency_us"] = {"p50": result["p50_us"], "p99": result["p99_us"]}
    return result


def _load(lab, command, limit_s):
    load = spawn(command, [lab.generator_core], stdin=subprocess.DEVNULL,
                 stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        _, errors = load.communicate(timeout=limit_s)
    except subprocess.TimeoutExpired:
        raise RunFailed(f"actornet-load did not end within {limit_s:.0f} s") from None
    finally:
        stop(load, grace_s=0)
    if load.returncode != 0:
        raise RunFailed(f"exit code {load.returncode}: {last_line(errors)}")
