// What commands that touch people share: how a vault is opened, and the line of the log.
#pragma once

#include <filesystem>
#include <string>

#include "command.hpp"
#include "homeward/vault.hpp"

namespace homeward::cli {

struct VaultOptions {
  std::filesystem::path path;  ///< default STORE.vault
  std::string key_file, passphrase_file;
  bool key_given() const { return !key_file.empty() || !passphrase_file.empty(); }
};

void declare_vault_options(po::options_description& group);
VaultOptions parse_vault_options(const po::variables_map& values, const std::string& store);

/// Opens the vault. The key: --key-file, --passphrase-file, else a question on the terminal; never a word of the command line. Throws
/// Error(usage) without any.
Vault open_vault(const VaultOptions& options);
/// Opens it, or begins a new one: then a key file that does not exist is made, and `context.err` says so.
Vault open_or_create_vault(const VaultOptions& options, Context& context);

/// Appends to the log of the store: who (the account of this process), when, which command, on whom (a digest), what.
void log_act(const std::filesystem::path& store, const std::string& command, const std::string& subject, const std::string& detail);

}  // namespace homeward::cli
