// homeward export: the profiles and pedigrees of a store as files of other programs.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ostream>

#include "base/text.hpp"
#include "command.hpp"
#include "homeward/error.hpp"
#include "homeward/export.hpp"
#include "homeward/store.hpp"
#include "people_options.hpp"

namespace homeward::cli {

namespace {

constexpr std::array<const char*, 3> kFormats{"csv-long", "cmf32", "familias"};

void declare(CommandLine& line) {
  line.group("Output").add_options()                                                                                      //
      ("format", po::value<std::string>()->default_value("csv-long")->value_name("NAME"), "csv-long, cmf32 or familias")  //
      ("out,o", po::value<std::string>()->value_name("FILE"),
       "where to; further typings of a sample go to FILE.2, .3, ..., pedigrees beside it")  //
      ("population", po::value<std::string>()->value_name("POP"), "database of a Familias project: path or id of a population");
  line.hidden.add_options()("store", po::value<std::string>());
  line.positional.add("store", 1);
}

std::string needed(const po::variables_map& values, const char* name, const char* why) {
  if (values.count(name) == 0) throw Error(ErrorKind::usage, why);
  return values[name].as<std::string>();
}

Exported write(const po::variables_map& values, const ImportedFile& content, const std::string& format, const std::string& out,
               const Context& context) {
  if (format == "csv-long") return write_csv_long(content, out);
  if (format == "cmf32") return write_cmf32(content, out);
  const std::string population = needed(values, "population", "a Familias project needs a database: give --population POP");
  return write_familias(content, out, read_population(population, context.data_dir));
}

int run(const po::variables_map& values, Context& context) {
  const std::string store = needed(values, "store", "export needs a STORE; see `homeward help export`");
  const std::string out = needed(values, "out", "export needs --out FILE; see `homeward help export`");
  const std::string format = values["format"].as<std::string>();
  if (std::find(kFormats.begin(), kFormats.end(), format) == kFormats.end()) {
    const std::vector<std::string> near = nearest(format, {kFormats.begin(), kFormats.end()}, 1);
    throw Error(ErrorKind::usage, "unknown format '" + escaped(format) + "'" +
                                      (near.empty() ? "; expected csv-long, cmf32 or familias" : ": did you mean '" + near[0] + "'?"));
  }
  const ImportedFile content = stored_profiles(store);
  log_act(store, "export", "", format);
  const Exported exported = write(values, content, format, out, context);
  context.out << "file\tsamples\trows\tsha256\n";
  for (const ExportedFile& file : exported.files)
    context.out << fmt::format("{}\t{}\t{}\t{}\n", escaped(file.path), file.samples, file.rows, file.sha256);
  if (!context.global.quiet)
    for (const std::string& warning : exported.warnings) context.err << "homeward: warning: " << warning << '\n';
  return 0;
}

}  // namespace

const Command kExport{"export",
                      "write out a store as files that load again",
                      "STORE --out FILE [options]",
                      "  homeward export db.h5 --out profiles.csv\n"
                      "  homeward export db.h5 --format cmf32 --out profiles.xml\n"
                      "  homeward export db.h5 --format familias --population cn --out cases.fam\n",
                      declare,
                      run};

}  // namespace homeward::cli
