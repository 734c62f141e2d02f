"""Small trees with planted violations, for the tests of the checks."""

import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

REPOSITORY = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class PlantedTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="actornet-planted-")
        self.addCleanup(self.folder.cleanup)
        self.root = self.folder.name

    def plant(self, path, text):
        full = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as file:
            file.write(text)
        return full

    def assert_found(self, complaints, *parts):
        """There is exactly one complaint, and it has all of `parts`."""
        self.assertEqual(len(complaints), 1, complaints)
        for part in parts:
            self.assertIn(part, complaints[0])


def flags_file():
    """Handed over by CMake; the tests of one check do not need it."""
    return sys.argv[1]


def main():
    unittest.main(module="__main__", argv=sys.argv[:1], verbosity=2)
