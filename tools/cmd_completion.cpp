// `homeward completion`: shell completion, generated from the command table.
#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "command_line.hpp"
#include "homeward/error.hpp"

namespace homeward::cli {

namespace {

std::string command_names() {
  std::string names = "help";
  for (const Command* command : commands()) names += fmt::format(" {}", command->name);
  return names;
}

/// A description that stands between single quotes in every shell, up to its first line.
std::string quoted_text(std::string text, bool colons_escaped) {
  text = text.substr(0, text.find('\n'));
  std::replace(text.begin(), text.end(), '\'', '`');
  if (!colons_escaped) return text;
  std::string result;
  for (const char c : text) result += (c == ':' ? "\\:" : std::string(1, c));
  return result;
}

void print_bash(std::ostream& out) {
  out << "# bash: source <(homeward completion bash)\n_homeward() {\n  local current=${COMP_WORDS[COMP_CWORD]} options=\n  COMPREPLY=()\n"
      << "  if ((COMP_CWORD == 1)); then\n    mapfile -t COMPREPLY < <(compgen -W '" << command_names()
      << "' -- \"$current\")\n    return\n  fi\n  case ${COMP_WORDS[1]} in\n    help) options='" << command_names() << "' ;;\n";
  for (const Command* command : commands()) {
    out << "    " << command->name << ") options='";
    for (const auto& [option, description] : visible_options(*command)) out << "--" << option << ' ';
    out << "' ;;\n";
  }
  out << "  esac\n  if [[ $current == -* || ${COMP_WORDS[1]} == help ]]; then\n"
      << "    mapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$current\")\n  else\n"
      << "    mapfile -t COMPREPLY < <(compgen -f -- \"$current\")\n  fi\n}\ncomplete -o filenames -F _homeward homeward\n";
}

void print_zsh(std::ostream& out) {
  out << "#compdef homeward\n# zsh: source <(homeward completion zsh)\n_homeward() {\n  local -a commands options\n  "
         "commands=('help:explain a command'";
  for (const Command* command : commands()) out << fmt::format("\n    '{}:{}'", command->name, quoted_text(command->summary, true));
  out << ")\n  if (( CURRENT == 2 )); then\n    _describe command commands\n    return\n  fi\n  case $words[2] in\n    help) _describe "
         "command commands; return ;;\n";
  for (const Command* command : commands()) {
    out << "    " << command->name << ") options=(";
    for (const auto& [option, description] : visible_options(*command))
      out << fmt::format("\n      '--{}:{}'", option, quoted_text(description, true));
    out << ") ;;\n";
  }
  out << "  esac\n  if [[ $PREFIX == -* ]]; then _describe option options; else _files; fi\n}\ncompdef _homeward homeward\n";
}

void print_fish(std::ostream& out) {
  out << "# fish: homeward completion fish | source\ncomplete -c homeward -n __fish_use_subcommand -f -a help -d 'explain a command'\n";
  for (const Command* command : commands()) {
    out << fmt::format("complete -c homeward -n __fish_use_subcommand -f -a {} -d '{}'\n", command->name,
                       quoted_text(command->summary, false));
    for (const auto& [option, description] : visible_options(*command))
      out << fmt::format("complete -c homeward -n '__fish_seen_subcommand_from {}' -l {} -d '{}'\n", command->name, option,
                         quoted_text(description, false));
  }
}

void declare(CommandLine& line) {
  line.hidden.add_options()("shell", po::value<std::string>()->required());
  line.positional.add("shell", 1);
}

int run(const po::variables_map& values, Context& context) {
  const std::string shell = values["shell"].as<std::string>();
  if (shell == "bash")
    print_bash(context.out);
  else if (shell == "zsh")
    print_zsh(context.out);
  else if (shell == "fish")
    print_fish(context.out);
  else
    throw Error(ErrorKind::usage, "completion knows bash, zsh and fish");
  return 0;
}

}  // namespace

const Command kCompletion{"completion",
                          "print a completion script for a shell",
                          "bash|zsh|fish [options]",
                          "  source <(homeward completion bash)\n  homeward completion fish > ~/.config/fish/completions/homeward.fish\n",
                          declare,
                          run};

}  // namespace homeward::cli
