#!/usr/bin/env python3
"""Excel workbooks: what they say, their traps, and archives that are meant to do harm."""
import io
import resource
import zipfile

import workbook
from support import INPUT, CliTest, main
from workbook import Raw

HEADER = ["sample_id", "role", "sex", "vWA", "TH01"]


class Workbooks(CliTest):
    def load(self, *words, expect=0):
        return self.homeward("load", "s.h5", *words, expect=expect)

    def issues(self):
        lines = next(iter(self.folder.glob("s.h5.*.issues.tsv"))).read_text(encoding="utf-8").splitlines()
        return [dict(zip(lines[0].split("\t"), line.split("\t"))) for line in lines[1:]]

    def test_a_workbook_says_what_its_csv_says(self):
        rows = [HEADER, ["C1", "child", "男", "15/17", "6,9.3"], ["C2", "child", "F", 14, 9.3]]
        workbook.write(self.folder / "a.xlsx", {"样本": rows})
        self.load("a.xlsx")
        self.homeward("load", "t.h5", self.write("a.csv", "\n".join(",".join(f'"{c}"' for c in row) for row in rows) + "\n"))
        for name in ("s", "t"):
            self.homeward("export", f"{name}.h5", "--out", f"{name}.csv")
        self.assertEqual((self.folder / "s.csv").read_bytes(), (self.folder / "t.csv").read_bytes())

    def test_inline_text_formulas_dates_errors_and_numbers(self):
        workbook.write(self.folder / "a.xlsx", {"S": [
            HEADER + ["note"],
            [Raw('<c r="{r}" t="inlineStr"><is><r><t>C</t></r><r><t>1</t></r><rPh><t>si</t></rPh></is></c>'), "child", None,
             Raw('<c r="{r}" t="str"><f>A1&amp;"/"&amp;B1</f><v>15/17</v></c>'), Raw('<c r="{r}"><v>9.3000000000000007</v></c>'), 1],
            [Raw('<c r="{r}"><v>1.2345E4</v></c>'), "child", None, Raw('<c r="{r}" t="e"><v>#N/A</v></c>'), "7/8", 2],
            [1234567890123456789, "child", None, "15/16", None, 3]]})
        result = self.load("a.xlsx")
        self.assertIn("3 persons", result.stderr)
        codes = {issue["code"]: issue for issue in self.issues()}
        self.assertEqual((codes["W_FORMULA"]["column"], codes["W_FORMULA"]["line"], codes["W_FORMULA"]["sheet"]), ("D", "2", "S"))
        self.assertEqual(codes["W_CELL_ERROR"]["line"], "3")
        self.assertEqual(codes["W_NUMBER_PRECISION"]["line"], "4")
        self.assertIn("W_ALLELE_FLOAT", codes)

    def test_a_date_among_the_alleles_is_a_reject_with_advice(self):
        workbook.write(self.folder / "a.xlsx", {"S": [HEADER, ["C1", "child", None, Raw('<c r="{r}" s="1"><v>45575</v></c>'), "6/7"]]})
        result = self.load("a.xlsx", "--issues", "i.tsv", expect=INPUT)
        self.assertIn("1 rejects", result.stderr)
        self.assertIn("format the column as text", (self.folder / "i.tsv").read_text(encoding="utf-8"))

    def test_the_sheet_that_is_a_table_is_found_or_chosen(self):
        notes = [["Minutes of the meeting"], ["all present"]]
        workbook.write(self.folder / "a.xlsx", {"notes": notes, "P": [HEADER, ["C1", "child", None, "15/17", ""]],
                                                "Q": [HEADER, ["C2", "child", None, "15/17", ""], ["C3", "child", None, "15/17", ""]]})
        self.assertIn("1 samples", self.load("a.xlsx", "--dry-run").stderr)
        self.assertIn("W_SHEETS_LEFT_OUT", self.load("a.xlsx", "--dry-run").stderr)
        self.assertIn("2 samples", self.load("a.xlsx", "--dry-run", "--worksheet", "Q").stderr)
        self.assertIn("'notes', 'P', 'Q'", self.load("a.xlsx", "--worksheet", "R", expect=INPUT).stderr)

    def test_rows_keep_their_numbers(self):
        rows = [HEADER, ["C1", "child", None, "15/17", ""], [], [], ["C2", "child", None, "15/1x", ""]]
        workbook.write(self.folder / "a.xlsx", {"S": rows})
        self.load("a.xlsx", "--rejects", "r.csv", "--issues", "i.tsv", expect=INPUT)
        self.assertIn(",5,C2", (self.folder / "r.csv").read_text(encoding="utf-8"))


class Harm(CliTest):
    """Archives and sheets that are meant to do harm: exit 3, a sentence, bounded memory."""

    def refuse(self, name, words):
        limit = lambda: resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
        result = self.homeward("load", "s.h5", name, expect=INPUT, before=limit)
        self.assertRegex(result.stderr, words)
        self.assertFalse((self.folder / "s.h5").exists())

    def test_a_zip_bomb(self):
        bomb = io.BytesIO()
        with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            archive.writestr("xl/workbook.xml", f'<workbook xmlns:r="{workbook.RELATIONS}"><sheets><sheet name="S" r:id="a"/></sheets></workbook>')
            archive.writestr("xl/_rels/workbook.xml.rels", '<Relationships><Relationship Id="a" Target="worksheets/s.xml"/></Relationships>')
            with archive.open("xl/worksheets/s.xml", "w") as part:
                part.write(b"<worksheet><sheetData>")
                for _ in range(64):
                    part.write(b"<!--" + b" " * (1 << 20) + b"-->")
        (self.folder / "a.xlsx").write_bytes(bomb.getvalue())
        self.refuse("a.xlsx", "zip bomb")

    def test_columns_that_blow_up(self):
        far = "".join(f'<row r="{n}"><c r="XFD{n}"><v>1</v></c></row>' for n in range(1, 60_000))
        sheet = f"<worksheet><sheetData>{far}</sheetData></worksheet>"
        workbook.write(self.folder / "a.xlsx", {"S": [HEADER]}, {"xl/worksheets/sheet1.xml": sheet})
        self.refuse("a.xlsx", "512 MiB")

    def test_parts_that_are_damaged(self):
        good = self.folder / "good.xlsx"
        workbook.write(good, {"S": [HEADER, ["C1", "child", None, "15/17", ""]]})
        data = good.read_bytes()
        for cut in (5, 40, len(data) // 2, len(data) - 10):
            (self.folder / "a.xlsx").write_bytes(data[:cut])
            self.refuse("a.xlsx", "a.xlsx: ")
        for part, text, words in (
                ("xl/worksheets/sheet1.xml", '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><worksheet>&x;</worksheet>', "DOCTYPE"),
                ("xl/worksheets/sheet1.xml", '<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>999999</v></c></row></sheetData></worksheet>', "not in the workbook"),
                ("xl/worksheets/sheet1.xml", '<worksheet><sheetData><row r="2"/><row r="1"/></sheetData></worksheet>', "row number"),
                ("xl/worksheets/sheet1.xml", '<worksheet><sheetData><row r="1"><c r="ZZZZ1"/></row></sheetData></worksheet>', "no place"),
                ("xl/worksheets/sheet1.xml", "<worksheet>", "well-formed")):
            workbook.write(self.folder / "a.xlsx", {"S": [HEADER]}, {part: text})
            self.refuse("a.xlsx", words)
        with zipfile.ZipFile(self.folder / "a.xlsx", "w") as archive:
            archive.writestr("../../etc/passwd", "x")
        self.refuse("a.xlsx", "no Excel workbook")


if __name__ == "__main__":
    main()
