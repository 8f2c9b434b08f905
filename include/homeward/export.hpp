// Profiles out: files of other programs, each of which `load` reads again.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "homeward/import.hpp"
#include "homeward/population.hpp"

namespace homeward {

/// One file of an export.
struct ExportedFile {
  std::string path, sha256;
  std::uint64_t samples = 0, rows = 0;  ///< rows below the header, relatives of a pedigree table, loci of a message
};

/// What an export wrote, and what the format has no place for (complete sentences with counts, no ids).
struct Exported {
  std::vector<ExportedFile> files;
  std::vector<std::string> warnings;
};

/// All three write files of mode 0600 that appear whole or not at all, in the order of `content.samples`; a sample that appears
/// again (a further typing or family) goes to `path` with .2, .3, ... before its extension, so that no file contradicts
/// itself. Pedigrees go to `path` with `.pedigrees.tsv` in place of its extension. Throw Error(failure) when a file cannot be
/// written.

/// Native long table; loses nothing.
Exported write_csv_long(const ImportedFile& content, const std::filesystem::path& path);

/// CODIS CMF 3.2 message. Role, sex, family and person travel in CASEID, SPECIMENCATEGORY and, where these have no word for them,
/// SPECIMENCOMMENT, which `load` reads. Departures from the schema (loci it does not list, ids of more than 24
/// characters) are written all the same, with a warning.
Exported write_cmf32(const ImportedFile& content, const std::filesystem::path& path);

/// Familias 3 project: the population as its database; children as unidentified persons, families as reference families with a
/// "Missing person". What it has no place for: kits, person ids, several typings of a sample, calls that are no
/// genotype, and loci the population lacks. Throws ModelError when the database cannot be stated.
Exported write_familias(const ImportedFile& content, const std::filesystem::path& path, const Population& population);

}  // namespace homeward
