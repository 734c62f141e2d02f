#!/usr/bin/env python3
"""One header in between, so that the #include lines of the header itself look innocent."""

import planted
from reach import check


class ReachTest(planted.PlantedTest):
    def check_with(self, header, dependency):
        self.plant("libnet/include/actornet/net/between.inc", f"#include <{dependency}>\n")
        path = self.plant(header, f'#pragma once\n#include "{self.root}/libnet/include/actornet/'
                                  'net/between.inc"\n')
        complaints = check(self.root, planted.flags_file())
        self.plant(path, "")
        return complaints

    def test_finds_what_a_public_header_brings_in(self):
        connection = "actors/include/actornet/connection.hpp"
        for header, dependency, name in (
                (connection, "caf/config.hpp", "CAF"),
                (connection, "boost/version.hpp", "Boost"),
                ("actors/include/actornet/caf.hpp", "boost/version.hpp", "Boost"),
                ("actors/include/actornet/flow/task.hpp", "caf/config.hpp", "CAF"),
                ("actors/include/actornet/flow/task.hpp", "google/protobuf/port.h", "protobuf"),
                ("libnet/include/actornet/net/loop.hpp", "google/protobuf/port.h", "protobuf"),
                ("libnet/include/actornet/net/loop.hpp", "boost/version.hpp", "Boost"),
                ("proto/include/actornet/proto/codec.hpp", "caf/config.hpp", "CAF")):
            self.assert_found(self.check_with(header, dependency), header, f"brings in {name}")

    def test_lets_each_header_bring_in_what_is_its_own(self):
        for header, dependency in (
                ("actors/include/actornet/caf.hpp", "caf/config.hpp"),
                ("proto/include/actornet/proto/codec.hpp", "google/protobuf/port.h"),
                ("libnet/include/actornet/net/loop.hpp", "vector")):
            self.assertEqual(self.check_with(header, dependency), [])

    def test_finds_a_header_that_cannot_be_read(self):
        self.assert_found(self.check_with("libnet/include/actornet/net/a.hpp", "gone.hpp"),
                          "does not compile")


if __name__ == "__main__":
    planted.main()
