#!/usr/bin/env python3
"""A search that is stopped or killed, and goes on: the same bytes as an undisturbed one."""
import json
import os
import random
import shutil
import signal
import subprocess
import time

from support import INPUT, PROGRAM, STOPPED, USAGE, RUN_FILES, SharedTest, main

SEED = int(os.environ.get("HOMEWARD_KILL_SEED", "1"))
KILLS = int(os.environ.get("HOMEWARD_KILLS", "4"))  # the long form: scripts/kill-loop


class Resume(SharedTest):
    @classmethod
    def prepare(cls, runner):
        runner.homeward("simulate", "world", "--population", "cn", "--children", "900", "--families", "600", "--related", "120", "--apart", "0.5", "--seed", "4")
        runner.homeward("load", "store.h5", "world/children.csv", "world/families.csv")
        runner.homeward(*cls.words("whole"))

    @staticmethod
    def words(out, *more):
        # Exhaustive: long enough to be interrupted, and its checkpoints take the same way.
        return ["match", "store.h5", "--population", "cn", "--out", out, "--min-log10-lr", "-3", "--exhaustive", "--checkpoint-every", "0s", *more]

    def files_of(self, run):
        return [(self.base / run / name).read_bytes() for name in RUN_FILES]

    def manifest(self, run):
        return json.loads((self.base / run / "run.json").read_text(encoding="utf-8"))

    def same_as_undisturbed(self, run):
        self.assertEqual(self.files_of(run), self.files_of("whole"))
        changed = ("times", "arguments", "resume_of")
        mine, whole = ({key: value for key, value in self.manifest(each).items() if key not in changed} for each in (run, "whole"))
        self.assertEqual(mine, whole)
        self.assertEqual(sorted(path.name for path in (self.base / run).iterdir()), sorted([*RUN_FILES, "run.json"]))

    def start(self, words):
        return subprocess.Popen([PROGRAM, *map(str, words)], cwd=self.base, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)

    def interrupted(self, run, signal_number):
        """Starts a run and interrupts it once a checkpoint has some hits; returns its exit code and words."""
        process = self.start(self.words(run))
        state = run / "checkpoint" / "state.json"
        for _ in range(20_000):
            if process.poll() is not None or (state.exists() and any(part["hits"] for part in json.loads(state.read_text())["parts"])):
                break
            time.sleep(0.0005)
        process.send_signal(signal_number)
        _, words = process.communicate(timeout=60)
        return process.returncode, words

    def test_a_signal_stops_with_a_checkpoint_and_says_how_to_go_on(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(signal=number):
                run = self.scratch / f"run {number}"
                code, words = self.interrupted(run, number)
                self.assertEqual(code, STOPPED, words)
                manifest = self.manifest(run)
                self.assertEqual((manifest["status"], manifest["exit_code"]), ("stopped", STOPPED))
                self.assertEqual((run / "checkpoint").stat().st_mode & 0o777, 0o700)
                for path in (run / "checkpoint").iterdir():
                    self.assertEqual(path.stat().st_mode & 0o777, 0o600)
                self.homeward("rank", run, expect=INPUT)
                command = words.rstrip().splitlines()[-1].strip()
                self.assertTrue(command.startswith("homeward match ") and command.endswith(" --resume"), words)
                program = shutil.which("sh")
                done = subprocess.run([program, "-c", command.replace("homeward", f'"{PROGRAM}"', 1)], cwd=self.base, capture_output=True, text=True, check=False)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertEqual(self.manifest(run)["resume_of"], manifest["run_id"])
                self.same_as_undisturbed(run)

    def test_kill_at_random_moments_and_resume_gives_the_same_bytes(self):
        chance = random.Random(SEED)
        start = time.monotonic()
        self.homeward(*self.words(self.scratch / "timed"))
        whole_time = time.monotonic() - start
        for number in range(KILLS):
            run = self.scratch / f"run{number}"
            for attempt in range(100):
                process = self.start(self.words(run, "--resume", "--quiet"))
                try:
                    # At first anywhere, the end included; later attempts get the time they need.
                    process.wait(timeout=chance.uniform(0, whole_time * (1 + attempt / 2)))
                    break
                except subprocess.TimeoutExpired:
                    process.send_signal(signal.SIGKILL)
                    process.wait()
                finally:
                    words = process.stderr.read()
                    process.stderr.close()
            self.assertEqual(process.returncode, 0, f"seed {SEED}, run {number}: {words}")
            self.same_as_undisturbed(run)

    def test_a_time_limit_stops_and_going_on_ends(self):
        run = self.scratch / "run"
        self.homeward(*self.words(run, "--time-limit", "0s"), expect=STOPPED)
        self.homeward(*self.words(run, "--resume"))
        self.same_as_undisturbed(run)
        self.homeward(*self.words(self.scratch / "x", "--time-limit", "soon"), expect=USAGE)

    def test_going_on_needs_the_same_question(self):
        run = self.scratch / "run"
        self.interrupted(run, signal.SIGINT)
        for changed, named in ((["--theta", "0.01"], "--theta"), (["--top-k", "3"], "--top-k"), (["--no-undeclared-couples"], "--no-undeclared-couples"),
                               (["--couple-weights", "0.8,0.1,0.1"], "--couple-weights")):
            with self.subTest(changed=changed):
                self.assertIn(named, self.homeward(*self.words(run, "--resume", *changed), expect=USAGE).stderr)
        self.homeward("load", "--force", self.scratch / "other.h5", "world/children.csv")
        other = [self.scratch / "other.h5" if word == "store.h5" else word for word in self.words(run, "--resume")]
        self.assertIn("the store's content", self.homeward(*other, expect=INPUT).stderr)
        self.homeward(*self.words(run, "--resume", "--force"), expect=USAGE)
        self.homeward(*self.words(run), expect=USAGE)
        # Threads, kernel and memory are no part of the question.
        self.homeward(*self.words(run, "--resume", "--threads", "1", "--mem", "64M", "--kernel", "portable"))
        self.assertEqual(self.files_of(run), self.files_of("whole"))

    def test_a_damaged_checkpoint_is_refused(self):
        run = self.scratch / "run"
        self.interrupted(run, signal.SIGINT)
        hits = sorted((run / "checkpoint").glob("hits-*"))[0]
        data = bytearray(hits.read_bytes())
        data[len(data) // 2] ^= 1
        hits.write_bytes(data)
        self.assertIn("damaged", self.homeward(*self.words(run, "--resume"), expect=INPUT).stderr)
        hits.unlink()
        self.assertIn("damaged", self.homeward(*self.words(run, "--resume"), expect=INPUT).stderr)
        self.homeward(*self.words(run, "--force"))
        self.same_as_undisturbed(run)

    def test_a_complete_run_has_nothing_to_resume(self):
        before = (self.base / "whole" / "run.json").read_bytes()
        self.assertIn("nothing to resume", self.homeward(*self.words("whole", "--resume")).stderr)
        self.assertEqual((self.base / "whole" / "run.json").read_bytes(), before)


if __name__ == "__main__":
    main()
