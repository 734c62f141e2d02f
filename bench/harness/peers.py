"""The table of all peers beside ours: CPU per message, memory, system calls; no targets."""

import targets

from . import pairs
from .measure import run_idle
from .processes import RunFailed


def measure_peers(bench):
    if bench.arguments.no_peers or not bench.wanted("peers"):
        return
    servers = ["raw", "asio-callbacks", "asio-coroutines", "caf-broker", "go", "session"]
    missing = bench.lab.missing(servers)
    if missing:
        bench.progress(f"not built, left out: {bench.lab.titles(missing)}", keep=True)
    present = [server for server in servers if server not in missing]
    if not present:
        return
    bench.peers = {server: {} for server in present}
    for key in targets.PEER_SETTINGS:
        _measure_setting(bench, key, present)
    _measure_extras(bench, present)


def _measure_setting(bench, key, present):
    setting = targets.SETTINGS[key]
    rounds = targets.peer_rounds(bench.arguments.pairs)
    while present:
        try:
            samples = pairs.run_rounds(bench.lab, setting, present, rounds, bench.progress)
        except RunFailed as failure:
            bench.progress(f"{setting.title}, {failure.server}: {failure}", keep=True)
            present = [server for server in present if server != failure.server]
            continue
        bench.runs[f"peers {key}"] = samples
        for server in present:
            bench.peers[server][key] = pairs.median_of(samples, server, "cpu")
        return


def _measure_extras(bench, present):
    for server in present:
        bench.progress(f"peers: memory and system calls of {server}")
        try:
            result = run_idle(bench.lab, server, targets.IDLE.connections, 0.2)
            bench.peers[server]["idle_bytes"] = result["server"]["bytes_per_connection"]
        except RunFailed as failure:
            bench.progress(f"idle, {server}: {failure}", keep=True)
    calls = pairs.calls_per_message(
        bench.lab, targets.SETTINGS["d1-c100"], present, bench.progress
    )
    for server, by_name in calls.items():
        if by_name:
            bench.peers[server]["calls"] = sum(by_name.values())


def peer_lines(bench):
    keys = [*targets.PEER_SETTINGS, "idle_bytes", "calls"]
    header = ["CPU µs/message", *(targets.SETTINGS[key].title for key in keys[:-2]),
              "bytes/idle connection", "system calls/message"]
    formats = {"idle_bytes": "{:,.0f}", "calls": "{:.2f}"}

    def cell(of, key):
        return formats.get(key, "{:.3g}").format(of[key]) if key in of else "-"

    lines = [
        [bench.lab.title(server)] + [cell(of, key) for key in keys]
        for server, of in bench.peers.items()
    ]
    return header, lines
