// The same child registered twice: finding, confirming, taking back.
#pragma once

#include <filesystem>
#include <string>

#include "command.hpp"
#include "people_options.hpp"

namespace homeward::cli {

struct DedupRegistrationsOptions {
  std::string store, output, truth;  ///< output empty = standard output; truth: registry_truth.tsv of a simulation
  VaultOptions vault;
  double min_probability = 0.9;
  bool show_people = false;
};

/// Writes the cluster file (data-schemas/clusters.md); with a truth prints precision and recall, as `key<tab>value`.
void find_duplicate_registrations(const DedupRegistrationsOptions& options, Context& context);

/// Links the rows of a cluster file that a person marked `yes` in the column `confirm`, cluster by cluster; or takes their links back.
enum class LinkChange { confirm, undo };
void change_links(const std::string& store, const std::filesystem::path& cluster_file, LinkChange change, Context& context);

}  // namespace homeward::cli
