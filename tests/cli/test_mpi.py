#!/usr/bin/env python3
"""The MPI program: the same bytes for any number of ranks, and a lost rank is a clear failure that --resume mends."""
import json
import os
import signal
import subprocess
import time

from support import OK, STOPPED, USAGE, RUN_FILES, SharedTest, main

MPIRUN, PROGRAM = os.environ["HOMEWARD_MPIRUN"], os.environ["HOMEWARD_MPI_PROGRAM"]


class Mpi(SharedTest):
    @classmethod
    def prepare(cls, runner):
        runner.homeward("simulate", "world", "--population", "cn", "--children", "600", "--families", "400", "--related", "90", "--apart", "0.5", "--seed", "6")
        runner.homeward("load", "store.h5", "world/children.csv", "world/families.csv")
        runner.homeward(*cls.words("whole"))

    @staticmethod
    def words(out, *more):
        return ["match", "store.h5", "--population", "cn", "--out", out, "--min-log10-lr", "-2", "--exhaustive", "--threads", "1", "--checkpoint-every", "0s", *more]

    @staticmethod
    def command(ranks, words):
        return [MPIRUN, "--allow-run-as-root", "--oversubscribe", "-np", str(ranks), PROGRAM, *map(str, words)]

    def mpi(self, ranks, *words, expect=OK):
        result = subprocess.run(self.command(ranks, words), cwd=self.base, capture_output=True, text=True, timeout=120, check=False)
        self.assertEqual(result.returncode, expect, result.stderr[-3000:])
        return result

    def same_files(self, run):
        for name in RUN_FILES:
            self.assertEqual((run / name).read_bytes(), (self.base / "whole" / name).read_bytes(), name)
        counts = [json.loads((self.base / each / "run.json").read_text())["counts"] for each in (run, "whole")]
        self.assertEqual(*counts)

    def test_the_same_bytes_for_any_number_of_ranks(self):
        for ranks in (1, 2, 3, 4):
            with self.subTest(ranks=ranks):
                run = self.scratch / str(ranks)
                result = self.mpi(ranks, *self.words(run))
                self.assertEqual(result.stdout, f"{run}\n")
                self.same_files(run)
        self.mpi(3, *self.words(self.scratch / "dry", "--dry-run"))
        self.mpi(3, *self.words(self.scratch / "2", "--resume"))

    def test_a_time_limit_and_a_wrong_command_end_all_ranks(self):
        run = self.scratch / "run"
        self.mpi(3, *self.words(run, "--time-limit", "0s"), expect=STOPPED)
        self.mpi(2, *self.words(run, "--resume"))
        self.same_files(run)
        self.mpi(2, "rank", run, expect=USAGE)
        self.assertNotEqual(subprocess.run(self.command(2, self.words(run)), cwd=self.base, capture_output=True, timeout=60, check=False).returncode, 0)

    def test_a_lost_rank_is_a_failure_and_can_be_mended(self):
        run = self.scratch / "run"
        job = subprocess.Popen(self.command(3, self.words(run)), cwd=self.base, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        state = run / "checkpoint" / "state.json"
        while job.poll() is None and not state.exists():
            time.sleep(0.001)
        ranks = subprocess.run(["pgrep", "-P", str(job.pid)], capture_output=True, text=True, check=False).stdout.split()
        self.assertEqual(len(ranks), 3)
        os.kill(int(ranks[-1]), signal.SIGKILL)
        _, words = job.communicate(timeout=60)
        self.assertNotEqual(job.returncode, 0)
        self.assertIn("signal 9", words)
        self.homeward(*self.words(run, "--resume"))
        self.same_files(run)


if __name__ == "__main__":
    main()
