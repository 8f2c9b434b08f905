#!/usr/bin/env python3
"""What users get wrong: bad files, wrong stores, places that cannot be written. Each with its exact exit code."""
import errno
import fcntl
import json
import struct
import threading

from support import FAILURE, INPUT, OK, STORE, USAGE, CliTest, main

CHILDREN = "sample_id,role,TH01,vWA,FGA\nC1,child,6/9.3,16/17,21/22\nC2,child,7/8,15/18,20/24\nC3,child,9/9.3,14/17,\n"
FAMILIES = "sample_id,role,family_id,sex,TH01,vWA,FGA\nP1,father,F1,M,6/7,16/18,21/23\nP2,mother,F1,F,9.3/9,17/19,22/25\nP3,father,F2,M,8/8,15/15,20/20\n"


class TwoFiles(CliTest):
    """A file of children and one of families, not loaded yet."""

    def setUp(self):
        super().setUp()
        self.write("children.csv", CHILDREN)
        self.write("families.csv", FAMILIES)

    def load(self):
        self.homeward("load", "store.h5", "children.csv", "families.csv")

    def counts(self):
        info = json.loads(self.homeward("info", "store.h5", "--json").stdout)
        return {name: value for name, value in info.items() if name.startswith("n_") or name == "loci"}


class Files(TwoFiles):
    def test_files_that_cannot_be_read(self):
        self.assertIn("absent.csv", self.homeward("load", "store.h5", "absent.csv", expect=INPUT).stderr)
        self.homeward("load", "store.h5", self.folder, expect=INPUT)
        self.write("empty.csv", "")
        self.homeward("load", "store.h5", "empty.csv", expect=INPUT)
        self.write("prose.csv", "Dear lab,\nplease find enclosed nothing of use.\n")
        self.homeward("load", "store.h5", "prose.csv", expect=INPUT)
        self.assertFalse((self.folder / "store.h5").exists())

    def test_all_unreadable_files_are_named_in_one_go(self):
        said = self.homeward("load", "store.h5", "one.csv", "children.csv", "two.csv", expect=INPUT).stderr
        self.assertIn("one.csv", said)
        self.assertIn("two.csv", said)

    def test_a_bad_row_commits_nothing_and_can_be_mended(self):
        self.write("bad.csv", CHILDREN + "C4,child,6/9.33,16/17,21/22\n")
        result = self.homeward("load", "store.h5", "bad.csv", "--rejects", "rejects.csv", "--issues", "issues.tsv", expect=INPUT)
        self.assertIn("--max-rejects", result.stderr)
        self.assertFalse((self.folder / "store.h5").exists())
        rejects = (self.folder / "rejects.csv").read_text(encoding="utf-8").splitlines()
        self.assertEqual(len(rejects), 2)
        self.assertTrue(rejects[0].startswith("_code,_reason,_line,sample_id,"), rejects[0])
        self.assertIn("E_ALLELE_SYNTAX", (self.folder / "issues.tsv").read_text(encoding="utf-8"))
        for name in ("rejects.csv", "issues.tsv"):
            self.assertEqual((self.folder / name).stat().st_mode & 0o777, 0o600)
        self.homeward("load", "store.h5", "bad.csv", "--max-rejects", "1")
        self.write("mended.csv", "\n".join(rejects).replace("9.33", "9.3") + "\n")
        self.homeward("load", "store.h5", "mended.csv")

    def test_a_dry_run_writes_no_store(self):
        self.homeward("load", "store.h5", "children.csv", "--dry-run")
        self.assertEqual(sorted(path.name for path in self.folder.iterdir()), ["children.csv", "families.csv"])

    def test_the_same_file_twice_adds_nothing(self):
        self.load()
        before = self.counts()
        self.homeward("load", "store.h5", "children.csv")
        self.assertEqual(self.counts(), before)

    def test_one_content_in_many_dresses_is_one_store(self):
        run = ["match", "store.h5", "--population", "us-cauc", "--out", "run", "--min-log10-lr", "-20"]
        self.load()
        self.homeward(*run)
        expected = (self.folder / "run" / "candidates.tsv").read_bytes()
        dresses = {
            "tab": lambda text: text.replace(",", "\t").encode(),
            "semicolon": lambda text: text.replace(",", ";").encode(),
            "crlf": lambda text: text.replace("\n", "\r\n").encode(),
            "bom": lambda text: b"\xef\xbb\xbf" + text.encode(),
            "utf-16": lambda text: text.encode("utf-16"),
            "spaces": lambda text: text.replace(",", " , ").encode(),
        }
        for name, dress in dresses.items():
            with self.subTest(name):
                for file, text in (("c.csv", CHILDREN), ("f.csv", FAMILIES)):
                    (self.folder / file).write_bytes(dress(text))
                self.homeward("load", f"{name}.h5", "c.csv", "f.csv")
                self.homeward("match", f"{name}.h5", *run[2:5], f"run-{name}", *run[6:])
                self.assertEqual((self.folder / f"run-{name}" / "candidates.tsv").read_bytes(), expected)

    def test_personal_data_goes_nowhere(self):
        self.write("named.csv", "sample_id,role,name,phone,TH01,vWA\nC9,child,Zhang Wanderer,13800001234,6/7,16/99.9.9\n")
        result = self.homeward("load", "store.h5", "named.csv", "--max-rejects", "5", "--verbose")
        written = result.stdout + result.stderr
        for path in self.folder.iterdir():
            if path.name not in ("named.csv",) and not path.name.endswith("rejects.csv"):
                written += path.read_bytes().decode("utf-8", "replace")
        self.assertNotIn("Wanderer", written)
        self.assertNotIn("13800001234", written)


