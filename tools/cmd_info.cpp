// homeward info: what a store holds, as a table or as JSON.
#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <ostream>

#include "base/text.hpp"
#include "command.hpp"
#include "homeward/error.hpp"
#include "homeward/store.hpp"
#include "homeward/store_registry.hpp"
#include "report/text_table.hpp"

namespace homeward::cli {

namespace {

void declare(CommandLine& line) {
  line.group("Output").add_options()("json", po::bool_switch(), "one JSON object on standard output");
  line.hidden.add_options()("store", po::value<std::string>());
  line.positional.add("store", 1);
}

/// Ordered, so that the keys come in the order a reader expects.
nlohmann::ordered_json batch_json(const Batch& batch) {
  return {{"id", batch.id},
          {"file", batch.file},
          {"sha256", batch.sha256},
          {"format", batch.format},
          {"version", batch.version},
          {"time", batch.time},
          {"rows", batch.rows},
          {"samples", batch.samples},
          {"new_persons", batch.new_persons},
          {"new_typings", batch.new_typings},
          {"identical_typings", batch.identical_typings},
          {"conflicts", batch.conflicts},
          {"refused_samples", batch.refused_samples},
          {"rejects", batch.rejects}};
}

void print_json(const StoreInfo& info, const RegistryCounts& registry, const std::string& sha256, std::ostream& out) {
  nlohmann::ordered_json json{{"path", info.path},
                              {"format", "homeward-store"},
                              {"format_version", info.format_version},
                              {"store_uuid", info.uuid},
                              {"generation", info.generation},
                              {"bytes", info.bytes},
                              {"sha256", sha256},
                              {"n_persons", info.n_persons},
                              {"n_children", info.n_children},
                              {"n_families", info.n_families},
                              {"n_unsearchable_families", info.n_unsearchable_families},
                              {"n_samples", info.n_samples},
                              {"n_typings", info.n_typings},
                              {"n_conflicts", info.n_conflicts},
                              {"n_registrations", registry.registrations},
                              {"n_registrations_linked", registry.linked},
                              {"n_registrations_with_sample", registry.with_sample},
                              {"n_tombstones", registry.tombstones}};
  json["families"] = nlohmann::ordered_json::object();
  for (const auto& [shape, n] : info.families) json["families"][shape] = n;
  json["loci"] = nlohmann::ordered_json::array();
  for (const auto& [locus, n] : info.loci) json["loci"].push_back({{"locus", locus}, {"persons_typed", n}});
  json["batches"] = nlohmann::ordered_json::array();
  for (const Batch& batch : info.batches) json["batches"].push_back(batch_json(batch));
  out << json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << '\n';
}

void print_overview(const StoreInfo& info, const RegistryCounts& registry, std::ostream& out) {
  const auto line = [&](const char* key, const std::string& value) { out << fmt::format("{:<22} {}\n", key, value); };
  line("store", escaped(info.path));
  line("format version", std::to_string(info.format_version));
  line("uuid", escaped(info.uuid));
  line("generation", std::to_string(info.generation));
  line("bytes", std::to_string(info.bytes));
  line("persons", std::to_string(info.n_persons));
  line("children", std::to_string(info.n_children));
  line("families", std::to_string(info.n_families));
  for (const auto& [shape, n] : info.families) line(("  " + shape).c_str(), std::to_string(n));
  if (info.n_unsearchable_families > 0) line("  not searchable", fmt::format("{} (E_FAMILY_SHAPE)", info.n_unsearchable_families));
  line("samples", std::to_string(info.n_samples));
  line("typings", std::to_string(info.n_typings));
  line("conflicting calls", std::to_string(info.n_conflicts));
  if (registry.registrations > 0)
    line("registrations",
         fmt::format("{} ({} name a sample, {} linked to another)", registry.registrations, registry.with_sample, registry.linked));
  if (registry.tombstones > 0) line("withdrawn", std::to_string(registry.tombstones));
}

void print_loci(const StoreInfo& info, std::ostream& out) {
  constexpr std::size_t kMostLoci = 100;  // of a SNP panel with thousands, --json has them all
  std::vector<std::vector<std::string>> rows;
  for (const auto& [locus, n] : info.loci) {
    if (rows.size() == kMostLoci) break;
    const double share = info.n_persons == 0 ? 0.0 : 100.0 * static_cast<double>(n) / static_cast<double>(info.n_persons);
    rows.push_back({escaped(locus), std::to_string(n), fmt::format("{:.1f} %", share)});
  }
  out << '\n';
  print_text_table(out, {{"locus"}, {"persons typed", Align::right}, {"of all", Align::right}}, rows);
  if (info.loci.size() > rows.size()) out << fmt::format("and {} more loci: --json lists all\n", info.loci.size() - rows.size());
}

void print_batches(const StoreInfo& info, std::ostream& out) {
  std::vector<std::vector<std::string>> rows;
  for (const Batch& b : info.batches)
    rows.push_back({std::to_string(b.id), b.time, escaped(b.file), b.format, std::to_string(b.rows), std::to_string(b.new_persons),
                    std::to_string(b.new_typings), std::to_string(b.conflicts), std::to_string(b.rejects)});
  out << '\n';
  print_text_table(out,
                   {{"batch", Align::right},
                    {"time"},
                    {"file", Align::left, 40},
                    {"format"},
                    {"rows", Align::right},
                    {"new persons", Align::right},
                    {"new typings", Align::right},
                    {"conflicts", Align::right},
                    {"rejects", Align::right}},
                   rows);
}

int run(const po::variables_map& values, Context& context) {
  if (values.count("store") == 0) throw Error(ErrorKind::usage, "info needs a STORE; see `homeward help info`");
  const std::unique_ptr<Store> store = Store::open(values["store"].as<std::string>());
  const StoreInfo info = store->info();
  const RegistryCounts registry = registry_counts(info.path);
  if (values["json"].as<bool>()) {
    print_json(info, registry, store->sha256(), context.out);
    return 0;
  }
  print_overview(info, registry, context.out);
  print_loci(info, context.out);
  print_batches(info, context.out);
  return 0;
}

}  // namespace

const Command kInfo{"info",
                    "what a store holds: persons, families, loci, batches",
                    "STORE [options]",
                    "  homeward info db.h5\n"
                    "  homeward info db.h5 --json\n",
                    declare,
                    run};

}  // namespace homeward::cli
