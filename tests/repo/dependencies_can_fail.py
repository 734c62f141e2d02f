#!/usr/bin/env python3
"""A CAF or a compiler that cannot be used is refused when the build is configured, in one line."""

import os
import subprocess

import planted

PROJECT = """
cmake_minimum_required(VERSION 3.25)
project(planted LANGUAGES {languages})
list(APPEND CMAKE_MODULE_PATH {repository}/cmake)
{text}
"""


class DependenciesTest(planted.PlantedTest):
    def configure(self, text, *arguments, languages="NONE"):
        self.plant("CMakeLists.txt", PROJECT.format(
            languages=languages, repository=planted.REPOSITORY, text=text))
        return subprocess.run(["cmake", "-G", "Ninja", "-S", self.root, "-B",
                               os.path.join(self.root, "build", languages), *arguments],
                              capture_output=True, text=True)

    def find_caf(self, config, languages="NONE"):
        self.plant("caf/include/caf/config.hpp", config)
        self.plant("caf/lib/libcaf_core.so", "")
        return self.configure("find_package(CAF 0.17.6 REQUIRED COMPONENTS core)",
                              f"-DCAF_ROOT={self.root}/caf", languages=languages)

    def assert_refused(self, run, *parts):
        self.assertNotEqual(run.returncode, 0)
        lines = [line for line in run.stderr.splitlines() if parts[0] in line]
        self.assertEqual(len(lines), 1, run.stderr)
        for part in parts:
            self.assertIn(part, lines[0])

    def test_another_caf_is_refused(self):
        for version, config in (
                ("0.17.5", "#define CAF_VERSION 1705\n"),
                ("0.18.3", "#define CAF_VERSION 1803\n"),
                ("1.0.1", "#define CAF_VERSION 10001\n"),
                ("1.1.0", "#define CAF_VERSION 010100\n#define CAF_MAJOR_VERSION 1\n"
                          "#define CAF_MINOR_VERSION 1\n#define CAF_PATCH_VERSION 0\n")):
            with self.subTest(version=version):
                self.assert_refused(self.find_caf(config), "actornet needs CAF 0.17.6",
                                    f"has CAF {version}", "set CAF_ROOT")

    def test_our_caf_is_taken(self):
        run = self.find_caf("#define CAF_VERSION 1706\n", languages="CXX")
        self.assertEqual(run.returncode, 0, run.stderr)

    def with_compiler(self, identity, version):
        return self.configure(f"""
            set(CMAKE_CXX_COMPILER_ID {identity})
            set(CMAKE_CXX_COMPILER_VERSION {version})
            include(GNUInstallDirs)
            include(actornet_build)""")

    def test_clang_16_is_refused(self):
        self.assert_refused(self.with_compiler("Clang", "16.0.6"), "clang 16 miscompiles", "g++")

    def test_other_compilers_are_taken(self):
        for identity, version in (("Clang", "14.0.6"), ("Clang", "19.1.0"), ("GNU", "16.1.0")):
            run = self.with_compiler(identity, version)
            self.assertEqual(run.returncode, 0, run.stderr)


if __name__ == "__main__":
    planted.main()
