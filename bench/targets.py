"""The numbers to reach, all of them, and what is run to get them.

Macro benchmarks: a server on one core, `bench-generator` on the other. A setting is what the
generator does; all servers of a setting see the same bytes. Micro benchmarks: Google Benchmark
programs `bench-*`; a row names its benchmark, in whichever of them it is.
"""

from dataclasses import dataclass


# -- macro: ratios of two servers ------------------------------------------------------------------


@dataclass(frozen=True)
class Setting:
    title: str
    connections: int
    depth: int = 1
    size: int = 64
    rate: int = 0  # messages/s, 0 = closed loop
    typed: bool = False


SETTINGS = {
    "d1-c100": Setting("depth 1, 100 connections", 100),
    "d1-c1000": Setting("depth 1, 1,000 connections", 1000),
    "d1-c10000": Setting("depth 1, 10,000 connections", 10000),
    "d16-c100": Setting("depth 16, 100 connections", 100, depth=16),
    "d16-c100-1k": Setting("depth 16, 100 connections, 1 KiB", 100, depth=16, size=1024),
    "open-c1000": Setting("open loop, 20,000 messages/s over 1,000 connections", 1000, rate=20000),
    "typed-d1-c100": Setting("depth 1, 100 connections", 100, typed=True),
    "typed-d16-c100": Setting("depth 16, 100 connections", 100, depth=16, typed=True),
}


@dataclass(frozen=True)
class Ratio:
    """`ours` over `peer`, or with `peer_over_ours` the other way round."""

    what: str
    setting: str
    ours: str
    peer: str
    limit: float
    metric: str = "cpu"
    peer_over_ours: bool = False  # then the limit is a lower one
    aim: float = 0


def _cpu(style, setting, limit, aim=0):
    title = SETTINGS[setting].title
    return Ratio(f"CPU, {style} over raw epoll, {title}", setting, style, "raw", limit, aim=aim)


def _go(setting):
    what = f"CPU, Go over session, {SETTINGS[setting].title}"
    return Ratio(what, setting, "session", "go", 1.25, peer_over_ours=True)


def _open(what, limit, metric):
    title = f"{what}, session over raw epoll, {SETTINGS['open-c1000'].title}"
    return Ratio(title, "open-c1000", "session", "raw", limit, metric)


RATIOS = [
    _cpu("session", "d1-c100", 1.15),
    _cpu("session", "d1-c1000", 1.15),
    _cpu("session", "d1-c10000", 1.15),
    _cpu("session", "d16-c100", 1.3),
    _cpu("session", "d16-c100-1k", 1.3),
    _go("d1-c100"),
    _go("d1-c1000"),
    _open("CPU", 1.25, "cpu"),
    _open("p50", 1.3, "p50"),
    _open("p99", 2.0, "p99"),
    _cpu("typed", "typed-d1-c100", 1.35),
    _cpu("typed", "typed-d16-c100", 2.7, aim=2.3),
]


# -- macro: one server -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Idle:
    """`typed` with an idle deadline armed, each connection after one message, then silence."""

    connections: int = 10000
    window_s: int = 10
    memory_what: str = "resident bytes per idle connection, typed, 10,000 connections"
    memory_limit: int = 1536
    memory_aim: int = 1024
    wakeups_what: str = "wake-ups of that idle server in 10 s"
    wakeups_limit: int = 4


@dataclass(frozen=True)
class Many:
    what: str = "connections in one process, each echoing, without an error"
    connections: int = 19000


IDLE = Idle()
MANY = Many()


# -- beside ours: all peers, no targets ------------------------------------------------------------

PEER_SETTINGS = ["d1-c100", "d1-c1000", "d1-c10000", "d16-c100"]


