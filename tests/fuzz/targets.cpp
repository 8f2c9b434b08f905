#include "targets.hpp"

#include <filesystem>
#include <string>

#include "homeward/case.hpp"
#include "homeward/error.hpp"
#include "import/detect.hpp"
#include "import/familias.hpp"
#include "import/population_file_parts.hpp"
#include "import/text_file.hpp"
#include "import/workbook.hpp"
#include "import/xml_stream.hpp"
#include "registry/registration_table.hpp"

namespace homeward::fuzz {

namespace {

const std::filesystem::path kDataDir = std::filesystem::path(HOMEWARD_SOURCE_DIR) / "data";

void read_as(std::string_view bytes, const std::string& format) {
  ImportOptions options;
  options.data_dir = kDataDir;
  options.format = format;
  import::read_profile_bytes(std::string(bytes), "fuzzed.txt", options);
}

void profiles(std::string_view bytes) { read_as(bytes, "auto"); }

/// The first byte chooses the format that is forced upon the rest.
void forced(std::string_view bytes) {
  if (bytes.empty()) return;
  const std::vector<std::string> names = profile_formats();
  read_as(bytes.substr(1), names[static_cast<unsigned char>(bytes[0]) % names.size()]);
}

void encoding(std::string_view bytes) {
  if (bytes.empty()) return;
  constexpr const char* kNames[] = {"", "UTF-8", "UTF-16LE", "UTF-16BE", "GB18030", "BIG5"};
  import::decode_text(std::string(bytes.substr(1)), kNames[static_cast<unsigned char>(bytes[0]) % std::size(kNames)]);
}

void codis(std::string_view bytes) { read_as(bytes, "codis-xml"); }
void codis_text(std::string_view bytes) { read_as(bytes, "codis-text"); }

void familias(std::string_view bytes) {
  const import::FamiliasProject project = import::parse_familias(bytes);
  std::vector<std::string> defects;
  for (const import::FamiliasPedigree& pedigree : project.pedigrees) import::pedigree_of(pedigree, defects);
  read_as(bytes, "familias");
}

void workbook(std::string_view bytes) { import::read_workbook(bytes, "fuzzed.xlsx"); }

void population(std::string_view bytes) { read_population_text(std::string(bytes), "fuzzed.csv", {}, kDataDir); }

void case_line(std::string_view bytes) { parse_case(std::string(bytes), {}); }

void registrations(std::string_view bytes) {
  static registry::TextFolder folder;  // tables of the Unicode library: a tenth of a second to make
  RegistrationOptions options;
  options.hash = [](std::string_view text) { return static_cast<std::uint64_t>(text.size()) + 1; };
  const RegistrationFile file =
      registry::read_registration_text(import::text_of_bytes(std::string(bytes), "fuzzed.csv", {}), "fuzzed.csv", options, folder);
  for (std::size_t i = 0; i < file.records.size(); ++i) personal_fields(file.people[i]);
  read_date(bytes.substr(0, 200), 1900);
}

void personal(std::string_view bytes) { personal_fields(bytes); }

}  // namespace

const std::vector<Target>& targets() {
  static const std::vector<Target> kTargets{
      {"profiles", profiles}, {"forced", forced},     {"encoding", encoding},     {"codis", codis},    {"codis_text", codis_text},
      {"familias", familias}, {"workbook", workbook}, {"population", population}, {"case", case_line}, {"registrations", registrations},
      {"personal", personal}};
  return kTargets;
}

void run(const Target& target, std::string_view bytes) {
  try {
    target.run(bytes);
  } catch (const Error&) {
    // said what is wrong: what bad input deserves
  }
}

}  // namespace homeward::fuzz
