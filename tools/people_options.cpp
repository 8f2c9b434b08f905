#include "people_options.hpp"

#include <fcntl.h>
#include <pwd.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <ostream>

#include "base/text.hpp"
#include "homeward/audit.hpp"
#include "homeward/error.hpp"
#include "run_folder.hpp"

namespace homeward::cli {

namespace {

/// The terminal, with echo off while a passphrase is typed.
class SilentTerminal {
 public:
  SilentTerminal() : id_(::open("/dev/tty", O_RDWR | O_CLOEXEC)) {
    if (id_ < 0 || ::tcgetattr(id_, &before_) != 0) {
      if (id_ >= 0) ::close(id_);
      throw Error(ErrorKind::usage, "no key for the vault: give --key-file or --passphrase-file, or run at a terminal");
    }
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(id_, TCSAFLUSH, &silent);
  }
  ~SilentTerminal() {
    ::tcsetattr(id_, TCSAFLUSH, &before_);
    ::close(id_);
  }
  SilentTerminal(const SilentTerminal&) = delete;
  SilentTerminal& operator=(const SilentTerminal&) = delete;

  std::string ask(std::string_view question) const {
    if (::write(id_, question.data(), question.size()) < 0) return {};
    std::string answer;
    for (char c = 0; ::read(id_, &c, 1) == 1 && c != '\n';) answer += c;
    if (::write(id_, "\n", 1) < 0) return {};
    return answer;
  }

 private:
  int id_;
  termios before_{};
};

std::string passphrase_of(const VaultOptions& options, bool is_new) {
  if (!options.passphrase_file.empty()) {
    std::ifstream stream(options.passphrase_file);
    std::string line;
    if (!std::getline(stream, line)) throw Error(ErrorKind::input, escaped(options.passphrase_file) + ": the passphrase cannot be read");
    return line;
  }
  const SilentTerminal terminal;
  const std::string first = terminal.ask(is_new ? "new passphrase of the vault: " : "passphrase of the vault: ");
  if (is_new && terminal.ask("once more: ") != first) throw Error(ErrorKind::usage, "the two passphrases differ; nothing was changed");
  return first;
}

VaultKey key_of(const VaultOptions& options, bool is_new) {
  if (!options.key_file.empty()) return {options.key_file, {}, VaultKey::Cost::moderate};
  return {{}, passphrase_of(options, is_new), VaultKey::Cost::moderate};
}

std::string account() {
  passwd entry{};
  passwd* found = nullptr;
  std::array<char, 4096> room{};
  if (::getpwuid_r(::getuid(), &entry, room.data(), room.size(), &found) == 0 && found != nullptr) return entry.pw_name;
  return "uid " + std::to_string(::getuid());
}

}  // namespace

void declare_vault_options(po::options_description& group) {
  group.add_options()                                                                                          //
      ("vault", po::value<std::string>()->value_name("FILE"), "people's data, sealed (default: STORE.vault)")  //
      ("key-file", po::value<std::string>()->value_name("FILE"), "key of the vault; made with a new vault")    //
      ("passphrase-file", po::value<std::string>()->value_name("FILE"),
       "the first line is the passphrase (default, without --key-file: asked for at the terminal)");
}

VaultOptions parse_vault_options(const po::variables_map& values, const std::string& store) {
  const auto text = [&](const char* name) { return values.count(name) != 0 ? values[name].as<std::string>() : std::string(); };
  VaultOptions options;
  options.path = values.count("vault") != 0 ? text("vault") : store + ".vault";
  options.key_file = text("key-file");
  options.passphrase_file = text("passphrase-file");
  if (!options.key_file.empty() && !options.passphrase_file.empty())
    throw Error(ErrorKind::usage, "--key-file and --passphrase-file exclude each other");
  return options;
}

Vault open_vault(const VaultOptions& options) {
  if (!std::filesystem::exists(options.path))
    throw Error(ErrorKind::store, escaped(options.path.string()) + ": no such vault; `homeward register` makes one");
  return Vault::open(options.path, key_of(options, false));
}

Vault open_or_create_vault(const VaultOptions& options, Context& context) {
  if (std::filesystem::exists(options.path)) return open_vault(options);
  if (!options.key_file.empty() && !std::filesystem::exists(options.key_file)) {
    create_key_file(options.key_file);
    context.err << context.say("made the key file {}: keep a copy in another place, without it the vault can never be opened",
                               escaped(options.key_file))
                << '\n';
  }
  return Vault::create(options.path, key_of(options, true), {});
}

void log_act(const std::filesystem::path& store, const std::string& command, const std::string& subject, const std::string& detail) {
  AuditLine line;
  line.time = utc_now();
  line.actor = account();
  line.command = command;
  line.subject = subject;
  line.detail = detail;
  append_audit(audit_path(store), line);
}

}  // namespace homeward::cli
