#include <array>
#include <cmath>

#include "base/atomic_file.hpp"
#include "homeward/report.hpp"
#include "homeward/version.hpp"
#include "report/json_reader.hpp"
#include "report/manifest_belief.hpp"

namespace homeward {

namespace {

constexpr const char* kSchema = "homeward-run/1";

Json or_null(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

Json tool_json(const RunManifest& manifest) {
  Json tool;
  Json libraries = Json::object();
  for (const auto& [name, value] : build_facts()) {
    if (name == "version" || name == "git" || name == "build")
      tool[name] = value;
    else
      libraries[name] = value;
  }
  tool["simd"] = manifest.kernel;
  tool["libs"] = libraries;
  return tool;
}

Json inputs_json(const RunManifest& m) {
  Json loci = Json::object();
  for (const auto& [name, persons] : m.loci) loci[name] = persons;
  const Json store{{"kind", "store"},
                   {"path", m.store_path},
                   {"sha256", m.store_sha256},
                   {"uuid", m.store_uuid},
                   {"generation", m.store_generation},
                   {"n_children", m.n_children},
                   {"n_families", m.n_families},
                   {"loci", loci}};
  const Json population{{"kind", "population"}, {"path", m.population}, {"sha256", m.population_sha256}};
  return Json::array({store, population});
}

Json parameters_json(const RunManifest& m) {
  Json effective{{"min_log10_lr", m.min_log10_lr},
                 {"top_k", m.top_k},
                 {"loci_for", m.loci_for},
                 {"exhaustive", m.exhaustive},
                 {"undeclared_couples", m.undeclared_couples}};
  Json origin = Json::object();
  for (const std::string& name : m.chosen) origin[name] = "command line";
  return {{"effective", effective}, {"origin", origin}, {"origin_of_others", "default"}};
}

Json model_json(const RunManifest& m) {
  Json linked = Json::array();
  for (const LinkedNames& pair : m.overrides.linked) linked.push_back({{"loci", {pair.first, pair.second}}, {"rho", pair.rho}});
  const Json overrides{
      {"mutation_model", m.overrides.mutation_model ? Json(std::string(to_string(*m.overrides.mutation_model))) : Json(nullptr)},
      {"theta", or_null(m.overrides.theta)},
      {"rate_male", or_null(m.overrides.rate_male)},
      {"rate_female", or_null(m.overrides.rate_female)},
      {"microvariant_rate", or_null(m.overrides.microvariant_rate)},
      {"range", or_null(m.overrides.range)},
      {"rare_numerator", or_null(m.overrides.rare_numerator)},
      {"rare_fallback", or_null(m.overrides.rare_fallback)},
      {"floor_seen", m.overrides.floor_seen},
      {"linked", linked}};
  return {
      {"population", m.population},
      {"sha256", m.population_sha256},
      {"digest", m.model_digest},
      {"mutation", m.mutation_model},
      {"theta", m.theta},
      {"untyped_parent", m.untyped_parent == UntypedParent::half ? "half" : "full"},
      {"rare_allele_rule",
       {{"numerator", m.rare_alleles.numerator}, {"fallback", m.rare_alleles.fallback}, {"floor_seen", m.rare_alleles.floor_seen}}},
      {"couple_weights",
       {{"couple", m.couple_weights.couple}, {"father_only", m.couple_weights.father_only}, {"mother_only", m.couple_weights.mother_only}}},
      {"verbal_scale", m.verbal_scale},
      {"cpi_scale", m.cpi_scale},
      {"prior", std::isnan(m.belief.phi) ? Json(nullptr) : Json(m.belief.phi)},
      {"overrides", overrides},
      {"added_alleles", m.added_alleles},
      {"unused_loci", m.unused_loci}};
}

Json shard_json(const ShardOf& shard) {
  if (shard.of == 0) return nullptr;
  return {{"index", shard.index}, {"of", shard.of}, {"families", {shard.first_family, shard.end_family}}};
}

Json since_json(const RunManifest& m) {
  if (m.since.empty()) return nullptr;
  return {{"run_id", m.since}, {"joined", m.joined}};
}

Json counts_json(const RunManifest& m) {
  Json skipped;
  for (std::size_t reason = 0; reason < m.counts.pairs_skipped.size(); ++reason)
    skipped[std::string(to_string(static_cast<SkipReason>(reason)))] = m.counts.pairs_skipped[reason];
  return {{"pairs_total", m.counts.pairs_total},
          {"pairs_compared", m.counts.pairs_compared},
          {"pairs_skipped", skipped},
          {"lookups", m.counts.lookups},
          {"survivors", m.counts.survivors},
          {"hits", m.counts.hits},
          {"undeclared_scored", m.counts.undeclared_scored},
          {"undeclared_hits", m.counts.undeclared_hits},
          {"candidates", m.candidates},
          {"cut_by_top_k", m.counts.cut_by_top_k}};
}

Json to_json(const RunManifest& m) {
  Json outputs = Json::array();
  for (const RunOutput& output : m.outputs) outputs.push_back({{"path", output.file}, {"sha256", output.sha256}, {"rows", output.rows}});
  return {{"schema", kSchema},
          {"run_id", m.run_id},
          {"command", m.command},
          {"arguments", m.arguments},
          {"status", m.status},
          {"exit_code", m.exit_code},
          {"tool", tool_json(m)},
          {"times",
           {{"started", m.started}, {"finished", m.finished}, {"search_seconds", m.search_seconds}, {"total_seconds", m.total_seconds}}},
          {"inputs", inputs_json(m)},
          {"outputs", outputs},
          {"parameters", parameters_json(m)},
          {"model", model_json(m)},
          {"seed", m.seed},
          {"threads", m.threads},
          {"kernel", m.kernel},
          {"counts", counts_json(m)},
          {"expected_chance_hits", std::isnan(m.belief.expected_chance_hits) ? Json(nullptr) : Json(m.belief.expected_chance_hits)},
          {"chance", chance_json(m.belief)},
          {"posterior", posterior_json(m.belief)},
          {"warnings", m.warnings},
          {"shard", shard_json(m.shard)},
          {"since", since_json(m)},
          {"resume_of", m.resume_of.empty() ? Json(nullptr) : Json(m.resume_of)}};
}

std::vector<std::string> texts(const JsonReader& reader, const std::string& key) {
  std::vector<std::string> values;
  for (const Json& entry : reader.array(key)) {
    if (!entry.is_string()) reader.mistyped(key, entry, "an array of texts");
    values.push_back(entry.get<std::string>());
  }
  return values;
}

std::optional<double> real_or_null(const JsonReader& reader, const std::string& key) {
  if (reader.is_null(key)) return std::nullopt;
  return reader.real(key);
}

void read_inputs(const JsonReader& run, RunManifest& m) {
  const Json& inputs = run.array("inputs");
  if (inputs.empty()) throw Error(ErrorKind::input, run.file() + ": key inputs[0] (the store) is missing");
  const JsonReader store(inputs[0], run.file(), "inputs[0]");
  m.store_path = store.text("path");
  m.store_sha256 = store.text("sha256");
  m.store_uuid = store.text("uuid");
  m.store_generation = store.whole<std::uint64_t>("generation");
  m.n_children = store.whole<std::uint64_t>("n_children");
  m.n_families = store.whole<std::uint64_t>("n_families");
  const JsonReader loci = store.object("loci");
  for (const auto& entry : loci.raw().items()) m.loci.emplace_back(entry.key(), loci.whole<std::uint64_t>(entry.key()));
}

void read_parameters(const JsonReader& run, RunManifest& m) {
  const JsonReader effective = run.object("parameters").object("effective");
  m.min_log10_lr = effective.real("min_log10_lr");
  m.top_k = effective.whole<std::uint32_t>("top_k");
  m.loci_for = effective.whole<std::uint32_t>("loci_for");
  m.exhaustive = effective.flag("exhaustive");
  m.undeclared_couples = effective.flag("undeclared_couples");
  const JsonReader origin = run.object("parameters").object("origin");
  for (const auto& entry : origin.raw().items()) m.chosen.push_back(entry.key());
}

void read_overrides(const JsonReader& overrides, ModelOverrides& out) {
  if (!overrides.is_null("mutation_model")) out.mutation_model = parse_mutation_model(overrides.text("mutation_model"));
  out.theta = real_or_null(overrides, "theta");
  out.rate_male = real_or_null(overrides, "rate_male");
  out.rate_female = real_or_null(overrides, "rate_female");
  out.microvariant_rate = real_or_null(overrides, "microvariant_rate");
  out.range = real_or_null(overrides, "range");
  out.rare_numerator = real_or_null(overrides, "rare_numerator");
  out.rare_fallback = real_or_null(overrides, "rare_fallback");
  out.floor_seen = overrides.flag("floor_seen");
  for (const Json& entry : overrides.array("linked")) {
    const JsonReader pair(entry, overrides.file(), "model.overrides.linked");
    const std::vector<std::string> loci = texts(pair, "loci");
    if (loci.size() != 2) pair.mistyped("loci", pair.array("loci"), "two names");
    out.linked.push_back({loci[0], loci[1], pair.real("rho")});
  }
}

void read_model(const JsonReader& model, RunManifest& m) {
  m.population = model.text("population");
  m.population_sha256 = model.text("sha256");
  m.model_digest = model.text("digest");
  m.mutation_model = model.text("mutation");
  m.theta = model.real("theta");
  const std::string untyped = model.text("untyped_parent");
  if (untyped != "half" && untyped != "full")
    throw Error(ErrorKind::input, model.file() + ": key model.untyped_parent must be 'half' or 'full'");
  m.untyped_parent = untyped == "half" ? UntypedParent::half : UntypedParent::full;
  const JsonReader rare = model.object("rare_allele_rule");
  m.rare_alleles = {rare.real("numerator"), rare.real("fallback"), rare.flag("floor_seen")};
  const JsonReader weights = model.object("couple_weights");
  m.couple_weights = {weights.real("couple"), weights.real("father_only"), weights.real("mother_only")};
  m.verbal_scale = model.text("verbal_scale");
  m.cpi_scale = model.text("cpi_scale");
  read_overrides(model.object("overrides"), m.overrides);
  m.added_alleles = texts(model, "added_alleles");
  m.unused_loci = texts(model, "unused_loci");
}

void read_shard(const JsonReader& shard, ShardOf& out) {
  out.index = shard.whole<std::uint32_t>("index");
  out.of = shard.whole<std::uint32_t>("of");
  const Json& families = shard.array("families");
  if (families.size() != 2 || !families[0].is_number_unsigned() || !families[1].is_number_unsigned())
    shard.mistyped("families", families, "two whole numbers");
  out.first_family = families[0].get<std::uint32_t>();
  out.end_family = families[1].get<std::uint32_t>();
}

void read_counts(const JsonReader& counts, RunManifest& m) {
  m.counts.pairs_total = counts.whole<std::uint64_t>("pairs_total");
  m.counts.pairs_compared = counts.whole<std::uint64_t>("pairs_compared");
  const JsonReader skipped = counts.object("pairs_skipped");
  for (std::size_t reason = 0; reason < m.counts.pairs_skipped.size(); ++reason)
    m.counts.pairs_skipped[reason] = skipped.whole<std::uint64_t>(std::string(to_string(static_cast<SkipReason>(reason))));
  m.counts.lookups = counts.whole<std::uint64_t>("lookups");
  m.counts.survivors = counts.whole<std::uint64_t>("survivors");
  m.counts.hits = counts.whole<std::uint64_t>("hits");
  m.counts.undeclared_scored = counts.whole<std::uint64_t>("undeclared_scored");
  m.counts.undeclared_hits = counts.whole<std::uint64_t>("undeclared_hits");
  m.candidates = counts.whole<std::uint64_t>("candidates");
  m.counts.cut_by_top_k = counts.whole<std::uint64_t>("cut_by_top_k");
}

}  // namespace

void write_manifest(const std::filesystem::path& run_folder, const RunManifest& manifest) {
  AtomicFile file(run_folder / "run.json");
  // Ids and paths may hold bytes that are no UTF-8: they are replaced rather than refused.
  file.write(to_json(manifest).dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
  file.commit();
}

RunManifest read_manifest(const std::filesystem::path& run_folder) {
  const std::filesystem::path path = run_folder / "run.json";
  const Json json = parse_json_file(path.string());
  const JsonReader run(json, "run.json");
  const std::string schema = run.text("schema");
  if (schema != kSchema) throw Error(ErrorKind::input, "run.json: schema is '" + schema + "', expected '" + kSchema + "'");
  RunManifest m;
  m.run_id = run.text("run_id");
  m.command = run.text("command");
  m.arguments = texts(run, "arguments");
  m.status = run.text("status");
  m.exit_code = run.whole<int>("exit_code");
  const JsonReader times = run.object("times");
  m.started = times.text("started");
  m.finished = times.text("finished");
  m.search_seconds = times.real("search_seconds");
  m.total_seconds = times.real("total_seconds");
  read_inputs(run, m);
  read_parameters(run, m);
  read_model(run.object("model"), m);
  m.seed = run.whole<std::uint64_t>("seed");
  m.threads = run.whole<int>("threads");
  m.kernel = run.text("kernel");
  read_counts(run.object("counts"), m);
  read_belief(run, m.belief);
  m.warnings = texts(run, "warnings");
  if (!run.is_null("shard")) read_shard(run.object("shard"), m.shard);
  if (!run.is_null("since")) {
    const JsonReader since = run.object("since");
    m.since = since.text("run_id");
    m.joined = since.flag("joined");
  }
  if (!run.is_null("resume_of")) m.resume_of = run.text("resume_of");
  const Json& outputs = run.array("outputs");
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const JsonReader output(outputs[i], run.file(), "outputs[" + std::to_string(i) + "]");
    m.outputs.push_back({output.text("path"), output.whole<std::uint64_t>("rows"), output.text("sha256")});
  }
  return m;
}

}  // namespace homeward
