#!/usr/bin/env python3
"""The command frame: help, exit codes, hints, streams. The same for every command."""
import json
import os
import pathlib
import re
import shutil
import subprocess

from support import COMMANDS, FAILURE, INPUT, PROGRAM, USAGE, CliTest, main


class Help(CliTest):
    def test_overview_lists_every_command(self):
        for words in (["help"], ["--help"], ["-h"], ["help", "help"]):
            out = self.homeward(*words).stdout
            self.assertEqual(re.findall(r"^  (\w+) +\S", out, re.MULTILINE), COMMANDS)
            self.assertIn("never an identification", out)

    def test_every_command_explains_itself_on_standard_output(self):
        for command in COMMANDS:
            with self.subTest(command):
                asked = self.homeward("help", command)
                self.assertEqual(asked.stderr, "")
                self.assertEqual(asked.stdout, self.homeward(command, "--help").stdout)
                self.assertEqual(asked.stdout, self.homeward(command, "-h").stdout)
                self.assertTrue(asked.stdout.startswith(f"homeward {command}: "))
                self.assertIn(f"usage: homeward {command}", asked.stdout)
                self.assertIn("--threads N (=0)", asked.stdout)
                self.assertNotIn("placeholder", asked.stdout)
                lines = asked.stdout.splitlines()
                examples = lines[lines.index("examples:") + 1:]
                self.assertTrue(examples, "examples stand last")
                for line in examples:
                    self.assertTrue(line.startswith("  "), line)

    def test_help_shows_no_internal_option_names(self):
        for command in COMMANDS:
            self.assertNotIn("--shell", self.homeward("help", command).stdout)


class Mistakes(CliTest):
    def test_a_mistyped_command_gets_a_hint(self):
        self.assertIn("did you mean 'match'?", self.homeward("mtach", expect=USAGE).stderr)
        self.assertIn("did you mean 'load'?", self.homeward("help", "laod", expect=USAGE).stderr)
        self.assertNotIn("did you mean", self.homeward("zzzzzzzzz", expect=USAGE).stderr)

    def test_a_mistyped_option_gets_a_hint_in_every_command(self):
        for command in COMMANDS:
            with self.subTest(command):
                result = self.homeward(command, "--thread", "2", expect=USAGE)
                self.assertIn("did you mean '--threads'?", result.stderr)
                self.assertEqual(result.stdout, "")

    def test_options_are_never_guessed_from_a_prefix(self):
        for command in COMMANDS:
            self.homeward(command, "--verb", expect=USAGE)

    def test_wrong_values_are_refused_before_anything_runs(self):
        for words in (["--threads", "two"], ["--threads", "-1"], ["--threads", "99999"], ["--threads"], ["--threads", "1", "--threads", "2"],
                      ["--seed", "-1"], ["--progress", "maybe"], ["--color", "red"], ["--lang", "fr"], ["--quiet", "--verbose"]):
            with self.subTest(words=words):
                result = self.homeward("version", *words, expect=USAGE)
                self.assertEqual(result.stdout, "")
                self.assertTrue(result.stderr.startswith("homeward: "), result.stderr)

    def test_nothing_and_misplaced_words(self):
        self.assertIn("usage:", self.homeward(expect=USAGE).stderr)
        self.assertIn("a command is expected", self.homeward("--threads", "2", "version", expect=USAGE).stderr)
        self.homeward("version", "surplus", expect=USAGE)

    def test_commands_that_need_arguments_say_so(self):
        for command in ("load", "match", "rank", "explain", "lr", "simulate", "evaluate", "info", "check", "completion"):
            with self.subTest(command):
                self.homeward(command, expect=USAGE)

    def test_terminal_escapes_of_an_argument_are_not_echoed(self):
        result = self.homeward("\x1b[31mred", expect=USAGE)
        self.assertNotIn("\x1b", result.stderr)


class Config(CliTest):
    def test_a_config_file_gives_options_and_the_command_line_wins(self):
        config = self.write("options.conf", "# comment\ncolor = red\n")
        self.assertIn("--color is 'red'", self.homeward("version", "--config", config, expect=USAGE).stderr)
        self.homeward("version", "--config", config, "--color", "never")

    def test_a_bad_config_file_is_named(self):
        config = self.write("options.conf", "thread = 2\n")
        self.assertIn("options.conf", self.homeward("version", "--config", config, expect=INPUT).stderr)
        self.assertIn("absent.conf", self.homeward("version", "--config", "absent.conf", expect=INPUT).stderr)


