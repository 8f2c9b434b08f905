"""A store is plain HDF5: a reader that knows only data-schemas/store.md gets back what was loaded; and what is not a sound store is refused.

Exit code 77 (skipped) without h5py."""

import csv
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import unittest

try:
    import h5py
    import numpy as np
except ImportError:
    print("SKIPPED: h5py is not installed for", sys.executable)
    sys.exit(77)

PROGRAM = os.environ["HOMEWARD_PROGRAM"]
STRS = ["D8S1179", "D21S11", "vWA", "TH01", "FGA", "AMEL"]
SNPS = [f"rs{1000 + i}" for i in range(30)]


def homeward(*arguments):
    return subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, check=False)


def texts(group):
    """A column of texts: offsets and bytes."""
    offsets, data = group["offsets"][:], group["bytes"][:].tobytes()
    return [data[a:b].decode() for a, b in zip(offsets[:-1], offsets[1:])]


def allele_text(code):
    if code & 0x8000:
        return chr(code & 0xFF)
    return f"{code // 10}.{code % 10}" if code % 10 else str(code // 10)


def allele_order(text):
    return (1, text) if text.isalpha() else (0, float(text))


def call_text(a, b):
    if b == 0:
        return ""
    return f"{allele_text(a) if a else '?'}/{allele_text(b)}"


def decode(path):
    """All typings: sample id -> locus -> call."""
    calls = {}
    with h5py.File(path, "r") as store:
        sample_ids = texts(store["samples/id"])
        samples_of = lambda rows: [sample_ids[s] for s in store["typings/sample"][:][rows["typing"][:]]]
        rows = store["typings/str"]
        for locus, cells in zip(texts(store["panels/str/name"]), rows["calls"][:]):
            for sample, (a, b) in zip(samples_of(rows), cells):
                if b:
                    calls.setdefault(sample, {})[locus] = call_text(a, b)
        rows, panel = store["typings/snp"], store["panels/snp"]
        for locus, ref, alt, packed in zip(texts(panel["name"]), panel["ref"][:], panel["alt"][:], rows["codes"][:]):
            codes = np.stack([packed >> (2 * k) & 3 for k in range(4)], axis=1).ravel()
            for sample, code in zip(samples_of(rows), codes):
                if code:
                    calls.setdefault(sample, {})[locus] = [None, call_text(ref, ref), call_text(ref, alt), call_text(alt, alt)][code]
        beside = rows["beside"]
        names, samples = texts(panel["name"]), samples_of(rows)
        for locus, row, a, b in zip(beside["locus"][:], beside["row"][:], beside["a"][:], beside["b"][:]):
            if b:
                calls.setdefault(samples[row], {})[names[locus]] = call_text(a, b)
    return calls


class StoreFile(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="homeward-h5py-"))
        cls.store = cls.folder / "a.h5"
        cls.expected = {}
        rng = random.Random(20260131)
        alleles = {"AMEL": ["X"], "TH01": ["6", "7", "9.3"], "D21S11": ["28", "29", "31.2", "33.2"]}
        for name, roles, count in (("children.csv", ["child"], 400), ("families.csv", ["father", "mother"], 300)):
            with open(cls.folder / name, "w", newline="", encoding="utf-8") as out:
                table = csv.writer(out)
                table.writerow(["sample_id", "role", "family_id", *STRS, *SNPS])
                for i in range(count):
                    role = roles[i % len(roles)]
                    sample = f"{role}-{i}-孩" if i == 7 else f"{role}-{i}"
                    calls = {}
                    for locus in STRS + SNPS:
                        if rng.random() < 0.2:
                            continue
                        choices = ["A", "G"] if locus in SNPS else alleles.get(locus, ["12", "13", "14", "15"])
                        pair = sorted((rng.choice(choices), rng.choice(choices)), key=allele_order)
                        calls[locus] = "/".join(pair)
                    cls.expected[sample] = calls
                    family = "" if role == "child" else f"FAM-{i // 2}"
                    table.writerow([sample, role, family, *(calls.get(locus, "") for locus in STRS + SNPS)])
        cls.loaded = homeward("load", cls.store, cls.folder / "children.csv", cls.folder / "families.csv")

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def setUp(self):
        self.assertEqual(self.loaded.returncode, 0, self.loaded.stderr)

    def changed(self, change):
        """A copy of the store after `change(open file)`."""
        copy = self.folder / "changed.h5"
        shutil.copy(self.store, copy)
        with h5py.File(copy, "r+", libver=("v110", "v110")) as store:
            change(store)
        return copy

    def refused(self, change, words):
        """Both info and check refuse the changed store, check with the given words."""
        copy = self.changed(change)
        check = homeward("check", copy)
        self.assertEqual(check.returncode, 4, check.stdout + check.stderr)
        self.assertIn(words, check.stdout + check.stderr)
        return homeward("info", copy)

    def test_calls_come_back(self):
        decoded = decode(self.store)
        for sample, calls in self.expected.items():
            self.assertEqual(decoded.get(sample, {}), calls)

    def test_info_says_what_the_file_holds(self):
        info = json.loads(homeward("info", self.store, "--json").stdout)
        with h5py.File(self.store, "r") as store:
            self.assertEqual(store.attrs["format"].decode(), "homeward-store")
            self.assertEqual(store.attrs["format_version"], info["format_version"])
            self.assertEqual(store.attrs["store_uuid"].decode(), info["store_uuid"])
            self.assertEqual(store.attrs["generation"], info["generation"])
            self.assertEqual(len(texts(store["persons/id"])), info["n_persons"])
            self.assertEqual(int((store["persons/role"][:] == 1).sum()), info["n_children"])
            self.assertEqual(len(texts(store["families/id"])), info["n_families"])
            self.assertEqual(len(store["typings/sample"]), info["n_typings"])
            for group in ("panels", "typings", "samples", "persons", "families", "registrations", "batches", "tombstones"):
                self.assertIn(group, store)
        self.assertEqual(info["families"], {"couple": 150})
        typed = {entry["locus"]: entry["persons_typed"] for entry in info["loci"]}
        self.assertEqual(typed, {locus: sum(locus in calls for calls in self.expected.values()) for locus in STRS + SNPS})
        self.assertEqual(homeward("info", self.store).returncode, 0)

    def test_every_dataset_is_guarded(self):
        def visit(name, thing):
            if isinstance(thing, h5py.Dataset):
                self.assertTrue(thing.fletcher32 and thing.shuffle and thing.compression == "gzip", name)
                self.assertEqual(thing.dtype, thing.dtype.newbyteorder("<"))

        with h5py.File(self.store, "r") as store:
            store.visititems(visit)

    def test_a_sound_store_is_ok(self):
        check = homeward("check", self.store)
        self.assertEqual((check.returncode, check.stdout), (0, "ok\n"))

    def test_a_store_without_anything_to_say_is_missing(self):
        for command in ("info", "check"):
            self.assertEqual(homeward(command, self.folder / "none.h5").returncode, 4)
            self.assertEqual(homeward(command, self.folder / "children.csv").returncode, 4)
            self.assertEqual(homeward(command).returncode, 2)

    def test_versions(self):
        def version(n):
            def change(store):
                store.attrs.modify("format_version", np.uint64(n))

            return change

        self.assertIn("too old", self.refused(version(0), "too old").stderr)
        self.assertIn("too new", self.refused(version(2), "too new").stderr)

        def other(store):
            store.attrs.modify("format", np.bytes_("something else"))

        self.assertIn("not a homeward store", self.refused(other, "not a homeward store").stderr)

        def minor(store):
            store.attrs.modify("format_minor", np.uint64(9))

        newer = self.changed(minor)
        self.assertEqual(homeward("info", newer).returncode, 0)
        before = newer.read_bytes()
        (self.folder / "more.csv").write_text("sample_id,role,vWA\nX9,child,15/17\n")
        load = homeward("load", newer, self.folder / "more.csv")
        self.assertEqual(load.returncode, 4)
        self.assertIn("newer", load.stderr)
        self.assertEqual(newer.read_bytes(), before)

    def test_a_dangling_index(self):
        def change(store):
            store["typings/sample"][3] = 999999

        info = self.refused(change, "out of range")
        self.assertEqual(info.returncode, 4)
        self.assertIn("damaged", info.stderr)

    def test_a_changed_call_with_a_right_checksum(self):
        def change(store):
            a, b = store["typings/str/calls"][1, 5]
            store["typings/str/calls"][1, 5] = (150, 170) if (a, b) != (150, 170) else (150, 180)

        self.refused(change, "content_sha256")

    def test_a_derived_column_that_lies(self):
        def change(store):
            store["families/father"][3] = store["families/father"][4]

        self.refused(change, "content_sha256")

    def replaced(self, path, **options):
        def change(store):
            data = store[path][:]
            del store[path]
            store.create_dataset(path, data=data, **options)

        return change

    def test_layouts_and_filters_that_are_refused(self):
        self.assertEqual(self.refused(self.replaced("persons/role"), "not chunked").returncode, 4)
        self.assertEqual(self.refused(self.replaced("persons/role", chunks=(100,)), "no checksum").returncode, 4)
        self.assertEqual(self.refused(self.replaced("persons/role", chunks=(100,), fletcher32=True, compression="lzf"), "filter").returncode, 4)

        def wrong_type(store):
            data = store["persons/role"][:].astype("<u4")
            del store["persons/role"]
            store.create_dataset("persons/role", data=data, chunks=(100,), fletcher32=True)

        self.assertEqual(self.refused(wrong_type, "another type").returncode, 4)

        def gone(store):
            del store["persons/role"]

        self.assertEqual(self.refused(gone, "/persons/role").returncode, 4)

    def test_sizes_that_are_refused_before_anything_is_allocated(self):
        def two_tebibytes(store):
            del store["persons/role"]
            store.create_dataset("persons/role", shape=(1 << 41,), dtype="u1", chunks=(1 << 16,), fletcher32=True)

        self.assertEqual(self.refused(two_tebibytes, "more data than the file can hold").returncode, 4)

    def test_links_that_are_refused(self):
        def soft(store):
            store.move("persons/role", "persons/elsewhere")
            store["persons/role"] = h5py.SoftLink("/persons/elsewhere")

        def external(store):
            del store["persons"]
            store["persons"] = h5py.ExternalLink("a.h5", "/persons")

        def unused(store):
            store["registrations/link"] = h5py.ExternalLink("/etc/passwd", "/")

        self.assertEqual(self.refused(soft, "link").returncode, 4)
        self.assertEqual(self.refused(external, "link").returncode, 4)
        self.refused(unused, "link")


if __name__ == "__main__":
    unittest.main(verbosity=0)