def peer_rounds(pairs):
    """The table of all peers is for orientation, and has six servers a round: a third."""
    return max(pairs // 3, min(pairs, 3))


# -- micro -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Micro:
    """A benchmark's median, in ns per iteration; or its ratio to another one."""

    what: str
    benchmark: str
    limit: float
    over: str = ""  # the benchmark to divide by
    field: str = "real_time"  # or items_per_second
    at_least: bool = False
    cores: int = 1
    zero_counters: tuple = ()  # user counters that must be 0


MICRO = [
    Micro("message to a connection actor on its loop, burst", "connection_message/burst", 60),
    Micro("message to a connection actor on its loop, lone", "connection_message/lone", 100),
    Micro("the same as CAF message to its typed actor, burst", "connection_actor/burst", 60),
    Micro("the same as CAF message to its typed actor, lone", "connection_actor/lone", 100),
    Micro(
        "readiness entry, without allocation",
        "readiness_entry",
        45,
        zero_counters=("allocations",),
    ),
    Micro("message between two CAF actors on one loop, burst", "caf_message/burst", 140),
    Micro("message between two CAF actors on one loop, ping-pong", "caf_message/ping_pong", 300),
    Micro("pool lease + return on the owning loop", "pool/lease_and_return", 60),
    Micro("timer arm + cancel, the same timer", "timer_rearm/same", 15),
    Micro("timer arm + cancel, a random one of 1,000,000", "timer_rearm/random_of_1000000", 120),
    Micro(
        "throughput of handlers of 50 µs, 2 loops over 1",
        "handler_50us/loops:2",
        1.8,
        over="handler_50us/loops:1",
        field="items_per_second",
        at_least=True,
        cores=2,
    ),
    Micro(
        "time for 1,000 unpinned actors woken on one loop, 2 loops over 1",
        "unpinned_actors_woken/loops:2",
        0.6,
        over="unpinned_actors_woken/loops:1",
        cores=2,
    ),
]


# -- channels, select, tasks: beside Go ------------------------------------------------------------


@dataclass(frozen=True)
class Flow:
    """A program of `bench-flow` and `peer-flow-go`: elapsed time, CPU time or bytes per item."""

    what: str
    program: str
    limit: float = 0  # 0: no absolute target
    over_go: float = 0  # 0: no relative target
    field: str = "real_ns"
    count: int = 1_000_000


FLOW = [
    Flow("unbuffered channel ping-pong, one way, same loop", "ping_pong", 60, 0.5),
    Flow("buffered stream (1,024), per element, same loop", "stream", 20),
    Flow("the same, two loops, one by one", "stream_two_loops", over_go=2),
    Flow("the same, two loops, receive_many", "stream_two_loops_many", over_go=1.1),
    Flow("select over 4 ready channels, per receive", "select", over_go=0.7),
    Flow("spawn + run + finish a child task", "spawn", 150, 0.5),
    Flow("bytes of a parked child task, 1,000,000 live", "parked", 512, field="bytes"),
    Flow("CPU, worker pool, per job", "worker_pool", over_go=1, field="cpu_ns"),
    Flow("CPU, pipeline of 4 stages, per element", "pipeline", over_go=1, field="cpu_ns"),
    Flow("CPU, fan-in with select, per element", "fan_in", over_go=1, field="cpu_ns"),
    # The same with tasks put on both loops by hand, for orientation: in Go the scheduler decides.
    Flow("CPU, pipeline whose stages take turns on two loops", "pipeline_two_loops", field="cpu_ns"),
    Flow("CPU, fan-in from a task of each loop", "fan_in_two_loops", field="cpu_ns"),
]


# -- chat: fan-out ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class ChatSetting:
    """What `actornet-load --chat` does. A closed loop has one publisher in a room, so that all
    that may be outstanding is published at once; at a rate the members take turns."""

    title: str
    members: int
    rooms: int = 1
    outstanding: int = 1
    rate: int = 0  # messages/s over all rooms, 0 = closed loop
    size: int = 128
    duration_ms: int = 0  # 0: as other settings
    rounds_divided_by: int = 1


CHAT_SETTINGS = {
    "chat-1": ChatSetting("128 B to 1,000 members, 1 outstanding", 1000),
    "chat-16": ChatSetting("128 B to 1,000 members, 16 outstanding", 1000, outstanding=16),
    "chat-ws-1": ChatSetting("128 B to 1,000 members over WebSocket, 1 outstanding", 1000),
    "chat-ws-16": ChatSetting(
        "128 B to 1,000 members over WebSocket, 16 outstanding", 1000, outstanding=16
    ),
    "chat-room": ChatSetting(
        "10,000 members in a room, 4 messages/s", 10000, rate=4, duration_ms=60000,
        rounds_divided_by=15,
    ),
    "chat-rooms": ChatSetting(
        "1,000 rooms of 10 members, 4,000 messages/s", 10000, rooms=1000, rate=4000,
        duration_ms=5000, rounds_divided_by=3,
    ),
}


@dataclass(frozen=True)
class ChatRatio:
    """A row: `ours` over `peer`, servers of harness/chat_servers.py."""

    what: str
    setting: str
    ours: str
    peer: str
    metric: str = "cpu"  # per delivery
    limit: float = 0  # 0: no target


def _fan_out(what, setting, ours, peer, limit=0.0):
    title = CHAT_SETTINGS[setting].title
    return ChatRatio(f"CPU per delivery, {what}, {title}", setting, ours, peer, limit=limit)


def _beside_go(metric, setting):
    title = CHAT_SETTINGS[setting].title
    name = "CPU per delivery" if metric == "cpu" else metric
    return ChatRatio(f"{name}, chat over Go, {title}", setting, "chat", "go", metric)


# A run that lost a message is no run: the row fails.
CHAT_LOSSLESS = {"chat-room": ("chat", f"messages lost, {CHAT_SETTINGS['chat-room'].title}")}

CHAT = [
    _fan_out("chat over raw epoll", "chat-1", "chat", "raw", 1.2),
    _fan_out("chat over raw epoll", "chat-16", "chat", "raw", 1.5),
    _fan_out("chat over Go", "chat-1", "chat", "go", 0.75),
    _fan_out("chat over Go", "chat-16", "chat", "go", 0.6),
    _fan_out("WebSocket over TCP", "chat-ws-1", "chat-ws", "chat", 1.3),
    _fan_out("WebSocket over TCP", "chat-ws-16", "chat-ws", "chat", 1.3),
    _fan_out("chat over Go's gorilla", "chat-ws-1", "chat-ws", "go-ws"),
    _fan_out("chat over Go's gorilla", "chat-ws-16", "chat-ws", "go-ws"),
    _fan_out("chat over Node's ws", "chat-ws-1", "chat-ws", "node-ws"),
    _fan_out("chat over Node's ws", "chat-ws-16", "chat-ws", "node-ws"),
    _beside_go("p99", "chat-room"),
    _beside_go("p99", "chat-rooms"),
    _beside_go("cpu", "chat-rooms"),
    # The peers among themselves, for orientation.
    _fan_out("Go over raw epoll", "chat-1", "go", "raw"),
    _fan_out("Go over raw epoll", "chat-16", "go", "raw"),
    _fan_out("Node's ws over Go's gorilla", "chat-ws-1", "node-ws", "go-ws"),
    _fan_out("Node's ws over Go's gorilla", "chat-ws-16", "node-ws", "go-ws"),
]
