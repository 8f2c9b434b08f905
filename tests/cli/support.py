"""Runs the executable as a user does: words in, standard output, standard error and the exit code out."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

PROGRAM = os.environ["HOMEWARD_PROGRAM"]
COMMANDS = ["load", "register", "match", "merge", "rank", "explain", "lr", "power", "simulate", "evaluate", "dedup", "contact", "withdraw", "audit", "info", "check", "export", "bench", "doctor", "version", "completion"]
OK, FAILURE, USAGE, INPUT, STORE, STOPPED = 0, 1, 2, 3, 4, 5
RUN_FILES = ("hits.h5", "candidates.tsv", "loci.tsv", "joint.tsv", "lineage.tsv", "family_check.tsv")  # of a run folder, without run.json


class CliTest(unittest.TestCase):
    """A test with a folder of its own; every run is checked for its exit code."""

    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="homeward-cli-")
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)

    def homeward(self, *words, expect=OK, environment=None, stdin=subprocess.DEVNULL, before=None):
        result = subprocess.run([PROGRAM, *map(str, words)], stdin=stdin, capture_output=True, text=True, timeout=240, check=False, preexec_fn=before,
                                cwd=self.folder, env={**os.environ, **(environment or {})})
        said = f"homeward {' '.join(map(str, words))}\n{result.stdout[-2000:]}\n{result.stderr[-4000:]}"
        self.assertEqual(result.returncode, expect, said)
        return result

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text, encoding="utf-8", newline="")
        return path


class SharedTest(CliTest):
    """Tests that share what was made once: they run in the class's folder `base`; `scratch` is the test's own."""

    @classmethod
    def setUpClass(cls):
        cls.base = pathlib.Path(tempfile.mkdtemp(prefix="homeward-cli-"))
        cls.addClassCleanup(shutil.rmtree, cls.base)
        runner = cls("once")
        runner.folder = cls.base
        cls.prepare(runner)

    @classmethod
    def prepare(cls, runner):
        """Makes in `base`, with runner.homeward(...), what the tests share."""
        raise NotImplementedError

    def setUp(self):
        super().setUp()
        self.scratch = self.folder
        self.folder = self.base

    def once(self):
        """No test: the runner of prepare()."""


def main():
    unittest.main(verbosity=1, argv=[sys.argv[0]])
