// The files of a run folder, from a finished search.
#pragma once

#include <filesystem>
#include <iosfwd>

#include "homeward/report.hpp"
#include "homeward/search.hpp"
#include "run_model.hpp"

namespace homeward::cli {

/// The words a run's scores are put in. Read before a long search, so that a missing file is known at once.
struct Scales {
  VerbalScale verbal;
  CpiScale cpi;
};
Scales read_scales(const RunManifest& manifest, const std::filesystem::path& data_dir);

/// Writes hits.h5, candidates.tsv and loci.tsv; fills in the manifest's counts, warnings and outputs.
void write_outputs(const std::filesystem::path& out, const RunModel& model, const Scales& scales, SearchResult& result,
                   RunManifest& manifest);

/// What was compared, found and listed, how fast; for people.
void print_summary(const RunManifest& manifest, const Context& context);

}  // namespace homeward::cli
