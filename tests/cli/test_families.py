#!/usr/bin/env python3
"""Families of relatives through the executable: their own DNA is checked first, and what a candidate may be instead is said."""
import csv
import json
import math
import os
import pathlib
import random

from support import INPUT, USAGE, CliTest, main

DATA = pathlib.Path(os.environ["HOMEWARD_DATA"])
LOCI = ["CSF1PO", "D3S1358", "D5S818", "D7S820", "D8S1179", "D13S317", "D16S539", "D18S51", "D21S11", "FGA", "TH01", "TPOX", "vWA", "Penta E", "Penta D",
        "D2S1338", "D19S433", "D12S391", "D1S1656", "D2S441"]
PEDIGREE = ["family_id", "person_id", "father_id", "mother_id", "sex", "sample_id", "missing"]


class Genes:
    """Persons drawn from a shipped table with a fixed seed; children get an allele of each parent."""

    def __init__(self, seed):
        table = json.loads((DATA / "populations" / "us-cauc.json").read_text(encoding="utf-8"))
        self.frequencies = {entry["locus"]: entry["frequencies"] for entry in table["loci"]}
        self.random = random.Random(seed)

    def person(self):
        return {locus: tuple(self.random.choices(list(self.frequencies[locus]), weights=list(self.frequencies[locus].values()), k=2)) for locus in LOCI}

    def child(self, father, mother):
        return {locus: (self.random.choice(father[locus]), self.random.choice(mother[locus])) for locus in LOCI}


def table_rows(path):
    with open(path, encoding="utf-8") as file:
        lines = file.read().splitlines()
    assert lines[-1].startswith("#ok"), lines[-1]
    return [dict(zip(lines[0].split("\t"), line.split("\t"))) for line in lines[1:-1]]


