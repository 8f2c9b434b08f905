#!/usr/bin/env python3
"""Checks the rules of docs/ARCHITECTURE.md over the source text: floors, homes of libraries, locale, machine paths.

usage: check_floors.py PROJECT_FOLDER        prints every finding as path:line: text; exit 1 if there is one
       check_floors.py --self-test           plants one violation of every rule and expects each to be found
"""
import pathlib
import re
import sys
import tempfile

# What a room may include besides itself. The annexes import, store, registry stand beside the floors.
FLOORS = {"base": 0, "genetics": 1, "results": 1, "likelihood": 2, "score": 3, "scan": 4, "search": 5, "decide": 5}
ANNEX_A = {"import", "store", "registry"}
ANNEX_B = {"report", "simulate"}
MAY_INCLUDE = {room: {other for other, level in FLOORS.items() if level <= floor} for room, floor in FLOORS.items()}
MAY_INCLUDE["search"].discard("decide")
MAY_INCLUDE["store"] = {"base", "genetics", "results", "import"}
MAY_INCLUDE["registry"] = {"base", "genetics", "results", "import"}
MAY_INCLUDE["import"] = {"base", "genetics", "results"}
for annex in ANNEX_B:
    MAY_INCLUDE[annex] = {"base", "genetics", "results", "likelihood", "score"}

# The room that implements each public header: including it is including the room.
HEADER_ROOM = {
    "error": "base", "version": "base",
    "registration": "genetics", "registry": "registry", "vault": "registry", "audit": "registry", "linkage": "registry", "duplicates": "registry", "store_registry": "store",
    "allele": "genetics", "panel": "genetics", "pedigree": "genetics", "family": "genetics", "mutation": "genetics", "population": "genetics",
    "transition_matrix": "genetics",
    "results": "results",
    "observation": "genetics", "case": "genetics",
    "likelihood": "likelihood", "scoring_profile": "score", "kernel": "scan", "search": "search", "search_session": "search", "resident_search": "search", "import": "import",
    "export": "import",
    "store": "store", "report": "report", "simulate": "simulate", "simulate_registry": "simulate", "simulation": "simulate", "evaluate": "report", "evaluation": "report",
    "decide": "decide", "chance": "decide", "posterior": "decide", "power": "decide",
}

LIBRARY_HOMES = [
    (re.compile(r"^(hdf5|H5\w+)\.h$"), {"src/store"}, "HDF5 stays in src/store"),
    (re.compile(r"^\w*mmintrin\.h$|^immintrin\.h$|^x86intrin\.h$|^arm_neon\.h$"), {"src/scan"}, "intrinsics stay in src/scan"),
    (re.compile(r"^omp\.h$"), {"src/search", "src/decide", "src/simulate"}, "OpenMP stays in src/search, src/decide, src/simulate"),
    (re.compile(r"^Eigen/"), {"src/likelihood", "tools"}, "Eigen stays in src/likelihood: it doubles the time a file takes to compile"),
    (re.compile(r"^boost/"), {"tools"}, "Boost stays in tools"),
    (re.compile(r"^expat\.h$|^minizip/"), {"src/import"}, "XML and zip stay in src/import"),
    (re.compile(r"^sodium\.h$|^unicode/"), {"src/registry"}, "cryptography of the vault and ICU stay in src/registry"),
]
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]')
OMP_PRAGMA = re.compile(r"^\s*#\s*pragma\s+omp\b(?!\s+simd)")
LOCALE_CALLS = re.compile(
    r"\b(?:std::)?(stod|stof|stold|atof|strtod|strtof|strtold|setlocale|sscanf|uselocale|newlocale)\s*\(|std::locale\b|std::to_string\s*\(\s*\d*\.\d")
GLOBAL_ENDS = re.compile(r"\bstd::(cout|cerr|clog)\b|\b(?:std::)?(?:exit|abort|quick_exit)\s*\(")
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:work|home|root|Users)/\w")
METHODS_CITED = re.compile(r'METHODS(?:\.md)?, "([^"]+)"')
UNFINISHED = re.compile(r"\b(?:TODO|FIXME|XXX)\b")
SOURCE_SUFFIXES = {".cpp", ".hpp"}
TEXT_SUFFIXES = SOURCE_SUFFIXES | {".py", ".sh", ".cmake", ".md", ".txt", ".json", ".tsv", ".cff", ".in", ""}
SKIPPED_FOLDERS = {".git", "out", ".cache", "__pycache__", ".ccache"}


def files_of(project):
    for path in sorted(project.rglob("*")):
        parts = path.relative_to(project).parts
        if any(part in SKIPPED_FOLDERS or part.startswith("build") for part in parts[:-1]):
            continue
        if path.is_file() and path.suffix in TEXT_SUFFIXES:
            yield path


def room_of(relative):
    """The room a file stands in: 'src/<group>', 'include', 'tools', ... ; and its group, if it has one."""
    parts = relative.parts
    if parts[0] == "src" and len(parts) > 2:
        return "src/" + parts[1], parts[1]
    if parts[:2] == ("include", "homeward"):
        return "include", HEADER_ROOM.get(relative.stem)
    return parts[0], None


def included_group(target):
    parts = pathlib.PurePosixPath(target).parts
    if parts[0] == "homeward" and len(parts) == 2:
        return HEADER_ROOM.get(pathlib.PurePosixPath(target).stem)
    if len(parts) > 1 and parts[0] in MAY_INCLUDE:
        return parts[0]
    return None


def check_include(room, group, target):
    for pattern, homes, rule in LIBRARY_HOMES:
        if pattern.search(target) and room not in homes and room not in ("tests", "benchmarks"):
            yield rule
    other = included_group(target)
    # A header of the public API may name the values of a higher room's neighbours only if its own room may.
    if group in MAY_INCLUDE and other is not None and other != group and other not in MAY_INCLUDE[group]:
        yield f"{group} must not include {other} ({target}): see the floors in docs/ARCHITECTURE.md"


