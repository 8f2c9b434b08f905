#!/usr/bin/env python3
"""Registrations and people: from a steward's folder of five messy sites to a contact, in two languages, and out again."""
import json
import os
import pathlib
import re
import subprocess

import workbook
from support import INPUT, PROGRAM, STORE, USAGE, CliTest, SharedTest, main

SITES = ["site1.csv", "site2.csv", "site3.csv", "site4.txt", "site5.csv"]
KEY = ("--key-file", "vault.key")


def table(text):
    lines = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    return [dict(zip(lines[0], line)) for line in lines[1:]]


def said_texts(code):
    """The literals of the first argument of every call of say()."""
    for call in re.finditer(r"\bsay\(", code):
        end, depth, quoted = call.end(), 0, False
        while quoted or depth or code[end] not in ",)":
            quoted ^= code[end] == '"'
            end += quoted and code[end] == "\\"
            depth += 0 if quoted else (code[end] in "([{") - (code[end] in ")]}")
            end += 1
        for literals in re.findall(r'(?:"(?:[^"\\]|\\.)*"\s*)+', code[call.end():end]):
            yield "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', literals))


class Path(SharedTest):
    """register -> load -> match -> rank -> contact, once; the tests look at what is there."""

    @classmethod
    def prepare(cls, runner):
        runner.homeward("simulate", "sim", "--population", "cn", "--children", 60, "--families", 30, "--related", 20, "--couples", 1, "--registry", "--unsampled", 300,
                        "--seed", 5, "--quiet")
        cls.sites = [f"sim/registry/{site}" for site in SITES]
        cls.dry = runner.homeward("register", "s.h5", *cls.sites, "--dry-run")
        assert not (cls.base / "s.h5").exists() and not (cls.base / "s.h5.vault").exists()
        cls.registered = runner.homeward("register", "s.h5", *cls.sites, *KEY, "--max-rejects", 20)
        cls.loaded = runner.homeward("load", "s.h5", "sim/children.csv", "sim/families.csv")
        cls.matched = runner.homeward("match", "s.h5", "--population", "cn", "--out", "run")
        cls.ranked = runner.homeward("rank", "run", "--top", 5, "--format", "tsv")

    def test_a_dry_run_says_what_each_column_was_taken_for(self):
        for encoding in ("UTF-8", "GB18030", "BIG5", "UTF-16LE"):
            self.assertIn(encoding, self.dry.stderr)
        self.assertIn("column 宝贝回家编号 -> source_id", self.dry.stderr)
        self.assertIn("column 失蹤地點 -> missing_place", self.dry.stderr)
        self.assertIn("read by the mapping beside it, site4.mapping.tsv", self.dry.stderr)
        self.assertIn("W_DATE_LUNAR", self.dry.stderr)

    def test_every_row_is_accounted_for(self):
        for row in table(self.registered.stdout):
            self.assertEqual(int(row["registrations"]) + int(row["rejects"]) + self.skipped(row["file"]), int(row["rows"]), row)
            self.assertEqual(row["added"], row["registrations"])

    def skipped(self, file):
        """The header or a row again: notes of the list of issues."""
        issues = next(self.base.glob("s.h5.1.issues.tsv"))
        return sum(int(issue["count"]) for issue in table(issues.read_text(encoding="utf-8"))
                   if issue["file"] == file and issue["code"] in ("W_HEADER_REPEATED", "W_DUPLICATE_ROW"))

    def test_no_person_stands_outside_the_vault(self):
        people = set()
        for row in table((self.base / "sim/registry/site1.csv").read_text(encoding="utf-8-sig").replace(",", "\t")):
            people.update(cell for cell in (row["姓名"], row["联系人"], re.sub(r"\D", "", row["联系电话"])) if len(cell) > 1)
        self.assertGreater(len(people), 50)
        said = [self.dry, self.registered, self.loaded, self.matched, self.ranked]
        written = [path.read_bytes() for path in [*self.base.glob("s.h5*"), *self.base.glob("run/*")] if not path.name.endswith("rejects.csv")]
        written += [(result.stdout + result.stderr).encode() for result in said]
        for person in people:
            for place in written:
                self.assertNotIn(person.encode(), place)
                self.assertNotIn(person.encode("utf-16-le"), place)
        for path in [*self.base.glob("s.h5*"), self.base / "vault.key"]:
            self.assertEqual(path.stat().st_mode & 0o777, 0o600, path)

    def test_linkage_meets_the_truth_and_prints_it(self):
        result = self.homeward("dedup", "s.h5", "--registrations", *KEY, "--truth", "sim/registry/registry_truth.tsv", "-o", self.scratch / "clusters.tsv")
        figures = dict(line.split("\t") for line in result.stdout.splitlines())
        self.assertGreater(float(figures["precision"]), 0.97, figures)
        self.assertGreater(float(figures["recall"]), 0.85, figures)
        self.assertEqual(figures["records_not_in_truth"], "0")
        rows = table((self.scratch / "clusters.tsv").read_text(encoding="utf-8"))
        self.assertTrue(all(row["confirm"] == "." for row in rows))
        self.assertNotIn("people", rows[0])

    def test_the_contact_of_a_candidate_is_opened_and_logged(self):
        # The best candidate whose family registered itself with a sample.
        found = None
        for row in table(self.ranked.stdout):
            contact = subprocess.run([PROGRAM, "contact", "s.h5", row["family_id"], *KEY, "--case", "2026-1"], cwd=self.base, capture_output=True, text=True, check=False)
            if contact.returncode == 0:
                found = row["family_id"]
                break
        self.assertIsNotNone(found)
        fields = {row["field"] for row in table(contact.stdout)}
        self.assertIn("contact", fields)
        self.assertNotIn("id_number", fields)
        log = self.homeward("audit", "s.h5", "--id", found)
        lines = table(log.stdout)
        self.assertEqual([line["command"] for line in lines], ["contact"] * len(lines))
        self.assertIn("case 2026-1", lines[-1]["detail"])
        self.assertNotIn(found, (self.base / "s.h5.audit").read_text(encoding="utf-8"))
        self.assertIn("sound", log.stderr)
        self.homeward("audit", "s.h5", "--expect", lines[-1]["hash"])
        self.homeward("audit", "s.h5", "--expect", "0" * 64, expect=STORE)

    def test_nobody_opens_the_vault_without_its_key(self):
        other = self.scratch / "other.key"
        other.write_text("0" * 64 + "\n", encoding="ascii")
        self.homeward("dedup", "s.h5", "--registrations", "--key-file", other, expect=STORE)
        registration = table(self.homeward("register", "s.h5", "--worklist").stdout)[0]["id"]
        before = len(table(self.homeward("audit", "s.h5").stdout))
        self.homeward("contact", "s.h5", registration, "--key-file", other, expect=STORE)
        self.assertEqual(len(table(self.homeward("audit", "s.h5").stdout)), before)

    def test_both_languages_say_the_same_of_the_same(self):
        for words in (["register", "s.h5", *self.sites, "--dry-run"], ["register", "s.h5", "--worklist"], ["load", "s.h5", "sim/children.csv", "--dry-run"],
                      ["rank", "run", "--top", "3"], ["audit", "s.h5"]):
            english, chinese = self.homeward(*words), self.homeward(*words, "--lang", "zh")
            self.assertRegex(chinese.stderr, "[\u4e00-\u9fff]", words)
            if words[0] != "rank":  # a table for people has Chinese headings
                self.assertEqual(english.stdout, chinese.stdout)
            self.assertEqual(re.findall(r"\d+", re.sub(r"\d+\.\d+ s", "", english.stderr)), re.findall(r"\d+", re.sub(r"\d+\.\d+ s", "", chinese.stderr)), words)
        self.assertIn("线索", self.homeward("rank", "run", "--top", "3", "--lang", "zh").stderr)

    def test_every_text_of_the_path_has_a_translation(self):
        project = pathlib.Path(os.environ["HOMEWARD_DATA"]).parent
        lines = (project / "data/messages/zh.tsv").read_text(encoding="utf-8").splitlines()
        catalogue = dict(line.split("\t", 1) for line in lines if line and line[0] != "#")
        said = {text: source.name for source in sorted((project / "tools").glob("*.cpp")) for text in said_texts(source.read_text(encoding="utf-8"))}
        self.assertGreater(len(said), 50)
        self.assertEqual({text: source for text, source in said.items() if text not in catalogue}, {})


