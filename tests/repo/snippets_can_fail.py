#!/usr/bin/env python3
import planted
from compiler import Compiler
from snippets import check

COMPILER = Compiler(planted.flags_file())
GOOD = "```cpp\nint main() { return 0; }\n```\n"


class SnippetsTest(planted.PlantedTest):
    def complaints(self):
        return check(self.root, COMPILER)[0]

    def test_finds_a_program_that_does_not_compile(self):
        self.plant("README.md", GOOD + "```cpp\nint main() { return nothing; }\n```\n")
        self.assert_found(self.complaints(), "README.md", "does not compile")

    def test_finds_a_link_that_leads_nowhere(self):
        for link in ("[a](gone.md)", "[a](docs/gone.md#part)", '[a](gone.md "title")',
                     "![a](<gone.svg>)", "[a]: gone.md"):
            self.plant("README.md", GOOD + link + "\n")
            self.assert_found(self.complaints(), "README.md", "gone")

    def test_lets_other_links_pass(self):
        self.plant("docs/more.md", "[up](../README.md) [here](#part) [part](more.md#part)\n")
        self.plant("README.md", GOOD + "[d](docs) [m](docs/more.md) [w](https://a.org/b(c).md)\n"
                   "`[a](gone.md)`\n```cpp\nauto f = [x](gone) {};\n```\n")
        self.assertEqual(self.complaints(), [])

    def test_finds_documents_without_a_program(self):
        self.plant("README.md", "text\n")
        self.assert_found(self.complaints(), "no program", "")

    def test_lets_a_good_program_and_fragments_pass(self):
        self.plant("README.md", GOOD)
        self.plant("docs/more.md", "```cpp\nfragment(\n```\n")
        self.assertEqual(self.complaints(), [])


if __name__ == "__main__":
    planted.main()
