#!/usr/bin/env python3
import planted
from compiler import Compiler
from must_not_compile import verdict

CASE = """// good: {good}
// bad: {bad}
// expect: {expect}
void take(int*);
void call() {{ take({use}); }}
"""


class MustNotCompileTest(planted.PlantedTest):
    def verdict_on(self, good="nullptr", bad="3.5", expect="cannot convert .double.", use="TOKEN"):
        case = self.plant("case.cpp", CASE.format(good=good, bad=bad, expect=expect, use=use))
        return verdict(Compiler(planted.flags_file()), case)

    def test_a_case_holds(self):
        self.assertIsNone(self.verdict_on())

    def test_finds_a_bad_twin_that_compiles(self):
        self.assertIn("compiles with the bad token", self.verdict_on(bad="0"))

    def test_finds_a_good_twin_that_does_not_compile(self):
        self.assertIn("does not compile", self.verdict_on(good='"text"'))

    def test_finds_another_reason(self):
        self.assertIn("no error matches", self.verdict_on(bad="undeclared"))

    def test_finds_a_case_that_ignores_its_token(self):
        self.assertIn("does not use TOKEN", self.verdict_on(use="nullptr /*x*/"))

    def test_finds_twins_that_are_the_same(self):
        self.assertIn("needs the lines", self.verdict_on(bad="nullptr"))


if __name__ == "__main__":
    planted.main()
