#!/usr/bin/env python3
"""Spreadsheets of volunteers: titles above the header, headings of a site's own, and the mapping that remembers them."""
from support import INPUT, OK, CliTest, main

SITE = "某站登记表,,,,\n2024年,,,,\n登记号,是谁,男女,vWA位点,TH01\nA1,孩,1,15/17,6/9.3\nA2,爹,2,15/16,6/7\n"
MAPPING = "# homeward mapping 1\n登记号\tsample_id\n是谁\trole\n男女\tsex\nvWA位点\tlocus vWA\nTH01\tlocus TH01\nvalue\tsex\t1\tM\nvalue\tsex\t2\tM\nvalue\trole\t孩\tchild\nvalue\trole\t爹\tfather\n"


class Mapping(CliTest):
    def test_titles_above_a_known_header_are_left_out(self):
        self.write("a.csv", "Results of May\n\nprepared by the lab\nsample_id,role,vWA\nC1,child,15/1x\n")
        result = self.homeward("load", "s.h5", "a.csv", "--dry-run", "--rejects", "r.csv", expect=INPUT)
        self.assertIn("W_TITLE_ROWS", result.stderr)
        self.assertIn(",5,C1", (self.folder / "r.csv").read_text(encoding="utf-8"))

    def test_a_site_is_mapped_once(self):
        self.write("site.csv", SITE)
        self.assertIn("cannot tell the format", self.homeward("load", "s.h5", "site.csv", expect=INPUT).stderr)
        self.write("site.tsv", MAPPING)
        shown = self.homeward("load", "s.h5", "site.csv", "--mapping", "site.tsv", "--dry-run", "--save-mapping", "again.tsv")
        self.assertRegex(shown.stderr, r"column vWA +-> locus vWA")
        self.assertFalse((self.folder / "s.h5").exists())
        self.assertEqual((self.folder / "again.tsv").stat().st_mode & 0o777, 0o600)
        self.assertIn("value\tsex\t2\tM\n", (self.folder / "again.tsv").read_text(encoding="utf-8"))
        loaded = self.homeward("load", "s.h5", "site.csv", "--mapping", "site.tsv")
        self.assertIn("2 persons (1 children), 1 families", loaded.stderr)
        self.assertNotIn("W_SEX_NOT_UNDERSTOOD", loaded.stderr)

    def test_what_a_table_was_taken_for_maps_it_again(self):
        self.write("a.csv", "sample_id,role,VWA,note,TH01_1,TH01_2\nC1,child,15/17,x,6,9.3\n")
        self.homeward("load", "s.h5", "a.csv", "--dry-run", "--save-mapping", "a.tsv")
        text = (self.folder / "a.tsv").read_text(encoding="utf-8")
        self.assertIn("VWA\tlocus vWA\n", text)
        self.assertIn("note\tignored\n", text)
        self.homeward("load", "one.h5", "a.csv")
        self.homeward("load", "two.h5", "a.csv", "--mapping", "a.tsv")
        self.homeward("export", "one.h5", "--out", "one.csv")
        self.homeward("export", "two.h5", "--out", "two.csv")
        self.assertEqual((self.folder / "one.csv").read_bytes(), (self.folder / "two.csv").read_bytes())

    def test_mappings_that_are_none(self):
        self.write("site.csv", SITE)
        self.write("bad.tsv", "# homeward mapping 1\n登记号\tsample_id\n男女\tgender\nvalue\tage\t1\t2\n")
        self.assertIn("line 3, line 4", self.homeward("load", "s.h5", "site.csv", "--mapping", "bad.tsv", expect=INPUT).stderr)
        self.write("csv.tsv", "登记号\tsample_id\n")
        self.assertIn("first line must be", self.homeward("load", "s.h5", "site.csv", "--mapping", "csv.tsv", expect=INPUT).stderr)
        self.write("other.tsv", "# homeward mapping 1\nX1\tsample_id\n")
        self.assertIn("another site", self.homeward("load", "s.h5", "site.csv", "--mapping", "other.tsv", expect=INPUT).stderr)

    def test_a_header_without_rows_is_a_warning(self):
        self.write("a.csv", "sample_id,role,vWA\n")
        self.assertIn("W_NO_ROWS", self.homeward("load", "s.h5", "a.csv", expect=OK).stderr)


if __name__ == "__main__":
    main()