class Streams(CliTest):
    def test_a_reader_that_leaves_is_no_error(self):
        reader, writer = os.pipe()
        os.close(reader)
        try:
            result = subprocess.run([PROGRAM, "help"], stdout=writer, stderr=subprocess.PIPE, timeout=60, check=False)
        finally:
            os.close(writer)
        self.assertEqual((result.returncode, result.stderr), (0, b""))

    def test_a_full_or_closed_standard_output_is_a_failure(self):
        with open("/dev/full", "wb") as full:
            result = subprocess.run([PROGRAM, "help"], stdout=full, stderr=subprocess.PIPE, timeout=60, check=False)
        self.assertEqual(result.returncode, FAILURE)
        self.assertIn(b"standard output", result.stderr)
        result = subprocess.run(["sh", "-c", '"$0" help >&-', PROGRAM], stderr=subprocess.PIPE, timeout=60, check=False)
        self.assertEqual(result.returncode, FAILURE)

    def test_the_same_bytes_in_another_locale(self):
        plain = self.homeward("help", "match").stdout
        self.assertEqual(plain, self.homeward("help", "match", environment={"LC_ALL": "de_DE.UTF-8", "LANG": "zh_CN.UTF-8"}).stdout)


class Facts(CliTest):
    def test_version_as_text_and_as_json(self):
        text = self.homeward("version").stdout
        facts = json.loads(self.homeward("version", "--json").stdout)
        self.assertTrue(text.startswith(f"homeward {facts['version']}\n"))
        self.assertEqual(text, self.homeward("--version").stdout)
        self.assertEqual(facts["kernels"][0], {"name": "portable", "runs_here": True})
        self.assertIn(facts["kernel"], [kernel["name"] for kernel in facts["kernels"] if kernel["runs_here"]])
        for library in ("hdf5", "eigen", "boost", "fmt"):
            self.assertRegex(facts["libs"][library], r"^\d+\.\d+\.\d+$")

    def test_doctor_finds_this_machine_fit(self):
        out = self.homeward("doctor", "--folder", self.folder).stdout
        lines = out.splitlines()
        self.assertEqual([line.split()[1] for line in lines], ["kernel", "processors", "memory", "arithmetic", "locale", "hdf5", "data", "space", "locking", "commit"])
        self.assertEqual([line for line in lines if not line.startswith(("ok ", "warn "))], [])
        self.assertEqual(list(self.folder.iterdir()), [], "doctor leaves nothing behind")

    def test_doctor_fails_without_data_or_folder(self):
        self.assertIn("fail  data", self.homeward("doctor", expect=FAILURE, environment={"HOMEWARD_DATA": str(self.folder)}).stdout)
        self.assertIn("fail  space", self.homeward("doctor", "--folder", self.folder / "absent", expect=FAILURE).stdout)

    def test_completion_is_valid_shell_and_knows_every_command(self):
        for shell in ("bash", "zsh", "fish"):
            script = self.homeward("completion", shell).stdout
            for command in COMMANDS:
                self.assertIn(command, script)
            if shutil.which(shell) and shell != "fish":
                subprocess.run([shell, "-n"], input=script, text=True, check=True, timeout=60)
        script = self.write("completion.bash", self.homeward("completion", "bash").stdout)
        asked = "source completion.bash; COMP_WORDS=(homeward match --thr); COMP_CWORD=2; _homeward; echo ${COMPREPLY[*]}"
        answer = subprocess.run(["bash", "-c", asked], cwd=script.parent, capture_output=True, text=True, check=True, timeout=60)
        self.assertEqual(answer.stdout.strip(), "--threads")
        self.homeward("completion", "tcsh", expect=USAGE)


class Tree(CliTest):
    def test_the_program_writes_for_its_owner_only(self):
        status = pathlib.Path("/proc/self/status")
        if not status.exists():
            self.skipTest("no /proc here")
        # 0077 is set before anything else; doctor's scratch files would otherwise be readable by others.
        result = subprocess.run(["sh", "-c", 'umask 000; "$0" simulate out --population cn --children 5 --families 5', PROGRAM],
                                cwd=self.folder, capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(result.returncode, 0, result.stderr)
        for path in [self.folder / "out", *(self.folder / "out").iterdir()]:
            self.assertEqual(path.stat().st_mode & 0o077, 0, path.name)


if __name__ == "__main__":
    main()
