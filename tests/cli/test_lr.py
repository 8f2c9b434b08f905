#!/usr/bin/env python3
"""`lr` as a user types it: stated cases, a family's pedigree, any two pedigrees against each other."""
import json
import math

from support import INPUT, OK, USAGE, CliTest, main

TRIO = [["FA", "0", "0", "M"], ["MO", "0", "0", "F"], ["CH", "FA", "MO", "M"]]
STRANGERS = [["FA", "0", "0", "M"], ["MO", "0", "0", "F"], ["CH", "0", "0", "M"]]
P, Q, R = 0.1, 0.3, 0.6


def case(name, genotypes, h1=TRIO, h2=STRANGERS, **model):
    return json.dumps({"case": name, "H1": h1, "H2": h2, "model": {"mutation": {"model": "none"}, "theta": 0.0, "silent": 0.0, **model},
                       "loci": [{"locus": "L", "frequencies": {"8": P, "9": Q, "10": R}, "genotypes": genotypes}]}) + "\n"


def rows_of(text):
    lines = [line.split("\t") for line in text.splitlines()]
    return [dict(zip(lines[0], line)) for line in lines[1:]]


class Cases(CliTest):
    def test_textbook_exclusion_and_undefined(self):
        path = self.write("cases.jsonl", case("half", {"FA": ["8", "8"], "CH": ["8", "9"]}) + case("never", {"FA": ["9", "9"], "CH": ["8", "8"]}) +
                          case("alone", {"CH": ["8", "8"]}) +
                          case("neither", {"FA": ["9", "9"], "MO": ["9", "9"], "CH": ["8", "8"]}, h2=TRIO))
        result = self.homeward("lr", "--cases", path)
        rows = {(row["case"], row["locus"]): row for row in rows_of(result.stdout)}
        self.assertEqual(list(rows)[:2], [("half", "L"), ("half", "TOTAL")])
        self.assertAlmostEqual(float(rows["half", "L"]["lr"]), 1 / (2 * P), 12)
        self.assertEqual(rows["never", "TOTAL"]["log10_lr"], "-Inf")
        self.assertEqual(rows["alone", "L"]["flag"], "one_sided")
        self.assertEqual((rows["neither", "L"]["log10_lr"], rows["neither", "L"]["flag"]), ("NaN", "undefined"))
        self.assertIn("neither", result.stderr)

    def test_a_bad_case_is_named_and_the_others_are_computed(self):
        path = self.write("cases.jsonl", case("good", {"FA": ["8", "8"], "CH": ["8", "9"]}) + '{"case":"broken"}\n' + case("odd", {"FA": ["8", "77"], "CH": ["8", "9"]}))
        result = self.homeward("lr", "--cases", path, expect=INPUT)
        self.assertEqual({row["case"] for row in rows_of(result.stdout)}, {"good"})
        self.assertIn("line 2, case broken", result.stderr)
        self.assertIn("case odd", result.stderr)
        self.assertNotIn("77", result.stderr)
        self.homeward("lr", "--cases", path, "--population", "cn", expect=USAGE)
        self.homeward("lr", expect=USAGE)


