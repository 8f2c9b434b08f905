// The command line of `homeward match`, as typed values.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "assess.hpp"
#include "command.hpp"
#include "homeward/kernel.hpp"
#include "run_model.hpp"

namespace homeward::cli {

struct MatchOptions {
  std::filesystem::path store, out;  ///< out may be empty with merge_into
  std::filesystem::path since, merge_into;
  std::uint32_t shard = 0, shards = 0;  ///< shard from 1 of shards; 0 = the whole
  std::string population;
  ModelOptions model;
  BeliefOptions belief;
  double min_log10_lr = 0.0;
  std::uint32_t top_k = 50, loci_for = 1000;
  bool undeclared_couples = true, exhaustive = false, dry_run = false, resume = false;
  std::optional<std::chrono::duration<double>> time_limit;
  std::chrono::duration<double> checkpoint_every{10.0};
  const Kernel* kernel = nullptr;
  bool kernel_forced = false;
  std::uint64_t memory_bytes = 0;
  int threads = 1;
  std::vector<std::string> chosen;  ///< names of the options given
};

void declare_match(CommandLine& line);
/// Throws Error(usage).
MatchOptions parse_match(const po::variables_map& values, const Context& context);

/// "512M", "2G", at least 64M, in bytes. Throws Error(usage).
std::uint64_t parse_size(const std::string& text);
/// --threads, or those the process may use.
int threads_of(const Context& context);

/// "90", "90s", "15m", "2h", "1d" in seconds; nullopt for anything else and for less than nothing.
std::optional<std::chrono::duration<double>> parse_duration(const std::string& text);

/// The command that goes on with a stopped run: the words as typed, with --resume, quoted for a shell.
std::string resume_command(const std::vector<std::string>& arguments);

}  // namespace homeward::cli
