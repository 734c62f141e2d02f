"""One measured run: a fresh server, the generator, what came of it."""

import json
import os
import select
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

from .processes import RunFailed, Server, last_line, spawn, stop

IDLE_TIMEOUT = "300s"  # armed for the idle run, and far beyond its end


@dataclass
class Lab:
    """Where the programs are, which core is whose, how long a run takes."""

    programs: Path
    server_core: int
    generator_core: int
    warmup_ms: int
    duration_ms: int
    stand_in: str = ""
    repeated: list = field(default_factory=list)  # runs that failed and were done once more

    PEERS = {
        "raw": "peer-epoll",
        "asio-callbacks": "peer-asio-callbacks",
        "asio-coroutines": "peer-asio-coroutines",
        "caf-broker": "peer-caf-broker",
        "go": "peer-go",
    }

    def is_peer(self, server):
        return server in self.PEERS or bool(self.stand_in)

    def program(self, server):
        name = self.PEERS.get(server) or self.stand_in or "actornet-echo"
        return self.programs / name

    def title(self, server):
        return server if server in self.PEERS else f"ours, {server}"

    def titles(self, servers):
        return ", ".join(map(self.title, servers))

    def missing(self, servers):
        return [name for name in servers if not os.access(self.program(name), os.X_OK)]

    def start(self, server, extra=()):
        """`server` is a peer's name or a style of ours; `extra` is for ours only."""
        if self.is_peer(server):
            command = [self.program(server), "--port", "0"]
        else:
            command = [self.program(server), "--listen", "tcp://127.0.0.1:0"]
            command += ["--framing", "delimited", "--style", server, "--loops", "1"]
            command += ["--connections-max", "20000", *extra]
        return Server(command, self.server_core, {"GOMAXPROCS": "1"})


def _generator_command(lab, server, setting, warmup_ms, duration_ms):
    command = [lab.programs / "bench-generator", "--json", "--framing", "delimited"]
    command += ["--connect", server.address, "--server-pid", server.pid]
    command += ["--connections", setting.connections, "--size", setting.size]
    command += ["--depth", setting.depth]
    command += ["--warmup-ms", warmup_ms, "--duration-ms", duration_ms]
    if setting.rate:
        command += ["--rate", setting.rate]
    if setting.typed:
        command += ["--typed"]
    return command


def _wait(generator, limit_s):
    try:
        output, errors = generator.communicate(timeout=limit_s)
    except subprocess.TimeoutExpired:
        raise RunFailed(f"the generator did not end within {limit_s:.0f} s") from None
    try:
        return json.loads(output), errors
    except json.JSONDecodeError:
        raise RunFailed(f"generator: {last_line(errors)}") from None


def _check(result, errors):
    if result["errors"] or result.get("unanswered"):
        raise RunFailed(
            f"{result['errors']} errors, {result.get('unanswered', 0)} messages unanswered; "
            f"{last_line(errors)}"
        )


_PIPES = dict(stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def _run_generator(lab, server, command, limit_s):
    generator = spawn(command, [lab.generator_core], stdin=subprocess.DEVNULL, **_PIPES)
    try:
        result, errors = _wait(generator, limit_s)
    finally:
        stop(generator, grace_s=0)
    server.check_alive()
    _check(result, errors)
    return result


def run_setting(lab, server_name, setting, extra=()):
    """The generator's report of one run."""
    with lab.start(server_name, extra) as server:
        command = _generator_command(lab, server, setting, lab.warmup_ms, lab.duration_ms)
        return _run_generator(lab, server, command, 120 + lab.duration_ms / 1000)


def run_idle(lab, server_name, connections, window_s):
    """Memory per connection and wake-ups, with the idle deadline of ours armed."""
    with lab.start(server_name, ["--idle-timeout", IDLE_TIMEOUT]) as server:
        command = [lab.programs / "bench-generator", "--json", "--idle", "--typed"]
        command += ["--framing", "delimited", "--connections", connections]
        command += ["--duration-ms", int(window_s * 1000)]
        command += ["--connect", server.address, "--server-pid", server.pid]
        return _run_generator(lab, server, command, 120 + window_s)


# -- system calls ----------------------------------------------------------------------------------


def _read_until(stream, text, limit_s):
    """Waits for `text` on an unbuffered stream."""
    seen = b""
    deadline = time.monotonic() + limit_s
    while text not in seen:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([stream], [], [], left)[0]:
            raise RunFailed(f"no '{text.decode()}' within {limit_s} s")
        part = os.read(stream.fileno(), 4096)
        if not part:
            raise RunFailed(f"no '{text.decode()}': {last_line(seen.decode(errors='replace'))}")
        seen += part


def _parse_summary(text):
    """`strace -c -U name,calls`: one line per system call."""
    calls = {}
    for line in text.splitlines():
        words = line.split()
        if len(words) == 2 and words[1].isdigit() and words[0] != "total":
            calls[words[0]] = int(words[1])
    return calls


def count_calls(lab, server_name, setting):
    """System calls of the server per message, by name. strace is attached when all connections
    are open and echoed, and detached before they are closed: nothing else is counted. It makes
    the server slow, so a closed loop has fuller batches than in the measured runs; an open loop
    gets a tenth of its rate, as else messages would pile up and be read together."""
    if setting.rate:
        setting = replace(setting, rate=setting.rate / 10)
    duration_ms = 1000 if setting.rate else 300
    with lab.start(server_name) as server, tempfile.NamedTemporaryFile() as summary:
        command = _generator_command(lab, server, setting, 100, duration_ms) + ["--gate"]
        pipes = dict(stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        tracer = None
        generator = spawn(command, [lab.generator_core], bufsize=0, **pipes)
        try:
            _read_until(generator.stderr, b"gate connected", 90)
            trace = ["strace", "-f", "-c", "-U", "name,calls", "-o", summary.name]
            tracer = spawn(
                trace + ["-p", server.pid],
                [lab.generator_core],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                bufsize=0,
            )
            _read_until(tracer.stderr, b"attached", 10)
            generator.stdin.write(b"\n")
            _read_until(generator.stderr, b"gate done", 120)
            tracer.send_signal(signal.SIGINT)
            tracer.wait(10)
            output, errors = generator.communicate(b"\n", timeout=30)
        except subprocess.TimeoutExpired:
            raise RunFailed("strace or the generator did not end in time") from None
        finally:
            for process in filter(None, (tracer, generator)):
                stop(process, grace_s=0)
                for stream in filter(None, (process.stdin, process.stdout, process.stderr)):
                    stream.close()
        calls = _parse_summary(Path(summary.name).read_text(errors="replace"))
    result = json.loads(output)
    result["unanswered"] = 0  # how much is left over says something about strace only
    _check(result, errors.decode(errors="replace"))
    return {name: count / result["messages_total"] for name, count in calls.items()}
