// What `register` read: every file with its mapping, and the lists of what is wrong with them.
#pragma once

#include <string>
#include <vector>

#include "command.hpp"
#include "homeward/registry.hpp"

namespace homeward::cli {

struct RegisterOptions {
  std::string store;
  std::vector<std::string> files;
  RegistrationOptions reading;
  std::string mapping, save_mapping, issues, rejects;
  std::uint64_t max_rejects = 0;
  bool dry_run = false, worklist = false;
};

/// One file and the mapping it was read by: --mapping, else SITE.mapping.tsv beside it.
struct RegisterInput {
  RegistrationFile file;
  ColumnMapping mapping;
};

/// Reads every file; one that cannot be read does not hide what is wrong with the next. Throws Error(input) with all of them.
std::vector<RegisterInput> read_register_input(const RegisterOptions& options, Context& context);

/// What each file was taken for: encoding, columns (with_columns), counts, issues by code.
void print_register_input(const std::vector<RegisterInput>& inputs, bool with_columns, const Context& context);

/// Writes issues.tsv and rejects.csv of a batch where asked for or not a dry run; says where they are.
void write_register_lists(const RegisterOptions& options, const std::vector<RegisterInput>& inputs, std::uint32_t batch,
                          const Context& context);

}  // namespace homeward::cli
