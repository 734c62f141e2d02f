#!/usr/bin/env python3
"""Who may include whom, from the #include lines alone (docs/architecture.md, section 2).

    apps -> actors -> flow -> libnet,  actors -> proto

Also: Asio stays in libnet's asio and platform sources, Beast, Boost.JSON and OpenSSL in its web,
tls and auth sources, CAF in the files of actors whose name starts with `caf`, libprotobuf in proto;
nobody includes tests or bench.
"""

import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import sources

# A folder's layer is that of the first match.
LAYERS = [
    (r"libnet/src/(asio|platform)/", "libnet-asio"),
    (r"libnet/(include/actornet|src)/sim/", "sim"),
    (r"libnet/(include/actornet|src)/tls/", "tls"),
    (r"libnet/(include/actornet|src)/web/", "web"),
    (r"libnet/(include/actornet|src)/auth/", "auth"),
    (r"libnet/", "libnet"),
    (r"proto/", "proto"),
    (r"actors/(include/actornet|src)/flow/", "flow"),
    (r"actors/(include/actornet|src)/(detail/)?caf[^/]*$", "actors-caf"),
    (r"actors/(include/actornet|src)/cluster/", "cluster"),
    (r"actors/(include/actornet|src)/rooms/", "rooms"),
    (r"actors/(include/actornet|src)/history_sqlite/", "history-sqlite"),
    (r"actors/(include/actornet|src)/nats/", "nats"),
    (r"actors/(include/actornet|src)/history_nats/", "history-nats"),
    (r"actors/", "actors"),
    (r"apps/", "apps"),
    (r"tests/", "tests"),
    (r"bench/", "bench"),
]

# layer -> (layers it may include, dependencies it may include)
RULES = {
    "libnet": ({"libnet"}, set()),
    "libnet-asio": ({"libnet", "libnet-asio"}, {"boost"}),
    "sim": ({"libnet", "sim"}, set()),
    "tls": ({"libnet", "tls"}, {"openssl"}),
    "web": ({"libnet", "web"}, {"boost", "openssl"}),
    "auth": ({"libnet", "auth"}, {"boost", "openssl"}),
    "proto": ({"proto"}, {"protobuf"}),
    "flow": ({"libnet", "flow"}, set()),
    "actors": ({"libnet", "proto", "flow", "actors"}, set()),
    "cluster": ({"libnet", "proto", "flow", "cluster"}, {"protobuf"}),
    "rooms": ({"libnet", "proto", "flow", "actors", "cluster", "rooms"}, set()),
    "history-sqlite": ({"libnet", "cluster", "rooms", "history-sqlite"}, {"sqlite"}),
    "nats": ({"libnet", "cluster", "nats"}, {"libnats"}),
    "history-nats": ({"libnet", "cluster", "rooms", "nats", "history-nats"}, set()),
    "actors-caf": ({"libnet", "proto", "flow", "actors", "actors-caf"}, {"caf"}),
    "apps": ({"libnet", "tls", "web", "auth", "proto", "flow", "actors", "actors-caf", "cluster", "rooms",
              "history-sqlite", "nats", "history-nats", "apps"}, {"cli11", "spdlog"}),
}

DEPENDENCIES = [
    (r"boost/", "boost"),
    (r"caf/", "caf"),
    (r"google/protobuf/", "protobuf"),
    (r"CLI/", "cli11"),
    (r"spdlog/", "spdlog"),
    (r"openssl/", "openssl"),
    (r"sqlite3\.h$", "sqlite"),
    (r"nats/nats\.h$", "libnats"),
    (r"g(test|mock)/", "googletest"),
    (r"benchmark/", "benchmark"),
]

PUBLIC = ("libnet/include", "proto/include", "actors/include")


def first(table, text):
    return next((name for pattern, name in table if re.match(pattern, text)), None)


def resolve(root, includer, included):
    """The path of the repository's file that `#include "included"` names; None: not ours."""
    schema = re.sub(r"\.pb\.h$", ".proto", included)
    places = [os.path.dirname(includer), *PUBLIC, "tests"]
    candidates = [os.path.normpath(os.path.join(place, included)) for place in places]
    if schema != included:
        candidates.append(os.path.join("proto/schemas", schema))
    folder = includer.split("/")
    candidates += ["/".join(folder[:depth] + [included]) for depth in range(1, len(folder))]
    return next((path for path in candidates if os.path.isfile(os.path.join(root, path))), None)


def complaint_about(root, includer, quote, included):
    layer = first(LAYERS, includer)
    layers, dependencies = RULES[layer]
    dependency = first(DEPENDENCIES, included)
    if dependency:
        return None if dependency in dependencies else f"{layer} must not know {dependency}"
    target = resolve(root, includer, included)
    if target is None:
        return "cannot be found in this repository" if quote == '"' else None
    other = first(LAYERS, target)
    if other not in layers:
        return f"{layer} must not include {other} ({target})"
    public = target.startswith(PUBLIC) or target.startswith("proto/schemas")
    if not public and target.split("/")[0] != includer.split("/")[0]:
        return f"{target} is private to {target.split('/')[0]}"
    if (layer == "apps" and other == "apps" and not target.startswith("apps/common/")
            and target.split("/")[1] != includer.split("/")[1]):
        return f"{target} belongs to another application"
    if not public and includer.startswith(PUBLIC):
        return f"a public header must not include the private {target}"
    return None


def check(root):
    complaints = []
    for path in sources.files(root, under=("libnet/", "proto/", "actors/", "apps/")):
        for line, quote, included in sources.includes(sources.read(root, path)):
            complaint = complaint_about(root, path, quote, included)
            if complaint:
                complaints.append(f"{path}:{line}: {included}: {complaint}")
    return complaints


if __name__ == "__main__":
    sources.report(check)