def check_line(room, group, line):
    match = INCLUDE.match(line)
    if match:
        yield from check_include(room, group, match.group(1))
    in_library = room == "include" or room.startswith("src/")
    code = line.split("//", 1)[0]
    if in_library or room == "tools":
        if LOCALE_CALLS.search(code):
            yield "a call that depends on the locale: use the functions of base/text.hpp"
    if in_library:
        if GLOBAL_ENDS.search(code):
            yield "the library neither prints nor ends the process"
        if OMP_PRAGMA.match(line) and room not in ("src/search", "src/decide", "src/simulate"):
            yield "OpenMP stays in src/search, src/decide, src/simulate"


def check(project):
    findings = []
    this_script = pathlib.Path(__file__).resolve()
    methods = project / "docs" / "METHODS.md"
    sections = set(re.findall(r"^## (.+?)\s*$", methods.read_text(encoding="utf-8"), re.MULTILINE)) if methods.exists() else set()
    for path in files_of(project):
        relative = path.relative_to(project)
        room, group = room_of(relative)
        if path.resolve() == this_script:
            continue
        if room == "include" and group is None:
            findings.append(f"{relative}:1: this public header belongs to no room: add it to HEADER_ROOM of tests/lint/check_floors.py")
        if room.startswith("src/") and group not in MAY_INCLUDE:
            findings.append(f"{relative}:1: this room stands on no floor: add it to tests/lint/check_floors.py and docs/ARCHITECTURE.md")
        text = path.read_text(encoding="utf-8", errors="replace")
        is_source = path.suffix in SOURCE_SUFFIXES
        for number, line in enumerate(text.splitlines(), 1):
            reasons = list(check_line(room, group, line)) if is_source else []
            if is_source:
                reasons.extend(f'docs/METHODS.md has no section "{cited}"' for cited in METHODS_CITED.findall(line) if cited not in sections)
            if MACHINE_PATH.search(line):
                reasons.append("a path of one machine")
            if UNFINISHED.search(line):
                reasons.append("unfinished work is no part of the tree")
            findings.extend(f"{relative}:{number}: {reason}" for reason in reasons)
        if is_source and path.suffix == ".hpp" and "#pragma once" not in text:
            findings.append(f"{relative}:1: a header without `#pragma once`")
    return findings


PLANTED = {
    "src/genetics/a.cpp": '#include "score/compile.hpp"\n',
    "src/likelihood/b.cpp": '#include "homeward/search.hpp"\n',
    "src/import/c.cpp": "#include <hdf5.h>\n",
    "src/store/d.cpp": '#include "homeward/scoring_profile.hpp"\n',
    "src/score/e.cpp": "#include <immintrin.h>\n",
    "src/scan/f.cpp": "#include <omp.h>\n",
    "src/scan/g.cpp": "#pragma omp parallel for\n",
    "src/report/h.cpp": "#include <boost/program_options.hpp>\n",
    "src/report/i.cpp": '#include "homeward/search.hpp"\n',
    "src/base/j.cpp": "double x = std::stod(text);\n",
    "src/base/k.cpp": 'std::cerr << "bad";\n',
    "src/base/l.cpp": "std::exit(1);\n",
    "src/attic/m.cpp": "int x;\n",
    "src/store/r.cpp": "#include <expat.h>\n",
    "src/store/s.cpp": "#include <sodium.h>\n",
    "src/base/n.cpp": "// TO" + "DO later\n",
    "scripts/o.sh": "cd /ho" + "me/someone\n",
    "src/base/p.hpp": "int x;\n",
    "src/base/q.cpp": '// METHODS, "Astrology"\n',
    "include/homeward/unknown_room.hpp": "#pragma once\n",
}
CLEAN = {
    "docs/METHODS.md": "# Methods\n\n## Scan\n",
    "src/base/ok.cpp": '// METHODS, "Scan"\n',
    "src/score/ok.cpp": '#include "homeward/likelihood.hpp"\n#include "base/text.hpp"\n#include <vector>\n',
    "src/store/ok.cpp": '#include <hdf5.h>\n#include "homeward/import.hpp"\n',
    "src/scan/ok.cpp": "#include <immintrin.h>\n",
    "src/search/ok.cpp": "#include <omp.h>\n#pragma omp parallel\n",
    "tools/ok.cpp": '#include <boost/program_options.hpp>\n#include "homeward/search.hpp"\n',
}


def self_test():
    failures = []
    with tempfile.TemporaryDirectory() as folder:
        project = pathlib.Path(folder)
        for name, text in {**PLANTED, **CLEAN}.items():
            (project / name).parent.mkdir(parents=True, exist_ok=True)
            (project / name).write_text(text, encoding="utf-8")
        findings = check(project)
        for name in PLANTED:
            if not any(finding.startswith(name + ":") for finding in findings):
                failures.append(f"not found: the violation planted in {name}")
        for name in CLEAN:
            failures.extend(f"false alarm: {finding}" for finding in findings if finding.startswith(name + ":"))
    return failures


def main(arguments):
    if arguments == ["--self-test"]:
        problems = self_test()
        summary = f"{len(PLANTED)} planted violations, {len(problems)} problems"
    elif len(arguments) == 1 and pathlib.Path(arguments[0]).is_dir():
        problems = check(pathlib.Path(arguments[0]).resolve())
        summary = f"{len(problems)} findings"
    else:
        print(__doc__, file=sys.stderr)
        return 2
    for problem in problems:
        print(problem)
    print(summary)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