class Families(CliTest):
    def setUp(self):
        super().setUp()
        self.genes = Genes(20_260_701)
        self.profiles, self.pedigree = [], []

    def sample(self, name, role, profile, family="", amelogenin=""):
        self.profiles.append([name, role, family, *["/".join(profile[locus]) for locus in LOCI], amelogenin])

    def relatives(self, family, *rows):
        self.pedigree += [[family, *row] for row in rows]

    def write_table(self, name, header, rows, delimiter):
        with open(self.folder / name, "w", encoding="utf-8", newline="") as file:
            csv.writer(file, delimiter=delimiter, lineterminator="\n").writerows([header, *rows])
        return name

    def match(self, *words):
        profiles = self.write_table("profiles.csv", ["sample_id", "role", "family_id", *LOCI, "AMEL"], self.profiles, ",")
        files = [profiles]
        if self.pedigree:
            files.append(self.write_table("pedigree.tsv", PEDIGREE, self.pedigree, "\t"))
        self.homeward("load", "s.hws", *files)
        self.homeward("match", "s.hws", "--population", "us-cauc", "--out", "run", "--threads", "1", *words)
        return table_rows(self.folder / "run" / "candidates.tsv")

    def checks(self):
        return {(row["family_id"], row["finding"], row["person_a"], row["person_b"]): row for row in table_rows(self.folder / "run" / "family_check.tsv")}

    def grandparents(self, family, child=True):
        """The father's parents and his brother are typed, the parents are not. Returns their profiles."""
        grandfather, grandmother, mother = self.genes.person(), self.genes.person(), self.genes.person()
        uncle = self.genes.child(grandfather, grandmother)
        if child:
            self.sample(f"{family}-child", "child", self.genes.child(self.genes.child(grandfather, grandmother), mother))
        self.relatives(family, ["GF", "0", "0", "M", f"{family}-gf", "0"], ["GM", "0", "0", "F", f"{family}-gm", "0"], ["UN", "GF", "GM", "M", f"{family}-un", "0"],
                       ["FA", "GF", "GM", "M", "", "0"], ["MO", "0", "0", "F", "", "0"], ["CH", "FA", "MO", "", "", "1"])
        return grandfather, grandmother, uncle

    def test_relatives_who_contradict_each_other_are_searched_by_consistent_parts(self):
        grandfather, grandmother, uncle = self.grandparents("sound")
        self.sample("sound-gf", "grandparent", grandfather, amelogenin="X/Y")
        self.sample("sound-gm", "grandparent", grandmother, amelogenin="X/X")
        self.sample("sound-un", "avuncular", uncle)
        grandfather, grandmother, uncle = self.grandparents("wrong")
        self.sample("wrong-gf", "grandparent", grandfather, amelogenin="X/X")
        self.sample("wrong-gm", "grandparent", self.genes.person())
        self.sample("wrong-un", "avuncular", uncle)
        rows = self.match()
        checks = self.checks()
        self.assertEqual({key[0] for key in checks}, {"wrong"})
        found = checks["wrong", "contradicted", "wrong-gm", "wrong-un"]
        self.assertEqual((found["declared"], found["best"], found["action"]), ("parent_child", "unrelated", "left_out_in_turn"))
        self.assertLess(float(found["log10_lr_declared"]), -4)
        self.assertIn(("wrong", "sex_marker", "wrong-gf", "."), checks)
        # Without the wrong one, the family still finds its child; the flag says that it is one of several readings.
        best = {row["family_id"]: row for row in reversed(rows)}
        self.assertEqual(best["sound"]["child_id"], "sound-child")
        self.assertEqual(best["wrong"]["child_id"], "wrong-child")
        self.assertIn("family_contradicted", best["wrong"]["flags"].split(";"))
        self.assertNotIn("family_contradicted", best["sound"]["flags"].split(";"))
        self.assertEqual(best["wrong"]["alternatives"].count("pedigree="), 2)
        warnings = json.loads((self.folder / "run" / "run.json").read_text(encoding="utf-8"))["warnings"]
        self.assertTrue(any("family_check.tsv" in warning for warning in warnings), warnings)
        shown = self.homeward("check", "s.hws", "--population", "us-cauc")
        self.assertEqual(shown.stdout, (self.folder / "run" / "family_check.tsv").read_text(encoding="utf-8"))
        self.assertIn("1 contradicted in 1 families", shown.stderr)
        # The likeliest part is what explain shows, to the digit.
        explained = self.homeward("explain", "run", "wrong-child", "wrong", "--format", "tsv").stdout.splitlines()
        total = dict(zip(explained[0].split("\t"), explained[-1].split("\t")))
        parts = [float(part.split("=")[1]) for part in best["wrong"]["alternatives"].split(";") if part.startswith("pedigree=")]
        self.assertAlmostEqual(float(total["log10_lr"]), max(parts), 3)

    def test_exchanged_samples_are_named(self):
        grandfather, grandmother, uncle = self.grandparents("swap")
        self.sample("swap-gf", "grandparent", grandfather)
        self.sample("swap-gm", "grandparent", uncle)
        self.sample("swap-un", "avuncular", grandmother)
        self.match()
        checks = self.checks()
        self.assertIn(("swap", "swap", "swap-gm", "swap-un"), checks)
        self.assertEqual(checks["swap", "swap", "swap-gm", "swap-un"]["action"], "none")

    def test_a_couple_of_one_person_is_named_and_searched(self):
        person = self.genes.person()
        self.sample("c-father", "father", person, "C")
        self.sample("c-mother", "mother", person, "C")
        self.sample("child", "child", self.genes.child(person, self.genes.person()))
        rows = self.match()
        found = self.checks()["C", "contradicted", "c-father", "c-mother"]
        self.assertEqual((found["declared"], found["best"], found["action"]), ("unrelated", "same_person", "searched"))
        self.assertEqual(rows[0]["child_id"], "child")

    def test_what_a_candidate_may_be_instead(self):
        father, mother, other = self.genes.person(), self.genes.person(), self.genes.person()
        child, twin = self.genes.child(father, mother), self.genes.child(father, mother)
        aunt_of = self.genes.child(self.genes.person(), self.genes.person())
        self.sample("child", "child", child)
        self.sample("sib", "father", twin)
        self.sample("double", "mother", child)
        self.sample("parent", "father", father)
        self.sample("stranger", "mother", aunt_of)
        self.sample("a-f", "father", father, "couple")
        self.sample("a-m", "mother", mother, "couple")
        self.sample("b-f", "father", father, "half")
        self.sample("b-m", "mother", other, "half")
        rows = {row["family_id"]: row for row in self.match("--min-log10-lr", "-90", "--no-undeclared-couples")}

        def alternatives(family):
            return {name: float(value) for name, value in (part.split("=") for part in rows[family]["alternatives"].split(";"))}

        self.assertIn("same_person", rows["double"]["flags"].split(";"))
        self.assertEqual((rows["double"]["support"], rows["double"]["cpi_class"]), ("same_person", "same_person"))
        self.assertGreater(alternatives("double")["same_person"], alternatives("double")["mother_only"])
        self.assertIn("better:full_sib", rows["sib"]["flags"].split(";"))
        self.assertEqual(max(alternatives("sib"), key=alternatives("sib").get), "full_sib")
        self.assertNotIn("better", rows["parent"]["flags"])
        self.assertGreater(alternatives("parent")["father_only"], alternatives("parent")["second_degree"])
        couple = alternatives("couple")
        self.assertEqual(max(couple, key=couple.get), "couple")
        self.assertEqual(set(couple), {"close_relative", "couple", "father_only", "mother_only", "father_second_degree", "mother_second_degree", "grandparents", "father_full_sib",
                                       "mother_full_sib", "father_same_person", "mother_same_person"})
        # The father alone leads in the family whose mother is another woman: his alternatives are listed.
        self.assertEqual(rows["half"]["hypothesis"], "father_only")
        self.assertEqual(alternatives("half")["second_degree"], alternatives("parent")["second_degree"])
        self.assertEqual(rows["stranger"]["flags"], ".")

    def test_simulated_families_of_every_kind_are_found(self):
        self.homeward("simulate", "sim", "--population", "cn", "--children", "300", "--families", "60", "--related", "20", "--pedigrees", "70", "--pedigrees-related",
                      "35", "--seed", "3")
        self.homeward("load", "s.hws", "sim/children.csv", "sim/families.csv", "sim/pedigrees.tsv")
        found = {}
        for name, words in {"one": ["--threads", "1"], "two": ["--threads", "2", "--exhaustive"]}.items():
            self.homeward("match", "s.hws", "--population", "cn", "--out", name, "--min-log10-lr", "-2", *words)
            found[name] = {file: (self.folder / name / file).read_bytes() for file in ("candidates.tsv", "joint.tsv", "lineage.tsv", "family_check.tsv")}
        self.assertEqual(found["one"], found["two"])
        lines = self.homeward("evaluate", "one", "--truth", "sim/truth.tsv").stdout.splitlines()
        figures = dict(line.split("\t")[:2] for line in lines if "\t" in line)
        self.assertEqual((int(figures["true_pairs"]), float(figures["recall_at_threshold"])), (55, 1.0))
        self.assertGreaterEqual(int(figures["true_pairs_reported"]), 50)
        rows = table_rows(self.folder / "one" / "candidates.tsv")
        self.assertEqual({row["hypothesis"] for row in rows} & {"pedigree", "couple"}, {"pedigree", "couple"})
        self.assertEqual(table_rows(self.folder / "one" / "family_check.tsv"), [])
        # Of a pedigree the best rows say what other place the child may have; the declared one is mostly the likeliest.
        listed = [dict(part.split("=") for part in row["alternatives"].split(";")) for row in rows[:100] if row["hypothesis"] == "pedigree"]
        places = {name for alternatives in listed for name in alternatives}
        self.assertLessEqual({"father_side", "mother_side", "father_second_degree", "mother_second_degree", "full_sib", "same_person"}, places)
        likeliest = [max(alternatives, key=lambda name: float(alternatives[name])) for alternatives in listed]
        self.assertGreater(likeliest.count("pedigree"), len(likeliest) / 2)

    def test_two_missing_sibs_are_scored_together(self):
        father, mother = self.genes.person(), self.genes.person()
        self.sample("one", "child", self.genes.child(father, mother))
        self.sample("two", "child", self.genes.child(father, mother))
        self.sample("other", "child", self.genes.child(father, self.genes.person()))
        self.sample("f", "father", father)
        self.match()
        rows = table_rows(self.folder / "run" / "joint.tsv")
        best = rows[0]
        self.assertEqual((best["family_id"], {best["child_a"], best["child_b"]}), ("f", {"one", "two"}))
        # The untyped mother speaks once for both: together they say more than each alone.
        self.assertGreater(float(best["log10_lr_full_sibs"]), float(best["log10_lr_a"]) + float(best["log10_lr_b"]))
        self.assertGreater(float(best["log10_lr_full_sibs"]), float(best["log10_lr_half_sibs"]))
        self.assertNotIn("other", {row[child] for row in rows for child in ("child_a", "child_b")})

    def test_linked_loci_are_scored_jointly_and_no_candidate_is_lost(self):
        sibs = {}
        for family in ("A", "B", "C"):
            father, mother = self.genes.person(), self.genes.person()
            for name, role in (("one", "sibling"), ("two", "sibling"), ("child", "child")):
                sibs[family, name] = self.genes.child(father, mother)
                self.sample(f"{family}-{name}", role, sibs[family, name])
            self.relatives(family, ["FA", "0", "0", "M", "", "0"], ["MO", "0", "0", "F", "", "0"], ["S1", "FA", "MO", "M", f"{family}-one", "0"],
                           ["S2", "FA", "MO", "F", f"{family}-two", "0"], ["CH", "FA", "MO", "", "", "1"])
        for number in range(200):
            self.sample(f"other{number}", "child", self.genes.person())
        pairs = ["--linked", "vWA,D12S391,0.1062", "--linked", "D5S818,CSF1PO,0.02"]
        apart = {(row["child_id"], row["family_id"]): row for row in self.match("--min-log10-lr", "-2")}
        warnings = json.loads((self.folder / "run" / "run.json").read_text(encoding="utf-8"))["warnings"]
        self.assertTrue(any("D12S391,vWA,0.1062" in warning and "3 pedigrees" in warning for warning in warnings), warnings)

        runs = {"joint": ["--threads", "2"], "all": ["--exhaustive"]}
        for name, words in runs.items():
            said = self.homeward("match", "s.hws", "--population", "us-cauc", "--out", name, "--min-log10-lr", "-2", *pairs, *words).stderr
            self.assertIn("CSF1PO+D5S818 at 0.02", said)
            self.assertNotIn("taken as unlinked", said)
        for file in ("hits.h5", "candidates.tsv", "loci.tsv", "joint.tsv"):
            self.assertEqual((self.folder / "joint" / file).read_bytes(), (self.folder / "all" / file).read_bytes(), file)
        joint = {(row["child_id"], row["family_id"]): row for row in table_rows(self.folder / "joint" / "candidates.tsv")}
        pedigree = self.write_table("h1.tsv", PEDIGREE, [[*row[:5], "A-child" if row[1] == "CH" else row[5], row[6]] for row in self.pedigree if row[0] == "A"], "\t")
        single = self.homeward("lr", "--population", "us-cauc", "--pedigree", pedigree, "--profiles", "profiles.csv", *pairs).stdout.splitlines()[-1].split("\t")
        self.assertAlmostEqual(float(joint["A-child", "A"]["log10_lr"]), float(single[5]), 4)
        self.assertNotEqual(joint["A-child", "A"]["log10_lr"], apart["A-child", "A"]["log10_lr"])

        explained = self.homeward("explain", "joint", "A-child", "A", "--format", "tsv").stdout.splitlines()
        rows = [dict(zip(explained[0].split("\t"), line.split("\t"))) for line in explained[1:]]
        linked = [row for row in rows if row["status"] == "linked"]
        self.assertEqual({frozenset(row["locus"].split("+")) for row in linked}, {frozenset(("vWA", "D12S391")), frozenset(("D5S818", "CSF1PO"))})
        self.assertEqual(rows[-1]["log10_lr"], joint["A-child", "A"]["log10_lr"])
        self.assertAlmostEqual(float(linked[0]["log10_lr"]), math.log10(float(linked[0]["p_h1"]) / float(linked[0]["p_h2"])), 3)
        # Other tables and a rank read the same model again.
        self.assertIn("A-child", self.homeward("rank", "joint", "--top", "5").stdout)
        for wrong in (["--linked", "vWA,D12S391"], ["--linked", "vWA,D12S391,0.7"], ["--linked", "vWA,SE33,0.1"], [*pairs, "--linked", "vWA,TH01,0.1"], [*pairs, "--theta", "0.01"]):
            self.homeward("match", "s.hws", "--population", "us-cauc", "--out", "no", *wrong, expect=USAGE)

    def test_what_a_search_does_not_model_is_counted_or_refused_with_the_reason(self):
        father = self.genes.person()
        child = self.genes.child(father, self.genes.person())
        self.sample("f", "father", father)
        self.sample("c", "child", {**child, "TH01": (child["TH01"][0], "?"), "FGA": ("?", child["FGA"][1])})
        self.match()
        warnings = json.loads((self.folder / "run" / "run.json").read_text(encoding="utf-8"))["warnings"]
        self.assertTrue(any("of 2 calls of children and 0 of families' members one allele is known" in warning for warning in warnings), warnings)
        for option, reason in (("--dropout", "does not model drop-out"), ("--dropin", "does not model drop-in"), ("--typing-error", "does not model typing errors")):
            said = self.homeward("match", "s.hws", "--population", "us-cauc", "--out", "no", option, "0.05", expect=USAGE).stderr
            self.assertIn(reason, said)

    def test_y_haplotypes_stand_beside_the_likelihood_ratio(self):
        father, mother = self.genes.person(), self.genes.person()
        self.sample("f", "father", father)
        self.sample("son", "child", self.genes.child(father, mother))
        for number in range(9):
            self.sample(f"man{number}", "control", self.genes.person())
        profiles = self.write_table("profiles.csv", ["sample_id", "role", "family_id", *LOCI, "AMEL"], self.profiles, ",")
        haplotypes = self.write_table("y.csv", ["sample_id", "role", "DYS19", "DYS385", "DYS390"],
                                      [["f", "father", "15", "11/14", "24"], ["son", "child", "15", "11/14", "24"], *[[f"man{n}", "control", "15", "11/14", str(20 + n)] for n in range(9)]], ",")
        self.homeward("load", "s.hws", profiles, haplotypes)
        self.homeward("match", "s.hws", "--population", "us-cauc", "--out", "run")
        row = table_rows(self.folder / "run" / "lineage.tsv")[0]
        self.assertEqual((row["child_id"], row["relative_id"], row["verdict"], row["n_loci"]), ("son", "f", "cannot_exclude", "3"))
        self.assertEqual((row["x"], row["n"], float(row["frequency"])), ("1", "9", 0.2))
        self.assertGreater(float(row["lr"]), float(row["lr_lower_95"]))

    def test_all_defects_of_a_pedigree_are_reported_together(self):
        self.sample("s1", "grandparent", self.genes.person())
        self.relatives("A", ["F", "0", "0", "F", "s1", "0"], ["M", "0", "0", "F", "", "0"], ["C", "F", "M", "", "", "1"], ["X", "0", "0", "M", "", "0"])
        self.relatives("B", ["F", "C", "M", "M", "s1", "0"], ["M", "0", "0", "F", "", "0"], ["C", "F", "M", "", "", "1"])
        self.relatives("D", ["F", "0", "0", "M", "", "0"], ["M", "0", "0", "F", "", "0"], ["C", "F", "M", "", "", "0"])
        profiles = self.write_table("profiles.csv", ["sample_id", "role", "family_id", *LOCI, "AMEL"], self.profiles, ",")
        pedigree = self.write_table("pedigree.tsv", PEDIGREE, self.pedigree, "\t")
        self.homeward("load", "s.hws", profiles, pedigree, "--issues", "issues.tsv", "--rejects", "rejects.csv", expect=INPUT)
        rejects = (self.folder / "rejects.csv").read_text(encoding="utf-8")
        for defect in ("father is female", "own ancestor", "not connected", "no person of the family is marked missing; no person of the family has a sample"):
            self.assertIn(defect, rejects)
        self.assertFalse((self.folder / "s.hws").exists())


if __name__ == "__main__":
    main()
