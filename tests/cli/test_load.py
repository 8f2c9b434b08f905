#!/usr/bin/env python3
"""load: sheets, lists of issues and rejects, what the store refuses, and what stdout says."""
from support import INPUT, OK, USAGE, CliTest, main

CHILDREN = "sample_id,role,VWA,TH01,note\nC1,child,15/17,6/9.3,x\nC2,child,14,OL,y\n"
FAMILIES = "sample_id,role,family_id,sex,vWA,TH01\nF1,father,FAM1,M,15/16,6/7\nM1,mother,FAM1,F,17/18,9.3\n"


class Load(CliTest):
    def setUp(self):
        super().setUp()
        self.write("children.csv", CHILDREN)
        self.write("families.csv", FAMILIES)

    def rows(self, result):
        lines = [line.split("\t") for line in result.stdout.splitlines()]
        return [dict(zip(lines[0], line)) for line in lines[1:]]

    def test_one_line_a_file(self):
        rows = self.rows(self.homeward("load", "s.h5", "children.csv", "families.csv"))
        self.assertEqual([row["file"] for row in rows], ["children.csv", "families.csv"])
        self.assertEqual([row["format"] for row in rows], ["native-wide", "native-wide"])
        for row in rows:
            self.assertEqual((row["rows"], row["samples"], row["loci"], row["new_persons"], row["new_typings"], row["rejects"]), ("2", "2", "2", "2", "2", "0"))
        self.assertEqual((rows[0]["issues"], rows[1]["issues"]), ("3", "0"))

    def test_issues_lie_beside_the_store(self):
        self.homeward("load", "s.h5", "children.csv")
        lists = list(self.folder.glob("s.h5.*.issues.tsv"))
        self.assertEqual(len(lists), 1)
        self.assertEqual(lists[0].stat().st_mode & 0o777, 0o600)
        lines = [line.split("\t") for line in lists[0].read_text(encoding="utf-8").splitlines()]
        self.assertEqual(lines[0][:14], "batch_id severity code file sheet line record column field value action repaired_to message suggestion".split())
        self.assertEqual(sorted(line[2] for line in lines[1:]), ["W_LOCUS_ALIAS", "W_OFF_LADDER", "W_UNKNOWN_COLUMN"])
        self.assertTrue(all(len(line) == len(lines[0]) for line in lines))

    def test_a_dry_run_shows_the_columns(self):
        result = self.homeward("load", "s.h5", "children.csv", "--dry-run")
        self.assertRegex(result.stderr, r"column VWA +-> locus vWA")
        self.assertRegex(result.stderr, r"column note +-> unknown, left out")
        self.assertFalse((self.folder / "s.h5").exists())

    def test_readable_files_are_judged_beside_unreadable_ones(self):
        result = self.homeward("load", "s.h5", "children.csv", "absent.csv", expect=INPUT)
        self.assertIn("W_OFF_LADDER", result.stderr)
        self.assertIn("absent.csv", result.stderr)

    def test_a_sheet_says_what_the_profiles_do_not(self):
        self.write("lab.txt", "Sample Name\tvWA\tTH01\t\r\nA_1\t15, 17, , \t6, 7, \t\r\nA_2\t14, , \t9.3, \t\r\n")
        self.write("sheet.csv", "sample_id,role,family_id,sex\n1,father,FAM9,M\n3,child,,\n")
        result = self.homeward("load", "s.h5", "lab.txt", "--samples", "sheet.csv", "--role", "child", "--sample-regex", "_([0-9]+)$")
        self.assertIn("W_SHEET_UNUSED", result.stderr)
        self.assertIn("2 persons (1 children), 1 families", result.stderr)
        self.assertIn("--samples", self.homeward("load", "s.h5", "sheet.csv", expect=INPUT).stderr)

    def test_what_the_store_refuses_is_a_reject(self):
        self.homeward("load", "s.h5", "children.csv")
        self.write("other.csv", "sample_id,role,sex,vWA\nC1,father,M,15/17\nC9,child,,14/15\n")
        before = (self.folder / "s.h5").read_bytes()
        self.homeward("load", "s.h5", "other.csv", "--rejects", "r.csv", "--issues", "i.tsv", expect=INPUT)
        self.assertEqual((self.folder / "s.h5").read_bytes(), before)
        rejects = (self.folder / "r.csv").read_text(encoding="utf-8").splitlines()
        self.assertEqual(len(rejects), 2)
        self.assertTrue(rejects[1].startswith("E_DUP_ID_CONFLICT,") and rejects[1].endswith(",2,C1,father,M,15/17"), rejects[1])
        self.homeward("load", "s.h5", "other.csv", "--max-rejects", "1", "--rejects", "r.csv")

    def test_wrong_words(self):
        self.assertIn("did you mean 'native-wide'", self.homeward("load", "s.h5", "children.csv", "--format", "native-wid", expect=USAGE).stderr)
        self.assertIn("half-sibling", self.homeward("load", "s.h5", "children.csv", "--role", "nephew", expect=USAGE).stderr)
        self.homeward("load", "s.h5", "children.csv", "--encoding", "klingon", expect=USAGE)
        self.homeward("load", "s.h5", "children.csv", "--sample-regex", "([", expect=USAGE)
        self.homeward("load", "s.h5", expect=USAGE)

    def test_nothing_personal_is_said(self):
        self.write("named.csv", "sample_id,role,vWA,name\nC1,child,Zhang Wei,Zhang Wei\nC2,child,13800138000,Li\n")
        result = self.homeward("load", "s.h5", "named.csv", "--issues", "i.tsv", expect=INPUT)
        for text in (result.stderr, result.stdout, (self.folder / "i.tsv").read_text(encoding="utf-8")):
            for word in ("Zhang", "Wei", "13800138000", "C1"):
                self.assertNotIn(word, text)

    def test_an_id_with_escapes_is_escaped_on_output(self):
        self.write("odd.csv", "sample_id,role,vWA,bad\x1b[31m\n=2+2\x1b[31m,child,15/17,\n")
        result = self.homeward("load", "s.h5", "odd.csv", "--dry-run", expect=OK)
        self.assertNotIn("\x1b", result.stderr + result.stdout)


if __name__ == "__main__":
    main()
