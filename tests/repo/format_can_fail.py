#!/usr/bin/env python3
import os
import shutil

import planted
from format import check


class FormatTest(planted.PlantedTest):
    def setUp(self):
        super().setUp()
        shutil.copy(os.path.join(planted.REPOSITORY, ".clang-format"), self.root)

    def test_finds_a_file_that_is_formatted_otherwise(self):
        for text in ("int main() {\n    return 0;\n}\n", "int *p;\n", "int f() { return 0; }\n",
                     "int " + "a" * 60 + " = " + "b" * 60 + ";\n"):
            self.plant("apps/echo/a.cpp", text)
            self.assert_found(check(self.root), "apps/echo/a.cpp:")

    def test_lets_formatted_code_pass(self):
        self.plant("apps/echo/a.cpp", "int main() {\n  return 0;\n}\n")
        self.assertEqual(check(self.root), [])


if __name__ == "__main__":
    planted.main()
