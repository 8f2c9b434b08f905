#!/usr/bin/env python3
"""Files that are meant to do harm, or that somebody's disk did harm to: exit 3 with a sentence, bounded memory, no crash."""
import random
import resource

from support import INPUT, OK, CliTest, main

HEADER = "sample_id,role,vWA,TH01\n"
MEMORY = 1 << 30


class Hostile(CliTest):
    def judge(self, name, data, expect=INPUT, words=".", *options):
        (self.folder / name).write_bytes(data if isinstance(data, bytes) else data.encode("utf-8"))
        limit = lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        result = self.homeward("load", "s.h5", name, "--issues", "i.tsv", "--rejects", "r.csv", *options, expect=expect, before=limit)
        self.assertRegex(result.stderr, words)
        for stream in (result.stdout, result.stderr):
            self.assertNotRegex(stream, "[\x00-\x08\x0b-\x1f\x7f]", "control characters reached the terminal")
        if expect == INPUT:
            self.assertFalse((self.folder / "s.h5").exists(), "something was committed")
        return result

    def test_more_columns_than_any_table_has(self):
        self.judge("wide.csv", "sample_id," + ",".join(f"c{n}" for n in range(150_000)) + "\n", words="100,000 columns")
        wide = "sample_id,vWA," + ",".join(f"c{n}" for n in range(90_000)) + "\n"
        self.judge("almost.csv", wide + "S1,15/17," + "," * 89_999 + "\n", OK, "1 samples", "--dry-run")
        self.judge("row.csv", HEADER + "S1,child,15/17,6/7" + ",x" * 150_000 + "\n", words="E_TOO_MANY_COLUMNS")

    def test_lines_without_end_and_quotes_without_partner(self):
        self.judge("line.csv", "sample_id,vWA\nS1," + "1" * (20 << 20) + "\n", words="E_LINE_TOO_LONG|E_ALLELE_SYNTAX")
        self.judge("quote.csv", HEADER + 'S1,child,"15/17,6/7\n' + "S2,child,15/17,6/7\n" * 2000, words="E_QUOTE_OPEN")

    def test_nul_bytes_cut_characters_and_mixed_encodings(self):
        self.judge("nul.csv", HEADER.encode() + b"S1,child,15/\x0017,6/7\n", words="E_NUL_BYTE")
        self.judge("cut.csv", HEADER.encode() + "S宝,child,15/17,6/7\n".encode()[:-16], words="E_ENCODING|E_COLUMN_COUNT")
        self.judge("mixed.csv", HEADER.encode() + "宝,child,15/17,6/7\n".encode() + "贝,child,15/17,6/7\n".encode("gb18030"), words="E_ENCODING")

    def test_random_bytes(self):
        source = random.Random(7)
        for n in (1, 100, 5_000, 200_000):
            self.judge("noise.bin", bytes(source.randrange(256) for _ in range(n)), words="noise.bin")
        for mark in (b"PK\x03\x04", b"<?xml version='1.0'?>", b'"Output from Familias, version 3"\n', b"1.0\n1\nIMPORT\n", b"\xff\xfe", b"sample_id,vWA\n\""):
            self.judge("noise.bin", mark + bytes(source.randrange(256) for _ in range(3_000)), words="noise.bin|REJECTED")

    def test_entities_that_multiply_or_reach_out(self):
        laughs = "<!DOCTYPE l [" + '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n} "&a{n - 1};&a{n - 1};&a{n - 1};&a{n - 1};">' for n in range(1, 30)) + "]>"
        body = "<CODISImportFile><SPECIMEN><SPECIMENID>%s</SPECIMENID></SPECIMEN></CODISImportFile>"
        self.judge("laughs.xml", laughs + body % "&a29;", words="DOCTYPE")
        secret = self.write("secret.txt", "the secret")
        reach = self.judge("reach.xml", f'<!DOCTYPE l [<!ENTITY x SYSTEM "file://{secret}">]>' + body % "&x;", words="DOCTYPE")
        self.assertNotIn("the secret", reach.stderr)
        self.judge("undeclared.xml", body % "&x;", words="well-formed")
        self.judge("deep.xml", "<CODISImportFile>" + "<a>" * 100_000, words="64 deep")
        self.judge("text.xml", "<CODISImportFile><SPECIMEN><SPECIMENID>" + "x" * (3 << 20), words="1 MiB")
        self.judge("attributes.xml", "<CODISImportFile " + " ".join(f'a{n}="1"' for n in range(2_000)) + "/>", words="256 attributes")

    def test_counts_that_promise_too_much(self):
        head = '"Output from Familias, version 3.3.1"\n"DO NOT EDIT!"\n3.3.1\n""\n'
        self.judge("persons.fam", head + "9999999\n", words="end of the file")
        self.judge("extras.fam", head + '0\n"Known relations"\n10000000\n10000000\n', words="10,000")
        self.judge("pedigrees.fam", head + '0\n"Known relations"\n9000\n0\n0\n1000\n' + "0\n\"p\"\n0\n0\n0\n" * 1000, words="1,000,000")
        self.judge("packets.cmf", "1.0\n1\nIMPORT\na\nb\nc\nd\ne\n99999999\n", words="end of the file")

    def test_ids_that_attack_terminals_and_spreadsheets(self):
        self.judge("escape.csv", "sample_id,role,vWA,\x1b]0;owned\x07\n=cmd|'/C calc'!A0\x1b[2J,child,15/17,\nS\u202e2,child,15/1x,\n")
        text = (self.folder / "i.tsv").read_text(encoding="utf-8") + (self.folder / "r.csv").read_text(encoding="utf-8").split("\n", 1)[0]
        self.assertNotIn("\x1b", text)


if __name__ == "__main__":
    main()
