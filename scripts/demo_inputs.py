#!/usr/bin/env python3
"""Turns reference files into inputs of the demo, and compares its answers.

usage: demo_inputs.py nist GENOTYPES.csv FOLDER      children.csv (odd rows) and parents.csv (even rows)
       demo_inputs.py trio TRIO.csv FOLDER           trio.csv and the pedigrees of three questions
       demo_inputs.py compare TRIO.csv FOLDER        largest difference from the published indices; exit 1 above 0.0008
"""
import csv
import pathlib
import sys

# Question -> column of the published index. Each is the child against one tested parent; a parent's place that is not in the
# question is an unknown person.
QUESTIONS = {"mother_duo": "PI_mother_child_duo", "father_duo": "PI_father_child_duo", "father_trio": "PI_trio_father"}
TOLERANCE = 0.0008  # the published values carry four decimals, from frequencies of four decimals
PEDIGREE_HEADER = ["family_id", "person_id", "father_id", "mother_id", "sex", "sample_id", "missing"]


def read_csv(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_rows(path, rows, delimiter=","):
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=delimiter, lineterminator="\n").writerows(rows)


def write_nist(source, folder):
    rows = read_csv(source)
    loci = [name[:-2] for name in rows[0] if name.endswith("_1")]
    for name, role, part in (("children.csv", "child", rows[0::2]), ("parents.csv", "parent", rows[1::2])):
        body = [[row["sample"], role, *(cell(row[f"{locus}_1"], row[f"{locus}_2"]) for locus in loci)] for row in part]
        write_rows(folder / name, [["sample_id", "role", *loci], *body])


def cell(first, second):
    return f"{first}/{second}" if first and second else first or second


def write_trio(source, folder):
    rows = [row for row in read_csv(source) if row["locus"] != "AMEL"]
    people = [("MO", "mother"), ("CH", "child"), ("FA", "father")]
    write_rows(folder / "trio.csv", [["sample_id", "role", *(row["locus"] for row in rows)],
                                      *([name, role, *(row[role] for row in rows)] for name, role in people)])
    mother = ["T", "MO", "0", "0", "F", "MO", "0"]
    father = ["T", "FA", "0", "0", "M", "FA", "0"]
    unknown_father = ["T", "UF", "0", "0", "M", "0", "0"]
    unknown_mother = ["T", "UM", "0", "0", "F", "0", "0"]
    other_father = ["T", "OF", "0", "0", "M", "0", "0"]

    def child(father_id, mother_id):
        return ["T", "CH", father_id, mother_id, ".", "CH", "1"]

    pedigrees = {
        "mother_duo.H1": [mother, unknown_father, child("UF", "MO")],
        "mother_duo.H2": [mother, child("0", "0")],
        "father_duo.H1": [father, unknown_mother, child("FA", "UM")],
        "father_duo.H2": [father, child("0", "0")],
        "father_trio.H1": [father, mother, child("FA", "MO")],
        "father_trio.H2": [father, mother, other_father, child("OF", "MO")],
    }
    for name, persons in pedigrees.items():
        write_rows(folder / f"{name}.tsv", [PEDIGREE_HEADER, *persons], "\t")


def compare(source, folder):
    published = {row["locus"]: row for row in read_csv(source)}
    worst, compared = 0.0, 0
    for question, column in QUESTIONS.items():
        with open(folder / f"{question}.tsv", encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader((line for line in file if not line.startswith("#")), delimiter="\t"))
        for row in rows:
            if row["locus"] not in published:
                continue
            difference = abs(float(row["lr"]) - float(published[row["locus"]][column]))
            worst, compared = max(worst, difference), compared + 1
    print(f"\n{compared} paternity indices compared, largest difference {worst:.4f} (at most {TOLERANCE} by rounding)")
    expected = len(QUESTIONS) * (len(published) - 1)
    if compared != expected or not worst <= TOLERANCE:
        print(f"expected {expected} indices within {TOLERANCE}", file=sys.stderr)
        return 1
    return 0


def main(arguments):
    if len(arguments) != 3 or arguments[0] not in ("nist", "trio", "compare"):
        print(__doc__, file=sys.stderr)
        return 2
    job = {"nist": write_nist, "trio": write_trio, "compare": compare}[arguments[0]]
    return job(pathlib.Path(arguments[1]), pathlib.Path(arguments[2])) or 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
