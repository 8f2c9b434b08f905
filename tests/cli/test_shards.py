#!/usr/bin/env python3
"""Shards joined, and additions joined, are the search that one process would have made: the same bytes."""
import csv
import json
import shutil

from support import INPUT, OK, USAGE, RUN_FILES, SharedTest, main



class Parts(SharedTest):
    """A store of everything, and the same people in two instalments."""

    @classmethod
    def prepare(cls, runner):
        runner.homeward("simulate", "world", "--population", "cn", "--children", "400", "--families", "300", "--related", "90", "--apart", "0.5", "--seed", "8")
        cls.header, cls.children = cls.rows("world/children.csv")
        _, cls.families = cls.rows("world/families.csv")
        runner.homeward("load", "store.h5", "world/children.csv", "world/families.csv")
        runner.homeward(*cls.words("store.h5", "whole"))

    @classmethod
    def rows(cls, name):
        with open(cls.base / name, encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        return rows[0], rows[1:]

    @staticmethod
    def words(store, out, *more):
        return ["match", store, "--population", "cn", "--out", out, "--min-log10-lr", "-2", "--top-k", "20", "--loci-for", "50", *more]

    def table(self, name, header, rows):
        with open(self.scratch / name, "w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([header, *rows])
        return self.scratch / name

    def manifest(self, run):
        return json.loads((self.base / run / "run.json").read_text(encoding="utf-8"))

    def same_files(self, run, other):
        for name in RUN_FILES:
            self.assertEqual((self.base / run / name).read_bytes(), (self.base / other / name).read_bytes(), name)

    def shards(self, n):
        """The shards of the whole search, made once for all tests."""
        runs = [self.base / f"shard{index}of{n}" for index in range(1, n + 1)]
        for index, run in enumerate(runs, 1):
            if not run.exists():
                self.homeward(*self.words("store.h5", run, "--shard", f"{index}/{n}"))
        return runs


class Shards(Parts):
    def test_joined_shards_are_the_unsharded_run(self):
        whole = self.manifest("whole")
        changed = ("times", "arguments", "command")
        for n in (1, 2, 3, 7):
            with self.subTest(shards=n):
                runs = self.shards(n)
                if n > 1:
                    costs = [self.manifest(run)["counts"]["lookups"] for run in runs]
                    self.assertLess(max(costs), 2 * min(costs), "shares of equal cost")
                joined = self.scratch / f"joined{n}"
                self.homeward("merge", *reversed(runs), "--out", joined)
                self.same_files(joined, "whole")
                mine = self.manifest(joined)
                for manifest in (mine, whole):  # the scan lets pass what it is handed together
                    manifest["counts"].pop("survivors", None)
                self.assertEqual({key: mine[key] for key in mine if key not in changed}, {key: whole[key] for key in whole if key not in changed})

    def test_more_shards_than_work(self):
        runs = self.shards(3)
        self.homeward(*self.words("store.h5", self.scratch / "idle", "--shard", "1/100000"))
        self.assertEqual(self.manifest(self.scratch / "idle")["counts"]["pairs_total"] % 400, 0)
        self.assertEqual(sum(self.manifest(run)["counts"]["pairs_total"] for run in runs), 400 * 300)

    def test_missing_double_and_foreign_shards_are_named(self):
        one, two, three = self.shards(3)
        out = self.scratch / "joined"

        def refused(*runs):
            return self.homeward("merge", *runs, "--out", out, expect=INPUT).stderr

        self.assertIn("missing: 2", refused(one, three))
        self.assertIn("more than once: 1", refused(one, two, three, one))
        (half,) = self.shards(2)[:1]
        self.assertIn("of 3 and of 2", refused(one, half))
        self.assertIn("whole run", refused(one, "whole"))
        other = self.scratch / "other"
        self.homeward(*self.words("store.h5", other, "--shard", "2/3", "--theta", "0.02"))
        self.assertIn("--theta", self.homeward("merge", one, other, three, "--out", out, expect=USAGE).stderr)
        damaged = self.scratch / "damaged"
        shutil.copytree(two, damaged)
        (damaged / "hits.h5").write_bytes((two / "hits.h5").read_bytes()[:-1] + b"x")
        self.assertIn("not the file its run.json names", refused(one, damaged, three))
        self.assertFalse(out.exists())

    def test_a_shard_has_no_ranks_and_wrong_words_are_refused(self):
        (one, _) = self.shards(2)
        self.assertEqual(sorted(path.name for path in one.iterdir()), ["hits.h5", "run.json"])
        self.assertIn("homeward merge", self.homeward("rank", one, expect=INPUT).stderr)
        self.assertIn("homeward merge", self.homeward("evaluate", one, "--truth", "world/truth.tsv", expect=INPUT).stderr)
        for words in (["0/2"], ["3/2"], ["2"], ["a/b"], ["1/2", "--since", "whole"]):
            self.homeward(*self.words("store.h5", self.scratch / "x", "--shard", *words), expect=USAGE)


class Since(Parts):
    def instalment(self, number, children, families, header=None):
        """Loads rows into a store of this test's own, as another day's files."""
        store = self.scratch / "growing.h5"
        files = [self.table(f"{name}{number}.csv", header or self.header, rows) for name, rows in (("children", children), ("families", families)) if rows]
        self.homeward("load", store, *files)
        return store

    def families_of(self, first, end):
        ids = sorted({row[self.header_of_families().index("family_id")] for row in self.families})
        chosen = set(ids[first:end])
        return [row for row in self.families if row[self.header_of_families().index("family_id")] in chosen]

    def header_of_families(self):
        return self.rows("world/families.csv")[0]

    def load_families(self, number, rows):
        self.homeward("load", self.scratch / "growing.h5", self.table(f"families{number}.csv", self.header_of_families(), rows))

    def first_day(self):
        """All alleles are there from the first day, so that the model stays the same."""
        store = self.instalment(1, self.children[:300], [])
        self.load_families(1, self.families_of(0, 220))
        return store

    def full(self, name="full"):
        run = self.scratch / name
        self.homeward(*self.words(self.scratch / "growing.h5", run))
        return run

    def counts(self, run):
        return self.manifest(run)["counts"]

    def same_search(self, run, full):
        self.same_files(run, full)
        mine, theirs = self.counts(run), self.counts(full)
        for counts in (mine, theirs):  # of work done: where a typing has changed, a pair is compared twice
            counts.pop("survivors")
        self.assertEqual(mine, theirs)

    def extend(self, since, into, *more, expect=OK):
        words = ["match", self.scratch / "growing.h5", "--population", "cn", "--min-log10-lr", "-2", "--top-k", "20", "--loci-for", "50", "--since", since, "--merge-into", into, *more]
        return self.homeward(*words, expect=expect)

    def test_new_children_and_new_families_joined_are_a_full_search(self):
        self.first_day()
        run = self.full("day1")
        self.load_families(2, self.families_of(220, 300))
        self.instalment(3, self.children[300:399], [])
        if self.manifest(run)["model"]["digest"] != self.manifest(self.full())["model"]["digest"]:
            self.skipTest("the instalments add an allele")
        self.assertIn("99 children and 80 families", self.extend(run, self.scratch / "day2").stderr)
        self.same_search(self.scratch / "day2", self.scratch / "full")
        # One child on arrival, into the run itself.
        self.instalment(4, self.children[399:], [])
        self.extend(self.scratch / "day2", self.scratch / "day2")
        self.same_search(self.scratch / "day2", self.full("full2"))
        self.assertEqual(sorted(path.name for path in (self.scratch / "day2").iterdir()), sorted([*RUN_FILES, "run.json"]))
        # Nothing new: nothing is compared, the run stays.
        self.extend(self.scratch / "day2", self.scratch / "day2")
        self.same_search(self.scratch / "day2", self.scratch / "full2")

    def test_additions_alone_are_the_hits_the_earlier_run_lacks(self):
        self.first_day()
        run = self.full("day1")
        self.load_families(2, self.families_of(220, 300))
        self.instalment(3, self.children[300:], [])
        said = self.homeward(*self.words(self.scratch / "growing.h5", self.scratch / "added", "--since", run)).stderr
        self.assertIn("not estimated: a part of a search has no posteriors", said)
        self.assertNotIn("nan", said)
        self.homeward(*self.words(self.scratch / "growing.h5", self.scratch / "added2", "--since", run, "--merge-into", self.scratch / "joined"))
        self.same_files(self.scratch / "added", self.scratch / "added2")
        counts = [self.counts(self.scratch / added) for added in ("added", "added2")]
        for each in counts:
            each.pop("survivors")
        self.assertEqual(*counts)
        self.same_search(self.scratch / "joined", self.full())
        self.assertEqual(self.manifest(self.scratch / "added")["since"], {"run_id": self.manifest(run)["run_id"], "joined": False})
        for key in ("pairs_total", "pairs_compared", "hits", "undeclared_scored", "undeclared_hits"):
            self.assertEqual(self.counts(run)[key] + self.counts(self.scratch / "added")[key], self.counts(self.scratch / "joined")[key], key)
        self.assertIn("additions", self.extend(self.scratch / "added", self.scratch / "x", expect=INPUT).stderr)

    def test_a_changed_typing_is_compared_again(self):
        # Penta E of half of the children and fathers comes with a second typing only.
        locus = self.header.index("Penta E")
        family_locus = self.header_of_families().index("Penta E")
        without = [[*row[:locus], "", *row[locus + 1:]] if number % 2 else row for number, row in enumerate(self.children)]
        families = [[*row[:family_locus], "", *row[family_locus + 1:]] if number % 3 == 1 else row for number, row in enumerate(self.families)]
        self.instalment(1, without, [])
        self.load_families(1, families)
        run = self.full("day1")
        again = [row for number, row in enumerate(self.children) if number % 2 and number < 60]
        self.instalment(2, again, [])
        self.load_families(2, [row for number, row in enumerate(self.families) if number % 3 == 1 and number < 60])
        words = self.extend(run, self.scratch / "day2").stderr
        if "everything was searched again" not in words:
            self.assertIn("30 children", words)
        self.same_search(self.scratch / "day2", self.full())

    def test_a_new_allele_means_a_full_search_and_is_said(self):
        self.first_day()
        run = self.full("day1")
        locus = self.header.index("TH01")
        stranger = list(self.children[300])
        stranger[locus] = "3/55.1"
        self.instalment(2, [stranger], [])
        self.assertIn("everything was searched again", self.extend(run, self.scratch / "day2").stderr)
        self.same_search(self.scratch / "day2", self.full())
        self.assertTrue(any("everything was searched again" in warning for warning in self.manifest(self.scratch / "day2")["warnings"]))

    def test_another_question_is_refused(self):
        self.first_day()
        run = self.full("day1")
        for words, named in ((["--theta", "0.02"], "--theta"), (["--no-undeclared-couples"], "--no-undeclared-couples")):
            self.assertIn(named, self.extend(run, self.scratch / "x", *words, expect=USAGE).stderr)
        self.assertIn("another store", self.homeward(*self.words("store.h5", self.scratch / "x", "--since", run), expect=INPUT).stderr)
        self.homeward(*self.words("store.h5", self.scratch / "x", "--merge-into", run), expect=USAGE)
        self.homeward(*self.words("store.h5", self.scratch / "x", "--since", self.scratch / "nothing"), expect=INPUT)
        other = self.full("other")
        self.extend(run, other, expect=USAGE)
        self.extend(run, other, "--force")
        self.same_files(other, run)


class Rank(Parts):
    def test_another_threshold_needs_no_search(self):
        high = self.scratch / "high"
        self.homeward("match", "store.h5", "--population", "cn", "--out", high, "--min-log10-lr", "4", "--top-k", "20", "--no-undeclared-couples")
        low = self.scratch / "low"
        self.homeward("match", "store.h5", "--population", "cn", "--out", low, "--min-log10-lr", "-2", "--top-k", "20", "--no-undeclared-couples")

        def leads(run, *more):
            lines = self.homeward("rank", run, "--format", "tsv", *more).stdout.splitlines()
            return [line.split("\t")[1:9] for line in lines[1:] if not line.startswith("#")]

        expected = leads(high)
        self.assertGreater(len(expected), 50)
        self.assertEqual(leads(low, "--min-log10-lr", "4"), expected)


if __name__ == "__main__":
    main()
