#!/usr/bin/env python3
"""export: each format loads again, and what it holds is what the store held."""
import xml.etree.ElementTree as ElementTree

from support import USAGE, CliTest, main

PROFILES = ("sample_id,person_id,role,family_id,sex,kit,partial,slot,vWA,TH01,FGA,D6S1043,AMEL,DYS391\n"
            'C1,,child,,M,PowerPlex 21,,,15/17,9.3,"20,21,22",11/12,X/Y,10\n'
            "C2,P2,child,,F,PowerPlex 21,1,,15,6/6,OL,,X/X,\n"
            "C3,,child,,,,,,15/?,7/>12,,,,\n"
            "F1,,father,FAM 1,M,Identifiler Plus,,,15/16,6/7,,,X/Y,\n"
            "M1,,mother,FAM 1,F,Identifiler Plus,,,17/18,9.3/8,,,X,\n"
            "G1,,grandparent,FAM=2,M,,,,14/15,7/7,,,,\n"
            "K1,,control,,,,,,16/17,6/9.3,,,,\n")
SECOND_KIT = "sample_id,role,sex,kit,vWA,D3S1358\nC1,child,M,Huaxia Platinum,15/17,15/16\n"
PEDIGREE = "family_id\tperson_id\tfather_id\tmother_id\tsex\tsample_id\tmissing\nFAM=2\tGP\t0\t0\tM\tG1\t0\nFAM=2\tGM\t0\t0\tF\t\t0\nFAM=2\tFA\tGP\tGM\tM\t\t0\nFAM=2\tCH\tFA\t*\t.\t\t1\n"


class Export(CliTest):
    def setUp(self):
        super().setUp()
        self.write("profiles.csv", PROFILES)
        self.write("second.csv", SECOND_KIT)
        self.write("pedigree.tsv", PEDIGREE)
        self.homeward("load", "s.h5", "profiles.csv", "second.csv", "pedigree.tsv")

    def export(self, *words, store="s.h5"):
        result = self.homeward("export", store, *words)
        lines = [line.split("\t") for line in result.stdout.splitlines()]
        self.assertEqual(lines[0], ["file", "samples", "rows", "sha256"])
        return [line[0] for line in lines[1:]], result

    def test_a_long_table_loses_nothing(self):
        files, result = self.export("--out", "out.csv")
        self.assertEqual(files, ["out.csv", "out.2.csv", "out.pedigrees.tsv"])
        self.assertEqual(result.stderr, "")
        self.assertEqual((self.folder / "out.csv").stat().st_mode & 0o777, 0o600)
        self.homeward("load", "t.h5", *files)
        again, _ = self.export("--out", "again.csv", store="t.h5")
        for one, other in zip(files, again):
            self.assertEqual((self.folder / one).read_bytes(), (self.folder / other).read_bytes())
        text = (self.folder / "out.csv").read_text(encoding="utf-8")
        self.assertIn('C1,,child,,M,"PowerPlex 21",,,FGA,20,21,22\n', text)
        self.assertIn("C3,,child,,,,,,vWA,15,?,\n", text)
        self.assertIn("C2,P2,child,,F,", text)

    def test_a_cmf_message_loses_nothing_and_says_what_the_schema_lacks(self):
        files, result = self.export("--format", "cmf32", "--out", "out.xml")
        self.assertIn("loci that the schema does not list", result.stderr)
        root = ElementTree.parse(self.folder / "out.xml").getroot()
        self.assertEqual(root.tag, "{urn:CODISImportFile-schema}CODISImportFile")
        self.homeward("load", "t.h5", *files)
        long_files, _ = self.export("--out", "out.csv")
        again, _ = self.export("--out", "again.csv", store="t.h5")
        for one, other in zip(long_files, again):
            self.assertEqual((self.folder / one).read_text(encoding="utf-8"), (self.folder / other).read_text(encoding="utf-8"))

    def test_a_familias_project_keeps_genotypes_families_and_database(self):
        files, result = self.export("--format", "familias", "--population", "cn", "--out", "out.fam")
        self.assertIn("no genotype", result.stderr)
        loaded = self.homeward("load", "t.h5", *files)
        self.assertIn("(3 children), 2 families", loaded.stderr)
        text, _ = self.export("--out", "again.csv", store="t.h5")
        self.assertIn(",vWA,15,17\n", (self.folder / text[0]).read_text(encoding="utf-8"))
        cases = self.homeward("lr", "--cases", "out.fam").stdout.splitlines()
        self.assertTrue(any(line.startswith("out:C1=FAM 1:Reference pedigree\tTOTAL\t") for line in cases))
        again, _ = self.export("--format", "familias", "--population", "out.fam", "--out", "again.fam", store="t.h5")
        self.assertEqual(len((self.folder / again[0]).read_text().splitlines()), len((self.folder / "out.fam").read_text().splitlines()))

    def test_wrong_words(self):
        self.assertIn("did you mean 'cmf32'", self.homeward("export", "s.h5", "--format", "cmf3", "--out", "x", expect=USAGE).stderr)
        self.assertIn("--population", self.homeward("export", "s.h5", "--format", "familias", "--out", "x", expect=USAGE).stderr)
        self.assertIn("--out", self.homeward("export", "s.h5", expect=USAGE).stderr)


if __name__ == "__main__":
    main()
