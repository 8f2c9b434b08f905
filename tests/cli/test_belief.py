"""How much to believe a candidate: chance hits, posteriors and thresholds, from simulate to evaluate."""
import collections
import csv
import json
import math
import unittest

from support import INPUT, USAGE, CliTest, main


class Belief(CliTest):
    def world(self):
        self.homeward("simulate", "sim", "--population", "cn", "--children", 1200, "--families", 400, "--related", 60, "--couples", 0.3,
                      "--kit", "PowerPlex 21:0.6,Identifiler Plus:0.4", "--seed", 11)
        self.homeward("load", "s.h5", "sim/children.csv", "--role", "child")
        self.homeward("load", "s.h5", "sim/families.csv")

    def rows(self, run):
        with open(self.folder / run / "candidates.tsv", encoding="utf-8", newline="") as table:
            return [row for row in csv.DictReader(table, delimiter="\t") if not row["rank"].startswith("#ok")]

    def test_from_match_to_evaluate(self):
        self.world()
        said = self.homeward("match", "s.h5", "--population", "cn", "--out", "run").stderr
        for words in ("observed / expected by chance", "PowerPlex 21, 20 loci", "Identifiler Plus, 15 loci", "prior ", "estimated from this run"):
            self.assertIn(words, said)
        run = json.loads((self.folder / "run" / "run.json").read_text())
        self.check_chance(run)
        self.check_posteriors(run)
        self.check_shorter_list(run)
        self.check_rank(run)
        self.check_other_tables()
        self.check_evaluation(run)

    def check_chance(self, run):
        curve = dict(map(tuple, run["chance"]["curve"]))
        self.assertAlmostEqual(curve[0.0], run["expected_chance_hits"], delta=1e-6 * curve[0.0])
        self.assertTrue(all(a >= b for a, b in zip(curve.values(), list(curve.values())[1:])))
        classes = run["chance"]["classes"]
        self.assertEqual(sum(c["n_children"] for c in classes), 1200)
        self.assertFalse(any(c["alarming"] for c in classes))
        observed = sum(c["at_lr"]["1"]["observed"] - c["at_lr"]["1"]["leads"] for c in classes)
        expected = sum(c["at_lr"]["1"]["expected"] for c in classes)
        self.assertLess(abs(observed - expected), 6 * math.sqrt(1.5 * expected) + 60)

    def check_posteriors(self, run):
        by_child = collections.defaultdict(list)
        for row in self.rows("run"):
            if row["hypothesis"] == "undeclared_couple":
                self.assertGreater(float(row["expected_chance_hits"]), 0)
                self.assertEqual(row["p_chance"], ".")
                continue
            self.assertIn("close_relative=", row["alternatives"])
            by_child[row["child_id"]].append([float(row[c]) for c in ("posterior", "posterior_relative", "posterior_none", "log10_lr")])
        for rows in by_child.values():
            self.assertLess(max(r[2] for r in rows) + max(r[0] + r[1] for r in rows), 1 + 1e-5)
        self.assertEqual(run["model"]["prior"], run["posterior"]["phi"])
        self.assertLess(run["posterior"]["phi_lower"], 60 / 1200)
        self.assertGreater(run["posterior"]["phi_upper"], 60 / 1200)

    def check_shorter_list(self, run):
        """What --top-k leaves out of the table weighs as before; only the term of its close relatives is gone."""
        self.homeward("match", "s.h5", "--population", "cn", "--out", "short", "--top-k", 1)
        short = json.loads((self.folder / "short" / "run.json").read_text())
        self.assertGreater(short["counts"]["cut_by_top_k"], 20)
        self.assertAlmostEqual(short["posterior"]["phi"], run["posterior"]["phi"], delta=0.01 * run["posterior"]["phi"])
        whole = {row["pair_key"]: row for row in self.rows("run")}
        for row in self.rows("short"):
            before = float(whole[row["pair_key"]]["posterior"])
            self.assertAlmostEqual(float(row["posterior"]), before, delta=0.02 * before + 1e-6)

    def check_rank(self, run):
        kept = self.homeward("rank", "run", "--fdr", 0.05, "--format", "jsonl")
        rows = [json.loads(line) for line in kept.stdout.splitlines()]
        self.assertGreater(len(rows), 20)
        self.assertLessEqual(sum(1 - row["posterior"] for row in rows), 0.05 * len(rows) + 1e-6)
        self.assertIn("true ones expected among those left out", kept.stderr)
        self.assertIn(f"prior {run['posterior']['phi']:.4g}", kept.stderr)
        few = [json.loads(line) for line in self.homeward("rank", "run", "--max-expected-chance-hits", 1, "--format", "jsonl").stdout.splitlines()]
        self.assertTrue(few and all(row["expected_chance_hits"] <= 1 for row in few))
        # The prior of rank and the prior of match mean the same.
        self.homeward("match", "s.h5", "--population", "cn", "--out", "given", "--prior", 0.004)
        moved = [json.loads(line) for line in self.homeward("rank", "run", "--prior", 0.004, "--format", "jsonl").stdout.splitlines()]
        given = self.rows("given")
        self.assertEqual(len(moved), len(given))
        for a, b in zip(moved, given):
            for column in ("posterior", "posterior_relative", "posterior_none"):
                self.assertAlmostEqual(a[column], float(b[column]), delta=2e-5 + 1e-3 * float(b[column]))
        self.homeward("rank", "run", "--fdr", 1.5, expect=USAGE)
        self.homeward("match", "s.h5", "--population", "cn", "--out", "x", "--prior", 1.0, expect=USAGE)
        self.assertFalse((self.folder / "x").exists())

    def check_other_tables(self):
        result = self.homeward("rank", "run", "--top", 40, "--also-population", "cn,us-asian", "--also-theta", 0.03, "--format", "jsonl")
        rows = [json.loads(line) for line in result.stdout.splitlines()]
        self.assertEqual(len(rows), 40)
        for row in rows:
            if row["hypothesis"] == "undeclared_couple":
                self.assertIsNone(row["log10_lr@us-asian"])
                continue
            self.assertEqual(row["log10_lr@cn"], row["log10_lr"], "the run's own table gives the run's own LR")
            self.assertLess(row["log10_lr@theta=0.03"], row["log10_lr"])
            self.assertEqual(row["log10_lr_lowest"], min(row[c] for c in row if c.startswith("log10_lr") and c != "log10_lr_lowest"))
        self.assertIn("lowest", self.homeward("rank", "run", "--top", 3, "--also-population", "us-cauc").stdout)
        self.homeward("rank", "run", "--also-theta", "much", expect=USAGE)

    def check_evaluation(self, run):
        figures = dict(line.split("\t") for line in self.homeward("evaluate", "run", "--truth", "sim/truth.tsv").stdout.splitlines())
        self.assertAlmostEqual(float(figures["expected_chance_hits"]), run["expected_chance_hits"], delta=1e-3 * run["expected_chance_hits"])
        for level in ("lr_1e0", "lr_1e1", "lr_1e2"):
            expected, found = float(figures["expected_chance_hits." + level]), int(figures["chance_hits." + level])
            self.assertLess(abs(found - expected), 6 * math.sqrt(1.5 * expected) + 1)
        names = [key.split(".rows")[0] for key in figures if key.startswith("posterior_") and key.endswith(".rows")]
        self.assertEqual(len(names), 7)
        for name in names:
            expected, found, sd = (float(figures[f"{name}.{what}"]) for what in ("expected_true", "true", "sd"))
            self.assertLess(abs(found - expected), 4 * sd + 2, name)
        self.assertLessEqual(int(figures["fdr_0.05.false"]), 0.05 * int(figures["fdr_0.05.rows"]) + 5)

    def test_power_of_a_store_and_of_a_plan(self):
        self.world()
        result = self.homeward("power", "s.h5", "--population", "cn", "--draws", 1)
        lines = result.stdout.splitlines()
        self.assertEqual(lines[-1], "#ok 400 rows")
        rows = list(csv.DictReader(lines[:-1], delimiter="\t"))
        self.assertIn("decidable", result.stderr)
        couples = [row for row in rows if row["shape"] == "couple"]
        self.assertTrue(couples and all(row["class"] == "decidable" for row in couples))
        singles = [row for row in rows if row["shape"] == "father" and row["class"] != "decidable"]
        self.assertTrue(singles)
        self.assertTrue(all(0 <= float(row["p_stands_out"]) < 0.9 and row["p_other_parent"] != "." for row in singles))
        work = self.homeward("power", "s.h5", "--population", "cn", "--draws", 1, "--worklist", "--threads", 1).stdout.splitlines()
        gains = [float(row["gain_per_sample"]) for row in csv.DictReader(work[:-1], delimiter="\t")]
        self.assertEqual(gains, sorted(gains, reverse=True))
        self.assertTrue(gains[-1] > 0)
        plan = self.homeward("power", "--population", "cn-kinsimu", "--kit", "PowerPlex 21", "--families-drawn", 50, "--rate-male", 0.001,
                             "--rate-female", 0.001).stdout.splitlines()
        levels = {float(row["log10_lr"]): row for row in csv.DictReader(plan[:-1], delimiter="\t")}
        # Published simulations of 20 such loci: 9,170 chance hits at 1e4, reached by 98.9 % of true duos, 98.1 % of them first.
        self.assertAlmostEqual(float(levels[4.0]["expected_chance_hits"]), 9170, delta=9170 * 0.25)
        self.assertAlmostEqual(float(levels[4.0]["p_reached"]), 0.989, delta=0.01)
        self.assertAlmostEqual(float(levels[4.0]["p_first"]), 0.981, delta=0.015)
        self.homeward("power", "--population", "cn", expect=USAGE)
        self.homeward("power", "s.h5", "--population", "cn", "--kit", "PowerPlex 21", expect=USAGE)
        self.assertIn("no locus", self.homeward("power", "--population", "cn", "--loci", "Nowhere", expect=INPUT).stderr)

    def test_a_run_without_posteriors_is_refused_in_words(self):
        self.world()
        self.homeward("match", "s.h5", "--population", "cn", "--out", "run", "--prior", 0)
        self.assertIn("--prior", self.homeward("rank", "run", "--prior", 0.01, expect=USAGE).stderr)
        (self.folder / "run" / "candidates.tsv").write_text("rank\n")
        self.homeward("rank", "run", "--fdr", 0.1, expect=INPUT)


if __name__ == "__main__":
    main()