class Pedigrees(CliTest):
    """A family's own files; the population is a small table so that every number can be written down."""

    def setUp(self):
        super().setUp()
        self.write("table.csv", "locus,allele,frequency\n" + "".join(f"TH01,{a},{p}\n" for a, p in (("8", P), ("9", Q), ("10", R))))
        self.write("profiles.csv", "sample_id,role,TH01\ngf,grandparent,8/8\nchild,child,8/9\n")

    def pedigree(self, name, *rows):
        return self.write(name, "family_id\tperson_id\tfather_id\tmother_id\tsex\tsample_id\tmissing\n" + "".join("F\t" + "\t".join(row) + "\n" for row in rows))

    def lr(self, *words, expect=OK):
        return self.homeward("lr", "--population", "table.csv", "--mutation-model", "none", "--profiles", "profiles.csv", *words, expect=expect)

    def total(self, result):
        return float(rows_of(result.stdout)[-1]["log10_lr"])

    def test_grandparent_against_unrelated_and_against_a_parent(self):
        grandparent = self.pedigree("h1.tsv", ("GF", "0", "0", "M", "gf", "0"), ("GM", "0", "0", "F", "", "0"), ("FA", "GF", "GM", "M", "", "0"),
                                    ("MO", "0", "0", "F", "", "0"), ("CH", "FA", "MO", "M", "child", "1"))
        parent = self.pedigree("h2.tsv", ("GF", "0", "0", "M", "gf", "0"), ("MO", "0", "0", "F", "", "0"), ("CH", "GF", "MO", "M", "child", "1"))
        as_grandparent = self.total(self.lr("--pedigree", grandparent))
        as_parent = self.total(self.lr("--pedigree", parent))
        self.assertAlmostEqual(as_parent, math.log10(1 / (2 * P)), 10)
        self.assertAlmostEqual(as_grandparent, math.log10(0.5 + 0.5 / (2 * P)), 10)
        # Any two pedigrees: the ratio of the two.
        self.assertAlmostEqual(self.total(self.lr("--pedigree", grandparent, "--alternative", parent)), as_grandparent - as_parent, 10)

    def test_the_alternative_may_hold_strangers(self):
        parent = self.pedigree("h1.tsv", ("GF", "0", "0", "M", "gf", "0"), ("MO", "0", "0", "F", "", "0"), ("CH", "GF", "MO", "M", "child", "1"))
        strangers = self.pedigree("h2.tsv", ("GF", "0", "0", "M", "gf", "0"), ("CH", "0", "0", "M", "child", "1"))
        self.assertAlmostEqual(self.total(self.lr("--pedigree", parent, "--alternative", strangers)), math.log10(1 / (2 * P)), 10)

    def test_two_missing_children_are_scored_together(self):
        self.write("profiles.csv", "sample_id,role,TH01\nmother,mother,9/9\none,child,8/9\ntwo,child,8/9\n")
        both = self.pedigree("both.tsv", ("MO", "0", "0", "F", "mother", "0"), ("FA", "0", "0", "M", "", "0"), ("C1", "FA", "MO", "M", "one", "1"),
                             ("C2", "FA", "MO", "F", "two", "1"))
        one = self.pedigree("one.tsv", ("MO", "0", "0", "F", "mother", "0"), ("FA", "0", "0", "M", "", "0"), ("C1", "FA", "MO", "M", "one", "1"))
        # The untyped father has an 8 in both children: P = p (1 + p) / 2, against (2 p q)^2.
        joint = self.total(self.lr("--pedigree", both))
        self.assertAlmostEqual(joint, math.log10(P * (1 + P) / 2 / (2 * P * Q) ** 2), 10)
        single = self.total(self.lr("--pedigree", one))
        self.assertAlmostEqual(single, math.log10(1 / (2 * Q)), 10)
        self.assertGreater(joint, 2 * single)

    def test_linked_loci_are_scored_jointly_as_a_stated_case_is(self):
        tables = {"vWA": {"14": 0.2, "15": 0.3, "16": 0.5}, "D12S391": {"18": 0.4, "19": 0.6}}
        genotypes = {"vWA": {"one": ["14", "15"], "two": ["14", "15"]}, "D12S391": {"one": ["18", "18"], "two": ["18", "18"]}}
        self.write("table.csv", "locus,allele,frequency\n" + "".join(f"{locus},{a},{p}\n" for locus, table in tables.items() for a, p in table.items()))
        self.write("profiles.csv", "sample_id,role,vWA,D12S391\n" +
                   "".join(f"{who},child,{'/'.join(genotypes['vWA'][who])},{'/'.join(genotypes['D12S391'][who])}\n" for who in ("one", "two")))
        sibs = self.pedigree("sibs.tsv", ("MO", "0", "0", "F", "", "0"), ("FA", "0", "0", "M", "", "0"), ("C1", "FA", "MO", "M", "one", "0"),
                             ("C2", "FA", "MO", "F", "two", "1"))
        people = [["MO", "0", "0", "F"], ["FA", "0", "0", "M"], ["C1", "FA", "MO", "M"]]
        stated = self.write("case.jsonl", json.dumps({
            "case": "c", "H1": people + [["C2", "FA", "MO", "F"]], "H2": people + [["C2", "0", "0", "F"]],
            "model": {"mutation": {"model": "none"}, "theta": 0.0, "silent": 0.0},
            "loci": [{"locus": locus, "frequencies": tables[locus], "genotypes": {"C1": genotypes[locus]["one"], "C2": genotypes[locus]["two"]}} for locus in tables],
            "linked": [{"loci": ["vWA", "D12S391"], "rho": 0.1}]}) + "\n")
        expected = self.total(self.homeward("lr", "--cases", stated))
        plain = self.total(self.lr("--pedigree", sibs))
        self.assertAlmostEqual(self.total(self.lr("--pedigree", sibs, "--linked", "vWA,D12S391,0.1")), expected, 10)
        self.assertGreater(expected, plain + 0.01)
        self.assertAlmostEqual(self.total(self.lr("--pedigree", sibs, "--linked", "vWA,D12S391,0.5")), plain, 10)
        for wrong in ("vWA,D12S391", "vWA,vWA,0.1", "vWA,D12S391,0.7", "vWA,FGA,0.1"):
            self.lr("--pedigree", sibs, "--linked", wrong, expect=USAGE)

    def test_the_same_data_must_be_explained_by_both(self):
        h1 = self.pedigree("h1.tsv", ("GF", "0", "0", "M", "gf", "0"), ("MO", "0", "0", "F", "", "0"), ("CH", "GF", "MO", "M", "child", "1"))
        h2 = self.pedigree("h2.tsv", ("MO", "0", "0", "F", "", "0"), ("FA", "0", "0", "M", "", "0"), ("CH", "FA", "MO", "M", "child", "1"))
        self.assertIn("same samples", self.lr("--pedigree", h1, "--alternative", h2, expect=INPUT).stderr)
        nobody = self.pedigree("h3.tsv", ("GF", "0", "0", "M", "elsewhere", "0"), ("MO", "0", "0", "F", "", "0"), ("CH", "GF", "MO", "M", "child", "1"))
        self.assertIn("none of the --profiles files", self.lr("--pedigree", nobody, expect=INPUT).stderr)


if __name__ == "__main__":
    main()
