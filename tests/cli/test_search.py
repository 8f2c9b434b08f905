#!/usr/bin/env python3
"""A whole search through the executable: files in, candidates out, the same bytes however the work is done."""
import csv
import itertools
import json
import math
import os
import pathlib
import random
import shutil
import tempfile

from support import USAGE, CliTest, main

DATA = pathlib.Path(os.environ["HOMEWARD_DATA"])
LOCI = ["CSF1PO", "D3S1358", "D5S818", "D7S820", "D8S1179", "D13S317", "D16S539", "D18S51", "D21S11", "FGA", "TH01", "TPOX", "vWA", "Penta E"]
LONELY_LOCUS = "Penta D"  # only one child is typed there


class Fixture:
    """200 children and families of every shape, drawn from a shipped table with a fixed seed; 30 children are related."""

    def __init__(self):
        table = json.loads((DATA / "populations" / "us-cauc.json").read_text(encoding="utf-8"))
        self.frequencies = {entry["locus"]: entry["frequencies"] for entry in table["loci"]}
        self.random = random.Random(20_240_601)
        self.children, self.families, self.truth = {}, [], []
        for number in range(170):
            self.children[f"C{number:03}"] = self.person()
        shapes = itertools.cycle(["father", "mother", "couple", "parent"])
        for number in range(90):
            self.add_family(f"F{number:03}", next(shapes), f"C{170 + number:03}" if number < 30 else None)
        self.children["lonely"] = {LONELY_LOCUS: self.pair(LONELY_LOCUS)}
        self.untyped_here_and_there()

    def pair(self, locus):
        table = self.frequencies[locus]
        return tuple(self.random.choices(list(table), weights=list(table.values()), k=2))

    def person(self):
        return {locus: self.pair(locus) for locus in LOCI}

    def add_family(self, family, shape, child):
        father, mother = self.person(), self.person()
        if child:
            self.children[child] = {locus: (self.random.choice(father[locus]), self.random.choice(mother[locus])) for locus in LOCI}
            self.truth.append((child, family, "child"))
        if shape == "couple":
            self.families += [(family + "f", "father", family, "M", father), (family + "m", "mother", family, "F", mother)]
        elif shape == "mother":
            self.families.append((family + "m", "mother", family, "F", mother))
        else:
            self.families.append((family + "p", shape, family, "M" if shape == "father" else "", father))

    def untyped_here_and_there(self):
        for number, profile in enumerate(self.children.values()):
            if number % 3 == 0 and len(profile) > 1:
                del profile[LOCI[number % len(LOCI)]]

    @staticmethod
    def write(path, header, rows):
        with open(path, "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(header)
            writer.writerows(rows)

    def write_files(self, folder, shuffled=False):
        order = random.Random(5)
        loci = [*LOCI, LONELY_LOCUS]
        children = list(self.children.items())
        families = list(self.families)
        if shuffled:
            for rows in (children, families, loci):
                order.shuffle(rows)

        def cells(profile):
            pairs = [profile.get(locus) for locus in loci]
            return ["" if pair is None else "/".join(reversed(pair) if shuffled else pair) for pair in pairs]

        self.write(folder / "children.csv", ["sample_id", "role", *loci], [[name, "child", *cells(profile)] for name, profile in children])
        self.write(folder / "families.csv", ["sample_id", "role", "family_id", "sex", *loci], [[*row[:4], *cells(row[4])] for row in families])
        with open(folder / "truth.tsv", "w", encoding="utf-8") as file:
            file.writelines("\t".join(row) + "\n" for row in [("child_id", "family_id", "relation"), *self.truth])


def read_tsv(path):
    lines = pathlib.Path(path).read_text(encoding="utf-8").splitlines()
    header = lines[0].split("\t")
    body = [line for line in lines[1:] if not line.startswith("#")]
    return [dict(zip(header, line.split("\t"))) for line in body], lines[-1]


class Search(CliTest):
    @classmethod
    def setUpClass(cls):
        cls.fixture = Fixture()
        cls.base = pathlib.Path(tempfile.mkdtemp(prefix="homeward-cli-"))
        cls.addClassCleanup(shutil.rmtree, cls.base)
        cls.fixture.write_files(cls.base)
        runner = cls("homeward_runs")
        runner.folder = cls.base
        runner.homeward("load", "store.h5", "children.csv", "families.csv")
        runner.homeward(*cls.match_words("run"))

    @staticmethod
    def match_words(out, *more):
        return ["match", "store.h5", "--population", "us-cauc", "--out", out, "--min-log10-lr", "-1", "--top-k", "1000", *more]

    def setUp(self):
        super().setUp()
        self.scratch = self.folder
        self.folder = self.base

    def homeward_runs(self):
        """The class's own runs, outside any test."""

    def files_of(self, run):
        return [(self.base / run / name).read_bytes() for name in ("hits.h5", "candidates.tsv", "loci.tsv")]

    def test_the_same_bytes_for_any_threads_kernel_and_exhaustively(self):
        kernels = [kernel["name"] for kernel in json.loads(self.homeward("version", "--json").stdout)["kernels"] if kernel["runs_here"]]
        expected = self.files_of("run")
        ways = [["--threads", str(n)] for n in (1, 2, 3)] + [["--kernel", name] for name in kernels] + [["--exhaustive"], ["--exhaustive", "--threads", "3"]]
        for way in ways:
            with self.subTest(way=way):
                self.homeward(*self.match_words(self.scratch / "other", *way, "--force"))
                self.assertEqual(self.files_of(self.scratch / "other"), expected)

    def test_the_same_tables_on_a_processor_without_fused_multiply_add(self):
        """The C library's logarithm may differ there in its last bit (README, Limits), which no table shows here."""
        without = {"GLIBC_TUNABLES": "glibc.cpu.hwcaps=-FMA,-FMA4,-AVX2,-AVX512F"}  # where there is none of it, the same program again
        self.homeward(*self.match_words(self.scratch / "plain"), environment=without)
        for name in ("candidates.tsv", "loci.tsv", "joint.tsv"):
            self.assertEqual((self.scratch / "plain" / name).read_bytes(), (self.base / "run" / name).read_bytes(), name)

    def test_the_order_of_rows_loci_and_alleles_changes_no_candidate(self):
        self.fixture.write_files(self.scratch, shuffled=True)
        self.homeward("load", self.scratch / "store.h5", self.scratch / "children.csv", self.scratch / "families.csv")
        self.homeward("match", self.scratch / "store.h5", "--population", "us-cauc", "--out", self.scratch / "run", "--min-log10-lr", "-1", "--top-k", "1000")
        self.assertEqual((self.scratch / "run" / "candidates.tsv").read_bytes(), (self.base / "run" / "candidates.tsv").read_bytes())

    def test_nothing_is_silent(self):
        manifest = json.loads((self.base / "run" / "run.json").read_text(encoding="utf-8"))
        counts = manifest["counts"]
        families = {row[2] for row in self.fixture.families}
        self.assertEqual(counts["pairs_total"], len(self.fixture.children) * len(families))
        self.assertEqual(counts["pairs_total"], counts["pairs_compared"] + sum(counts["pairs_skipped"].values()))
        self.assertEqual(counts["pairs_skipped"]["no_shared_locus"], len(families), "the child typed elsewhere shares no locus with anyone")
        self.assertEqual(manifest["status"], "complete")

    def test_candidates_are_ordered_and_closed(self):
        rows, last = read_tsv(self.base / "run" / "candidates.tsv")
        self.assertEqual(last, f"#ok {len(rows)} rows")
        self.assertGreater(len(rows), 30)
        self.assertEqual([int(row["rank"]) for row in rows], list(range(1, len(rows) + 1)))
        scores = [float(row["log10_lr"]) for row in rows]
        self.assertEqual(scores, sorted(scores, reverse=True))
        self.assertEqual({row["hypothesis"] for row in rows} - {"couple", "father_only", "mother_only", "parent_only", "undeclared_couple"}, set())

    def test_every_single_parent_without_mutation_agrees_with_the_textbook(self):
        """Paternity index: sum over the parent's and the child's alleles of [equal] / (4 p). Nothing below the threshold, nothing lost."""
        run = self.scratch / "none"
        self.homeward("match", "store.h5", "--population", "us-cauc", "--out", run, "--mutation-model", "none", "--top-k", "1000", "--no-undeclared-couples")
        reported = {(row["child_id"], row["family_id"]): float(row["log10_lr"]) for row in read_tsv(run / "candidates.tsv")[0]}
        frequencies = {locus: self.frozen(locus) for locus in LOCI}
        expected = {}
        for _, role, family, _, parent in self.fixture.families:
            if role not in ("father", "mother") or sum(row[2] == family for row in self.fixture.families) > 1:
                continue
            for child, profile in self.fixture.children.items():
                log10_lr = self.textbook(profile, parent, frequencies)
                if log10_lr is not None and log10_lr >= 0:
                    expected[child, family] = log10_lr
        singles = {pair for pair in reported if pair[1] in {family for _, family in expected}}
        self.assertEqual(singles, set(expected))
        self.assertGreater(len(expected), 20)
        for pair, log10_lr in expected.items():
            self.assertAlmostEqual(reported[pair], log10_lr, delta=6e-5, msg=str(pair))

    def frozen(self, locus):
        total = sum(self.fixture.frequencies[locus].values())
        return {allele: p / total for allele, p in self.fixture.frequencies[locus].items()}

    @staticmethod
    def textbook(child, parent, frequencies):
        log10_lr, shared = 0.0, False
        for locus in set(child) & set(parent):
            shared = True
            index = sum((i == j) / (4 * frequencies[locus][j]) for i in parent[locus] for j in child[locus])
            if index == 0:
                return None
            log10_lr += math.log10(index)
        return log10_lr if shared else None

    def test_rank_shows_the_candidates_in_order(self):
        rows, _ = read_tsv(self.base / "run" / "candidates.tsv")
        shown = self.homeward("rank", "run", "--format", "tsv").stdout.splitlines()
        self.assertEqual(shown[0].split("\t")[:4], ["rank", "child_id", "family_id", "hypothesis"])
        self.assertEqual([line.split("\t")[1:3] for line in shown[1:] if not line.startswith("#")], [[row["child_id"], row["family_id"]] for row in rows])
        best = [json.loads(line) for line in self.homeward("rank", "run", "--format", "jsonl", "--top", "3").stdout.splitlines()]
        self.assertEqual([str(row["child_id"]) for row in best], [row["child_id"] for row in rows[:3]])
        self.homeward("rank", "run", "--by", "nobody", expect=USAGE)

    def test_explain_adds_up_to_the_candidate(self):
        rows, _ = read_tsv(self.base / "run" / "candidates.tsv")
        row = next(row for row in rows if row["hypothesis"] == "father_only" and row["mother_id"] == "." and "+" not in row["family_id"])
        lines = self.homeward("explain", "run", row["child_id"], row["family_id"], "--format", "tsv").stdout.splitlines()
        table = [dict(zip(lines[0].split("\t"), line.split("\t"))) for line in lines[1:] if not line.startswith("#")]
        self.assertEqual(table[-1]["locus"], "TOTAL")
        self.assertAlmostEqual(float(table[-1]["log10_lr"]), float(row["log10_lr"]), delta=1.1e-4)
        used = [line for line in table[:-1] if line["status"] in ("consistent", "inconsistent")]
        self.assertEqual(len(used), int(row["n_loci"]))
        self.assertAlmostEqual(sum(float(line["log10_lr"]) for line in used), float(row["log10_lr"]), delta=1e-4 * len(used))

    def test_evaluate_finds_no_true_pair_lost(self):
        out = self.homeward("evaluate", "run", "--truth", "truth.tsv").stdout
        values = dict(line.split("\t") for line in out.splitlines())
        self.assertEqual(int(values["true_pairs"]), 30)
        self.assertEqual(float(values["recall_at_threshold"]), 1.0)
        self.assertEqual(values["true_pairs_at_threshold"], values["true_pairs_reported"])
        self.assertGreaterEqual(int(values["true_family_rank_1"]), 20)

    def test_info_and_check_of_the_store(self):
        self.assertIn("families", self.homeward("info", "store.h5").stdout)
        self.homeward("check", "store.h5")

    def test_a_run_folder_is_private_and_not_overwritten_by_accident(self):
        self.assertEqual((self.base / "run").stat().st_mode & 0o777, 0o700)
        for path in (self.base / "run").iterdir():
            self.assertEqual(path.stat().st_mode & 0o777, 0o600, path.name)
        self.homeward(*self.match_words("run"), expect=USAGE)

    def test_match_never_writes_the_store(self):
        before = (self.base / "store.h5").read_bytes()
        self.homeward(*self.match_words(self.scratch / "again"))
        self.assertEqual((self.base / "store.h5").read_bytes(), before)

    def test_an_unknown_kernel_is_refused_not_replaced(self):
        result = self.homeward(*self.match_words(self.scratch / "x", "--kernel", "abacus"), expect=USAGE)
        self.assertIn("portable", result.stderr)
        self.assertFalse((self.scratch / "x").exists())


class Synthetic(CliTest):
    def test_simulate_load_match_evaluate_loses_nothing(self):
        self.homeward("simulate", "out", "--population", "cn", "--children", "300", "--families", "200", "--related", "60", "--apart", "0.5",
                      "--kit", "PowerPlex 21:0.6,Identifiler Plus:0.4", "--missing", "0.02", "--seed", "3")
        self.homeward("load", "store.h5", "out/children.csv", "out/families.csv")
        self.homeward("match", "store.h5", "--population", "cn", "--out", "run")
        out = self.homeward("evaluate", "run", "--truth", "out/truth.tsv").stdout
        values = dict(line.split("\t") for line in out.splitlines())
        self.assertEqual(float(values["recall_at_threshold"]), 1.0)
        self.assertGreater(int(values["true_pairs"]), 50)

    def test_the_same_seed_gives_the_same_bytes(self):
        for folder, threads in (("a", "1"), ("b", "3")):
            self.homeward("simulate", folder, "--population", "cn", "--children", "50", "--families", "40", "--related", "10", "--seed", "9", "--threads", threads)
        for name in ("children.csv", "families.csv", "truth.tsv"):
            self.assertEqual((self.folder / "a" / name).read_bytes(), (self.folder / "b" / name).read_bytes(), name)


if __name__ == "__main__":
    main()
