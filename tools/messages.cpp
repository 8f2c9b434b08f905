#include "messages.hpp"

#include <algorithm>
#include <fstream>
#include <vector>

#include "base/text.hpp"
#include "homeward/error.hpp"

namespace homeward::cli {

namespace {

std::string unescaped(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool pair = text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == 'n' || text[i + 1] == 't');
    plain += !pair ? text[i] : text[i + 1] == 'n' ? '\n' : '\t';
    if (pair) ++i;
  }
  return plain;
}

}  // namespace

std::string places_of(std::string_view format) {
  std::vector<std::string> places;
  for (std::size_t open = format.find('{'); open != std::string_view::npos; open = format.find('{', open + 1)) {
    const std::size_t close = format.find('}', open);
    if (close == std::string_view::npos) break;
    places.emplace_back(format.substr(open, close - open + 1));
    open = close;
  }
  std::sort(places.begin(), places.end());
  std::string all;
  for (const std::string& place : places) all += place;
  return all;
}

void Messages::use(const std::string& language, const std::filesystem::path& data_dir) {
  translations_.clear();
  if (language == "en") return;
  const std::filesystem::path path = data_dir / "messages" / (language + ".tsv");
  std::ifstream stream(path, std::ios::binary);
  if (!stream)
    throw Error(ErrorKind::failure, escaped(path.string()) + ": the messages of this language are missing; is the installation whole?");
  std::size_t number = 0;
  for (std::string line; std::getline(stream, line);) {
    ++number;
    if (line.empty() || line[0] == '#') continue;
    const std::size_t tab = line.find('\t');
    const std::string english = unescaped(std::string_view(line).substr(0, tab));
    const std::string translation = tab == std::string::npos ? std::string() : unescaped(std::string_view(line).substr(tab + 1));
    if (translation.empty() || places_of(english) != places_of(translation))
      throw Error(ErrorKind::failure,
                  fmt::format("{}: line {}: no translation with the places of its key", escaped(path.string()), number));
    translations_.emplace(english, translation);
  }
}

std::string_view Messages::text(std::string_view english) const {
  if (translations_.empty()) return english;
  const auto found = translations_.find(std::string(english));
  return found == translations_.end() ? english : std::string_view(found->second);
}

}  // namespace homeward::cli
