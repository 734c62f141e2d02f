#!/usr/bin/env python3
import planted
from layering import check

HEADERS = [
    "libnet/include/actornet/net/loop.hpp", "libnet/include/actornet/sim/network.hpp",
    "libnet/src/asio/asio_backend.hpp", "proto/include/actornet/proto/codec.hpp",
    "actors/include/actornet/flow/task.hpp", "actors/include/actornet/connection.hpp",
    "actors/include/actornet/caf.hpp", "actors/src/caf_scheduler.hpp", "actors/src/table.hpp",
    "apps/echo/options.hpp", "apps/load/options.hpp", "tests/support/helper.hpp",
]

FORBIDDEN = [  # includer, what it must not include, part of the complaint
    ("libnet/src/a.cpp", '"actornet/proto/codec.hpp"', "must not include proto"),
    ("libnet/src/a.cpp", '"actornet/connection.hpp"', "must not include actors"),
    ("libnet/src/a.cpp", '"actornet/sim/network.hpp"', "must not include sim"),
    ("libnet/src/a.cpp", '"asio/asio_backend.hpp"', "must not include libnet-asio"),
    ("libnet/src/a.cpp", "<boost/asio/io_context.hpp>", "must not know boost"),
    ("libnet/include/actornet/net/a.hpp", "<boost/asio/ip/tcp.hpp>", "must not know boost"),
    ("libnet/src/asio/a.cpp", "<caf/all.hpp>", "must not know caf"),
    ("libnet/src/sim/a.cpp", "<boost/asio/ip/tcp.hpp>", "must not know boost"),
    ("libnet/src/a.cpp", '"support/helper.hpp"', "must not include tests"),
    ("proto/src/a.cpp", '"actornet/net/loop.hpp"', "must not include libnet"),
    ("proto/src/a.cpp", '"actornet/flow/task.hpp"', "must not include flow"),
    ("actors/src/flow/a.cpp", "<caf/actor.hpp>", "must not know caf"),
    ("actors/src/flow/a.cpp", "<boost/asio/post.hpp>", "must not know boost"),
    ("actors/src/flow/a.cpp", '"actornet/connection.hpp"', "must not include actors"),
    ("actors/src/flow/a.cpp", '"actornet/proto/codec.hpp"', "must not include proto"),
    ("actors/src/a.cpp", "<caf/actor.hpp>", "must not know caf"),
    ("actors/src/a.cpp", '"actornet/caf.hpp"', "must not include actors-caf"),
    ("actors/src/a.cpp", '"caf_scheduler.hpp"', "must not include actors-caf"),
    ("actors/src/a.cpp", "<google/protobuf/message.h>", "must not know protobuf"),
    ("actors/src/caf_a.cpp", "<boost/asio/post.hpp>", "must not know boost"),
    ("actors/src/caf_a.cpp", '"../../libnet/src/asio/asio_backend.hpp"', "must not include libnet-"),
    ("actors/include/actornet/a.hpp", '"../../src/table.hpp"', "public header must not include"),
    ("apps/echo/a.cpp", "<boost/asio/post.hpp>", "must not know boost"),
    ("apps/echo/a.cpp", "<caf/actor.hpp>", "must not know caf"),
    ("apps/echo/a.cpp", '"../load/options.hpp"', "another application"),
    ("apps/echo/a.cpp", '"../../actors/src/table.hpp"', "is private to actors"),
    ("apps/echo/a.cpp", '"../../tests/support/helper.hpp"', "must not include tests"),
    ("apps/echo/a.cpp", '"gone.hpp"', "cannot be found"),
    ("apps/echo/a.cpp", "<gtest/gtest.h>", "must not know googletest"),
]

ALLOWED = [
    ("libnet/src/a.cpp", '"actornet/net/loop.hpp"'),
    ("libnet/src/a.cpp", "<vector>"),
    ("libnet/src/platform/a.cpp", "<boost/asio/io_context.hpp>"),
    ("libnet/src/platform/a.cpp", '"../asio/asio_backend.hpp"'),
    ("libnet/src/sim/a.cpp", '"actornet/sim/network.hpp"'),
    ("proto/src/a.cpp", "<google/protobuf/message.h>"),
    ("actors/src/flow/a.cpp", '"actornet/net/loop.hpp"'),
    ("actors/src/a.cpp", '"table.hpp"'),
    ("actors/src/a.cpp", '"actornet/proto/codec.hpp"'),
    ("actors/src/caf_a.cpp", "<caf/actor.hpp>"),
    ("actors/src/caf_a.cpp", '"caf_scheduler.hpp"'),
    ("actors/include/actornet/caf.hpp", "<caf/actor.hpp>"),
    ("apps/echo/a.cpp", '"actornet/caf.hpp"'),
    ("apps/echo/a.cpp", '"options.hpp"'),
    ("apps/echo/a.cpp", "<CLI/CLI.hpp>"),
    ("tests/libnet/a.cpp", "<boost/asio/io_context.hpp>"),
]


class LayeringTest(planted.PlantedTest):
    def setUp(self):
        super().setUp()
        for header in HEADERS:
            self.plant(header, "#pragma once\n")

    def test_finds_each_forbidden_include(self):
        for includer, included, complaint in FORBIDDEN:
            with self.subTest(includer=includer, included=included):
                path = self.plant(includer, f"// why\n#  include {included}\n")
                self.assert_found(check(self.root), f"{includer}:2:", complaint)
                self.plant(path, "")

    def test_lets_each_allowed_include_pass(self):
        for includer, included in ALLOWED:
            self.plant(includer, f"#include {included}\n")
            self.assertEqual(check(self.root), [])

    def test_does_not_see_comments_and_text(self):
        self.plant("libnet/src/a.cpp",
                   '/*\n#include <caf/all.hpp>\n*/\nauto t = R"(\n#include <caf/all.hpp>\n)";\n')
        self.assertEqual(check(self.root), [])


if __name__ == "__main__":
    planted.main()