class Stores(TwoFiles):
    MATCH = ["match", "store.h5", "--population", "us-cauc", "--out", "run"]

    def test_a_store_that_is_not_there(self):
        for words in (self.MATCH, ["info", "store.h5"], ["check", "store.h5"]):
            self.assertIn("store.h5", self.homeward(*words, expect=STORE).stderr)
        self.assertFalse((self.folder / "run").exists())

    def test_a_damaged_store_is_refused_by_every_command(self):
        self.load()
        whole = (self.folder / "store.h5").read_bytes()
        damaged = {"truncated": whole[: len(whole) // 2], "no store": b"sample_id,role\n", "empty": b"", "header lost": b"\0" * 64 + whole[64:]}
        for name, content in damaged.items():
            with self.subTest(name):
                (self.folder / "store.h5").write_bytes(content)
                for words in (self.MATCH, ["info", "store.h5"], ["check", "store.h5"], ["load", "store.h5", "families.csv"]):
                    result = self.homeward(*words, expect=STORE)
                    self.assertNotIn("HDF5-DIAG", result.stderr)
                self.assertEqual((self.folder / "store.h5").read_bytes(), content, "a damaged store is left as it is")
        self.assertFalse((self.folder / "run").exists())

    def test_flipped_bytes_are_found(self):
        self.load()
        whole = bytearray((self.folder / "store.h5").read_bytes())
        found = 0
        for place in range(600, len(whole), max(1, len(whole) // 40)):
            damaged = bytearray(whole)
            damaged[place] ^= 0x5A
            (self.folder / "store.h5").write_bytes(damaged)
            code = self.exit_code("check", "store.h5")
            self.assertIn(code, (OK, FAILURE, STORE), f"byte {place}")
            found += code != OK
        self.assertGreater(found, 10)

    def exit_code(self, *words):
        for code in (OK, FAILURE, STORE):
            try:
                self.homeward(*words, expect=code)
                return code
            except AssertionError:
                continue
        return None

    def test_a_locked_store_is_not_written(self):
        self.load()
        before = (self.folder / "store.h5").read_bytes()
        with open(self.folder / "store.h5.lock", "a+b") as lock:
            self.lock(lock)
            self.write("more.csv", CHILDREN.replace("C", "D"))
            self.assertIn("lock", self.homeward("load", "store.h5", "more.csv", expect=STORE).stderr.lower())
            self.homeward("info", "store.h5")
        self.assertEqual((self.folder / "store.h5").read_bytes(), before)
        self.homeward("load", "store.h5", "more.csv")

    @staticmethod
    def lock(file):
        kind = struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 0, 0, 0)
        fcntl.fcntl(file, getattr(fcntl, "F_OFD_SETLK", 37), kind)

    def test_two_writers_do_not_lose_each_other(self):
        self.load()
        for number in range(4):
            self.write(f"more{number}.csv", CHILDREN.replace("C", f"N{number}_"))
        codes = []

        def load(number):
            # Busy is a fair answer; a lost load is not.
            for _ in range(50):
                try:
                    self.homeward("load", "store.h5", f"more{number}.csv")
                    codes.append(number)
                    return
                except AssertionError:
                    continue

        threads = [threading.Thread(target=load, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(sorted(codes), [0, 1, 2, 3])
        self.homeward("check", "store.h5")
        self.assertEqual(self.counts()["n_persons"], 18, "3 + 3 persons and four times 3 more")


class Choices(TwoFiles):
    def setUp(self):
        super().setUp()
        self.load()

    def test_no_population_no_result(self):
        self.assertIn("--population", self.homeward("match", "store.h5", "--out", "run", expect=USAGE).stderr)
        said = self.homeward("match", "store.h5", "--population", "us-causc", "--out", "run", expect=INPUT).stderr
        self.assertIn("us-cauc", said)
        self.write("table.csv", "locus,allele,frequency\nTH01,6,0.5\nTH01,7,0.2\n")
        self.assertIn("TH01", self.homeward("match", "store.h5", "--population", "table.csv", "--out", "run", expect=INPUT).stderr)
        self.write("table.json", '{"id": "x"')
        self.homeward("match", "store.h5", "--population", "table.json", "--out", "run", expect=INPUT)
        self.assertFalse((self.folder / "run").exists())

    def test_places_that_cannot_be_written(self):
        self.write("file", "not a folder\n")
        self.homeward("match", "store.h5", "--population", "us-cauc", "--out", "file/run", expect=FAILURE)
        self.homeward("match", "store.h5", "--population", "us-cauc", "--out", "file", expect=USAGE)
        self.assertIn("folder", self.homeward("load", "file/store.h5", "children.csv", expect=STORE).stderr)
        self.assertIn("folder", self.homeward("load", "absent/store.h5", "children.csv", expect=STORE).stderr)

    def test_a_full_disk_is_a_failure_and_loses_nothing(self):
        try:
            with open("/dev/full", "wb", buffering=0) as full:
                full.write(b"x")
        except OSError as error:
            if error.errno != errno.ENOSPC:
                self.skipTest("no /dev/full here")
        self.homeward("match", "store.h5", "--population", "us-cauc", "--out", "run")
        self.homeward("rank", "run", "--output", "/dev/full/x", expect=FAILURE)

    def test_folders_and_people_that_are_not_there(self):
        self.homeward("rank", self.folder, expect=INPUT)
        self.homeward("match", "store.h5", "--population", "us-cauc", "--out", "run")
        self.homeward("explain", "run", "nobody", "F1", expect=USAGE)
        self.homeward("explain", "run", "C1", "nobody", expect=USAGE)
        self.homeward("evaluate", "run", "--truth", "absent.tsv", expect=INPUT)

    def test_numbers_out_of_range(self):
        for words in (["--min-log10-lr", "nan"], ["--theta", "2"], ["--theta", "-0.1"], ["--top-k", "0"], ["--couple-weights", "0.5,0.5,0.5"],
                      ["--mutation-model", "magic"], ["--rate-male", "2"]):
            with self.subTest(words=words):
                code = USAGE if words[0] not in ("--mutation-model", "--rate-male") else None
                run = ["match", "store.h5", "--population", "us-cauc", "--out", "run", *words]
                if code is None:
                    try:
                        self.homeward(*run, expect=USAGE)
                    except AssertionError:
                        self.homeward(*run, expect=INPUT)
                else:
                    self.homeward(*run, expect=code)
        self.assertFalse((self.folder / "run").exists())


if __name__ == "__main__":
    main()
