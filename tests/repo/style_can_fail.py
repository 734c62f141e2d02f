#!/usr/bin/env python3
import planted
import style

BANNED = ["auto f = [=] { return x; };", "auto f = [=, &y] { return x; };", "#include <format>",
          "std::jthread t;", "std::binary_semaphore s{0};", "std::atomic<std::shared_ptr<int>> p;"]


class StyleTest(planted.PlantedTest):
    def setUp(self):
        super().setUp()
        self.addCleanup(style.LONGER_FILES.clear)

    def test_finds_a_file_that_is_one_line_too_long(self):
        self.plant("libnet/src/a.cpp", "\n" * style.file_lines_max)
        self.assertEqual(style.check(self.root), [])
        self.plant("libnet/src/a.cpp", "\n" * (style.file_lines_max + 1))
        self.assert_found(style.check(self.root), "a.cpp: 401 lines")

    def test_an_exception_may_only_become_shorter(self):
        style.LONGER_FILES["libnet/src/a.cpp"] = 500
        for lines, complaints in ((501, 1), (500, 0), (499, 1)):
            self.plant("libnet/src/a.cpp", "\n" * lines)
            self.assertEqual(len(style.check(self.root)), complaints)

    def test_finds_a_header_without_a_guard(self):
        self.plant("libnet/src/a.hpp", "// #pragma once\n")
        self.assert_found(style.check(self.root), "a.hpp", "#pragma once")

    def test_finds_what_is_banned(self):
        for text in BANNED:
            path = self.plant("actors/src/a.cpp", text + "\n")
            self.assert_found(style.check(self.root), "a.cpp:1:")
            self.plant(path, "")

    def test_finds_the_marks_of_a_merge_in_any_file(self):
        path = self.plant("scripts/lib", "a\n<<<<<<< HEAD\nb\n")
        self.assert_found(style.check(self.root), "scripts/lib", "merge")
        self.plant(path, "a << b\n=======\n")
        self.assertEqual(style.check(self.root), [])

    def test_lets_other_code_pass(self):
        self.plant("actors/src/a.cpp", "a[i] = b;  // not [=]\n")
        self.assertEqual(style.check(self.root), [])


if __name__ == "__main__":
    planted.main()
