#!/usr/bin/env python3
"""A library made by actornet_library whose header forgets an #include."""

import os
import subprocess

import planted

PROJECT = f"""
cmake_minimum_required(VERSION 3.25)
project(planted LANGUAGES CXX)
set(ACTORNET_SANITIZE "")
include(GNUInstallDirs)
include({planted.REPOSITORY}/cmake/actornet_build.cmake)
actornet_globbed(headers include/*.hpp)
actornet_library(planted BASE include HEADERS ${{headers}})
"""


class HeadersTest(planted.PlantedTest):
    def build(self, header):
        self.plant("CMakeLists.txt", PROJECT)
        self.plant("include/value.hpp", header)
        folder = os.path.join(self.root, "build")
        subprocess.run(["cmake", "-G", "Ninja", "-S", self.root, "-B", folder], check=True,
                       capture_output=True)
        return subprocess.run(["cmake", "--build", folder, "--target",
                               "all_verify_interface_header_sets"], capture_output=True, text=True)

    def test_finds_a_header_that_does_not_compile_alone(self):
        run = self.build("#pragma once\ninline std::string value;\n")
        self.assertNotEqual(run.returncode, 0)
        self.assertIn("value.hpp", run.stdout)

    def test_lets_a_complete_header_pass(self):
        run = self.build("#pragma once\n#include <string>\ninline std::string value;\n")
        self.assertEqual(run.returncode, 0, run.stdout)


if __name__ == "__main__":
    planted.main()
