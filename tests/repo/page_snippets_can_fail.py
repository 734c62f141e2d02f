#!/usr/bin/env python3
import planted
from page_snippets import check, write

SOURCE = "int before;\n  // [twice]\n  int twice(int n) {\n    return 2 * n;\n  }\n  // [/twice]\n"
TEXT = "int twice(int n) {\n  return 2 * n;\n}\n"


def block(text, mark="<!-- tests/a.cpp [twice] -->\n"):
    return f"Text.\n\n{mark}```cpp\n{text}```\n"


class PageSnippetsTest(planted.PlantedTest):
    def setUp(self):
        super().setUp()
        self.plant("tests/a.cpp", SOURCE)

    def test_lets_a_block_that_is_its_region_pass(self):
        self.plant("docs/page.md", block(TEXT))
        self.assertEqual(check(self.root), [])

    def test_lets_a_page_without_marks_be(self):
        self.plant("docs/page.md", block(TEXT))
        self.plant("docs/other.md", block("anything();\n", mark=""))
        self.assertEqual(check(self.root), [])

    def test_finds_a_block_that_differs(self):
        self.plant("docs/page.md", block(TEXT.replace("2", "3")))
        self.assert_found(check(self.root), "docs/page.md:3", "tests/a.cpp [twice]")

    def test_finds_a_block_without_a_mark_beside_others(self):
        self.plant("docs/page.md", block(TEXT) + block("anything();\n", mark=""))
        self.assert_found(check(self.root), "docs/page.md", "does not say where it is from")

    def test_finds_a_mark_of_nothing(self):
        self.plant("docs/page.md", block(TEXT) + block(TEXT, mark="<!-- tests/a.cpp [no] -->\n"))
        self.assert_found(check(self.root), "no region [no]")

    def test_finds_a_region_that_no_page_shows(self):
        self.plant("docs/page.md", block(TEXT))
        self.plant("tests/b.go", "// [alone]\nfunc f() {}\n// [/alone]\n")
        self.assert_found(check(self.root), "tests/b.go: [alone] is on no page")

    def test_finds_a_region_without_an_end(self):
        self.plant("docs/page.md", block(TEXT))
        self.plant("tests/b.go", "// [open]\nfunc f() {}\n")
        self.assert_found(check(self.root), "tests/b.go: [open] does not end")

    def test_writes_regions_into_pages(self):
        self.plant("docs/page.md", block("old\n"))
        write(self.root)
        self.assertEqual(check(self.root), [])


if __name__ == "__main__":
    planted.main()