class Small(CliTest):
    """Small tables of a test's own."""

    def setUp(self):
        super().setUp()
        self.write("a.csv", "编号,姓名,性别,出生日期,失踪时间,失踪地点,联系电话,样本编号\n1,王小甲,男,1990-01-02,1993-05-06,河南省,10000000001,S1\n"
                            "2,李小乙,女,1991-02-03,1994-06-07,四川省,10000000002,\n")
        self.write("b.csv", "编号,姓名,性别,出生日期,失踪时间,失踪地点,联系电话\n9,王 小甲,男,1990年1月,1993年,河南省,100-0000-0001\n")
        self.write("dna.csv", "sample_id,role,family_id,TH01,vWA\nS1,father,F1,6/7,15/17\nS2,mother,F1,8/9,16/17\nC00001,child,,6/8,15/16\n")

    def register(self, *words, expect=0):
        return self.homeward("register", "s.h5", *words, *KEY, expect=expect)

    def test_a_later_list_renews_and_the_same_file_adds_nothing(self):
        self.register("a.csv")
        self.assertIn("already", self.register("a.csv").stderr)
        self.write("a.csv", (self.folder / "a.csv").read_text(encoding="utf-8").replace("1994-06-07", "1994-06-08") + "3,张小丙,男,,1999,,,\n")
        row = table(self.register("a.csv").stdout)[0]
        self.assertEqual((row["added"], row["updated"], row["unchanged"]), ("1", "1", "1"))
        self.assertIn("1994-06-08", self.homeward("contact", "s.h5", self.id_of(1), *KEY).stdout)

    def id_of(self, index):
        return [row["id"] for row in table(self.homeward("register", "s.h5", "--worklist").stdout) if row["kind"] == "registration"][index]

    def test_the_worklist_names_families_without_dna_and_samples_without_registration(self):
        self.register("a.csv")
        self.assertEqual([row["reason"] for row in table(self.homeward("register", "s.h5", "--worklist").stdout)], ["sample_not_loaded", "no_sample"])
        self.homeward("load", "s.h5", "dna.csv")
        rows = table(self.homeward("register", "s.h5", "--worklist").stdout)
        # S2 is of the family that S1 registered.
        self.assertEqual([(row["kind"], row["reason"]) for row in rows], [("registration", "no_sample"), ("sample", "no_registration")])
        self.assertEqual(rows[1]["id"], "C00001")

    def test_workbooks_mappings_and_sexes_that_are_numbers(self):
        workbook.write(self.folder / "w.xlsx", {"说明": [["notes"]], "登记": [["姓名", "性别", "走失时间", "孩子的脸"], ["赵小丁", 1, "1995年", "圆"]]})
        dry = self.homeward("register", "s.h5", "w.xlsx", "--dry-run", "--save-mapping", "w.map")
        self.assertIn("W_SEX_CODE", dry.stderr)
        mapping = (self.folder / "w.map").read_text(encoding="utf-8")
        self.assertIn("走失时间\tmissing_date", mapping)
        (self.folder / "w.map").write_text(mapping.replace("孩子的脸\tother", "孩子的脸\tfeatures") + "value\tsex\t1\tM\n", encoding="utf-8")
        result = self.register("w.xlsx", "--mapping", "w.map")
        self.assertNotIn("W_SEX_CODE", result.stderr)
        self.assertIn("features\t圆", self.homeward("contact", "s.h5", self.id_of(0), *KEY).stdout)

    def test_rejects_stop_a_commit_and_come_back_mended(self):
        self.write("a.csv", "姓名,失踪时间,失踪地点\n王小甲,1993,河南省\n李小乙,1994,四川省,太多,cells\n")
        result = self.register("a.csv", expect=INPUT)
        self.assertIn("nothing was committed", result.stderr)
        self.assertFalse((self.folder / "s.h5").exists())
        rejects = next(self.folder.glob("s.h5.*.rejects.csv"))
        self.assertEqual(rejects.stat().st_mode & 0o777, 0o600)
        text = rejects.read_text(encoding="utf-8").replace(",太多,cells", "")
        rejects.write_text(text, encoding="utf-8")
        self.assertEqual(table(self.register(rejects.name).stdout)[0]["added"], "1")

    def test_links_need_a_person_and_can_be_taken_back(self):
        self.register("a.csv", "b.csv")
        self.homeward("dedup", "s.h5", "--registrations", *KEY, "--min-probability", "0.5", "-o", "c.tsv")
        text = (self.folder / "c.tsv").read_text(encoding="utf-8")
        self.assertEqual(len(table(text)), 2)
        self.assertIn("0 registrations", self.homeward("dedup", "s.h5", "--confirm", "c.tsv").stderr)
        (self.folder / "c.tsv").write_text(re.sub(r"\t\.$", "\tyes", text, flags=re.MULTILINE), encoding="utf-8")
        self.assertIn("linked 1 registrations", self.homeward("dedup", "s.h5", "--confirm", "c.tsv").stderr)
        self.assertEqual(self.homeward("contact", "s.h5", self.id_of(0), *KEY).stdout.count("phone"), 2)
        self.assertEqual(len(table(self.homeward("register", "s.h5", "--worklist").stdout)), 2)
        self.assertIn("3 (1 name a sample, 1 linked to another)", self.homeward("info", "s.h5").stdout)
        self.homeward("dedup", "s.h5", "--undo", "c.tsv")
        self.assertEqual(len(table(self.homeward("register", "s.h5", "--worklist").stdout)), 3)
        self.assertEqual(self.homeward("check", "s.h5").stdout, "ok\n")

    def test_who_withdraws_is_gone_from_every_byte(self):
        self.register("a.csv")
        self.write("dna.csv", (self.folder / "dna.csv").read_text(encoding="utf-8").replace("S1,", "SAMPLE-ONE,"))
        self.write("a2.csv", (self.folder / "a.csv").read_text(encoding="utf-8").replace(",S1\n", ",SAMPLE-ONE\n"))
        self.homeward("register", "s.h5", "a2.csv", "--site", "a", *KEY)
        self.homeward("load", "s.h5", "dna.csv")
        self.homeward("match", "s.h5", "--population", "cn", "--out", "run", "--min-log10-lr", "-20")
        vault_before = (self.folder / "s.h5.vault").read_bytes()
        self.homeward("withdraw", "s.h5", "SAMPLE-ONE", "--dry-run")
        self.homeward("withdraw", "s.h5", "nobody", *KEY, expect=INPUT)
        certificate = dict(line.split("\t", 1) for line in self.homeward("withdraw", "s.h5", "SAMPLE-ONE", *KEY).stdout.splitlines() if "\t" in line)
        self.assertEqual((certificate["samples"], certificate["registrations"]), ("1", "1"))
        for key in ("ids_left_in_store_tables", "ids_left_in_store_bytes", "entries_left_in_vault"):
            self.assertEqual(certificate[key], "0")
        self.assertTrue(certificate["run_names_the_id"].endswith("run"))
        after = (self.folder / "s.h5.vault").read_bytes()
        pieces = [vault_before[at:at + 16] for at in range(200, len(vault_before) - 16, 16)]
        self.assertTrue(pieces and not any(piece in after for piece in pieces))
        self.assertNotIn(b"SAMPLE-ONE", (self.folder / "s.h5").read_bytes() + (self.folder / "s.h5.audit").read_bytes())
        self.assertEqual(self.homeward("check", "s.h5").stdout, "ok\n")
        self.assertNotIn("王小甲", self.homeward("contact", "s.h5", self.id_of(0), *KEY).stdout)
        counts = json.loads(self.homeward("info", "s.h5", "--json").stdout)
        self.assertEqual((counts["n_registrations"], counts["n_tombstones"]), (1, 1))
        self.homeward("withdraw", "s.h5", "SAMPLE-ONE", *KEY, expect=INPUT)

    def test_a_changed_log_is_told(self):
        self.register("a.csv")
        self.homeward("contact", "s.h5", self.id_of(0), *KEY)
        log = self.folder / "s.h5.audit"
        log.write_text(log.read_text(encoding="utf-8").replace("contact", "contakt"), encoding="utf-8")
        self.assertIn("line 3", self.homeward("audit", "s.h5", expect=STORE).stderr)

    def test_the_same_profile_under_two_ids_is_listed_with_its_differences(self):
        self.homeward("simulate", "sim", "--population", "cn", "--children", 40, "--families", 10, "--duplicates", 3, "--typing-error", "0.02", "--seed", 3, "--quiet")
        self.homeward("load", "s.h5", "sim/children.csv", "sim/families.csv", "--quiet")
        rows = table(self.homeward("dedup", "s.h5", "--population", "cn").stdout)
        truth = {frozenset(row.values()) for row in table((self.folder / "sim/duplicates.tsv").read_text(encoding="utf-8"))}
        self.assertEqual({frozenset((row["person_a"], row["person_b"])) for row in rows}, truth)
        self.assertTrue(all(row["verdict"].startswith("same_person_or") for row in rows))

    def test_tables_meant_to_do_harm_end_in_a_message(self):
        head = "姓名,失踪时间,联系电话\n".encode()
        for name, content in {"columns": b",".join([b"x"] * 100_001) + b"\n", "random": bytes(range(256)) * 40, "nul": b"\0" * 5000,
                              "zip": b"PK\x03\x04" + b"\xff" * 500, "folder": None}.items():
            path = self.folder / f"{name}.csv"
            path.mkdir() if content is None else path.write_bytes(content)
            with self.subTest(name):
                self.assertTrue(self.register(path.name, expect=INPUT).stderr.startswith("homeward: ") or name == "columns")
        (self.folder / "h.csv").write_bytes(head + "王\x1b[31m小甲\u202e,1993,=cmd()\n".encode() + b"\0,1994,1\n")
        self.register("h.csv")
        shown = self.homeward("contact", "s.h5", self.id_of(0), *KEY).stdout
        self.assertIn("\\x1b[31m", shown)
        self.assertNotIn("\x1b", shown)
        self.assertNotIn("\u202e", shown)

    def test_wrong_words_are_refused(self):
        self.homeward("register", "s.h5", expect=USAGE)
        self.homeward("register", "s.h5", "a.csv", "b.csv", "--site", "x", expect=USAGE)
        self.homeward("dedup", "s.h5", expect=USAGE)
        self.homeward("contact", "s.h5", "x", "--case", "王小甲", expect=USAGE)
        self.register("a.csv")
        self.homeward("contact", "s.h5", "nobody", *KEY, expect=INPUT)
        self.homeward("register", "s.h5", "dna.csv", *KEY, expect=INPUT)


if __name__ == "__main__":
    main()
