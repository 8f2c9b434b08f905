#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/sha256.hpp"
#include "base/text.hpp"
#include "catch_compat.hpp"
#include "homeward/error.hpp"
#include "report/batch.hpp"
#include "report/pair_terms.hpp"
#include "small_world.hpp"

using namespace homeward;
using namespace small_world;

namespace {

const std::filesystem::path kScales = std::filesystem::path(HOMEWARD_SOURCE_DIR) / "data" / "scales";

struct World {
  EffectivePopulation population = frozen(small_world::population(6, MutationModel::stepwise));
  MemorySource people = source(population, 12, 10, 3);
  CoupleWeights weights;
  VerbalScale scale = read_verbal_scale(kScales / "enfsi-2015.json");
  CpiScale cpi = read_cpi_scale(kScales / "cn-cpi.json");
  std::filesystem::path folder = std::filesystem::temp_directory_path() / ("homeward-tables-" + std::to_string(::getpid()));
  World() { std::filesystem::create_directories(folder); }
  ~World() { std::filesystem::remove_all(folder); }
  TableInputs inputs(int threads) const { return {people, population, weights, scale, cpi, threads}; }

  CandidateSelection selection(std::uint32_t top_k) const {
    AllHits hits(people, population, weights);
    return select_candidates(hits, people.n_persons(), people.families().size(), top_k);
  }
  std::string text(const char* name) const {
    std::ifstream in(folder / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  std::vector<std::vector<std::string>> rows(const char* name) const {
    std::vector<std::vector<std::string>> rows;
    std::istringstream in(text(name));
    for (std::string line; std::getline(in, line);) {
      rows.emplace_back();
      for (const std::string_view cell : split(line, '\t')) rows.back().emplace_back(cell);
    }
    return rows;
  }
};

std::size_t column(const std::vector<std::string>& columns, const std::string& name) {
  const auto found = std::find(columns.begin(), columns.end(), name);
  REQUIRE(found != columns.end());
  return static_cast<std::size_t>(found - columns.begin());
}

}  // namespace

TEST_CASE("candidates.tsv has the contract's columns, its rows and its last line") {
  const World world;
  CandidateSelection selection = world.selection(50);
  selection.rows[0].expected_chance_hits = 1234.5;
  selection.rows[0].p_chance = 1e-9;
  selection.rows[0].posterior = 0.25;
  selection.rows[0].posterior_none = 0.75;
  const RunOutput output = write_candidates(world.folder / "candidates.tsv", world.inputs(1), selection);
  const auto rows = world.rows("candidates.tsv");
  std::string header;
  for (const std::string& name : rows[0]) header += name + " ";
  CHECK(
      header ==
      "rank child_id family_id hypothesis father_id mother_id log10_lr lr alternatives support cpi_class posterior n_loci n_loci_child "
      "n_loci_family n_inconsistent inconsistent_loci min_steps lr_drop_worst gap_to_next expected_chance_hits p_chance flags child_batch "
      "family_batch pair_key posterior_relative posterior_none ");
  REQUIRE(rows.size() == selection.rows.size() + 2);
  CHECK(rows.back() == std::vector<std::string>{"#ok " + std::to_string(selection.rows.size()) + " rows"});
  CHECK(output.rows == selection.rows.size());
  CHECK(output.sha256 == sha256_of_file(world.folder / "candidates.tsv"));
  for (std::size_t i = 1; i + 1 < rows.size(); ++i) {
    REQUIRE(rows[i].size() == 28);
    CHECK(rows[i][0] == std::to_string(i));
    for (const std::string& cell : rows[i]) CHECK_FALSE(cell.empty());
  }
  CHECK(rows[1][11] == "0.25");
  CHECK(rows[1][20] == "1234.5");
  CHECK(rows[1][21] == "1e-09");
  CHECK(rows[1][27] == "0.75");
}

TEST_CASE("candidate cells say what they mean") {
  const World world;
  const CandidateSelection selection = world.selection(50);
  write_candidates(world.folder / "candidates.tsv", world.inputs(1), selection);
  const auto rows = world.rows("candidates.tsv");
  const auto& columns = candidate_columns();
  const auto at = [&](std::size_t row, const char* name) { return rows[row + 1][column(columns, name)]; };
  std::size_t inconsistent = 0;
  for (std::size_t i = 0; i < selection.rows.size(); ++i) {
    const Hit& hit = selection.rows[i].hit;
    INFO("row " << i);
    CHECK_THAT(*parse_double(at(i, "log10_lr")), WithinAbs(hit.log10_lr, 0.00006));
    CHECK_THAT(std::log10(*parse_double(at(i, "lr"))), WithinAbs(hit.log10_lr, 0.00006));
    CHECK(at(i, "n_inconsistent") == std::to_string(hit.n_inconsistent));
    CHECK((at(i, "inconsistent_loci") == ".") == (hit.n_inconsistent == 0));
    // A locus that says the pair away costs; without the best locus the ratio is lower.
    CHECK(*parse_double(at(i, "lr_drop_worst")) <= hit.log10_lr + 10.0);
    if (hit.n_inconsistent > 0) {
      ++inconsistent;
      CHECK(at(i, "inconsistent_loci").find('|') != std::string::npos);
      CHECK((hit.n_inconsistent > 3) == (at(i, "inconsistent_loci").find('+') != std::string::npos));
    } else {
      CHECK(at(i, "min_steps") == "0");
    }
    if (hit.n_inconsistent >= 3) CHECK(at(i, "cpi_class") == world.cpi.exclusion_considered);
    const Family& family = world.people.families()[hit.family];
    CHECK((at(i, "father_id") != ".") == (family.shape == FamilyShape::father || family.shape == FamilyShape::couple));
    CHECK((at(i, "mother_id") != ".") == (family.shape == FamilyShape::mother || family.shape == FamilyShape::couple));
    CHECK(at(i, "flags").find("few_loci") != std::string::npos);
    for (const char* later : {"posterior", "expected_chance_hits", "p_chance"}) CHECK(at(i, later) == ".");
    if (family.shape == FamilyShape::couple && hit.hypothesis == Hypothesis::couple)
      CHECK(at(i, "alternatives").find(";father_only=") != std::string::npos);
  }
  CHECK(inconsistent > 10);
}

TEST_CASE("tables are the same bytes for any number of threads") {
  const World world;
  const CandidateSelection selection = world.selection(3);
  CHECK(selection.cut > 0);
  const std::string one = write_candidates(world.folder / "a", world.inputs(1), selection).sha256;
  CHECK(write_candidates(world.folder / "b", world.inputs(3), selection).sha256 == one);
  const std::string loci = write_loci(world.folder / "c", world.inputs(1), selection, 20).sha256;
  CHECK(write_loci(world.folder / "d", world.inputs(3), selection, 20).sha256 == loci);
}

TEST_CASE("loci.tsv: every candidate up to the rank asked for, a TOTAL each, the sum on it") {
  const World world;
  const CandidateSelection selection = world.selection(50);
  const RunOutput output = write_loci(world.folder / "loci.tsv", world.inputs(2), selection, 7);
  const auto rows = world.rows("loci.tsv");
  const auto& columns = locus_columns();
  REQUIRE(columns.size() == 26);
  CHECK(rows[0] == columns);
  CHECK(output.rows == rows.size() - 2);
  CHECK(rows.back()[0] == "#ok " + std::to_string(output.rows) + " rows");
  std::size_t totals = 0;
  double sum = 0.0;
  for (std::size_t i = 1; i + 1 < rows.size(); ++i) {
    REQUIRE(rows[i].size() == 26);
    const std::string& log10_lr = rows[i][column(columns, "log10_lr")];
    if (rows[i][column(columns, "locus")] != "TOTAL") {
      sum += log10_lr == "." ? 0.0 : *parse_double(log10_lr);
      continue;
    }
    CHECK_THAT(*parse_double(log10_lr), WithinAbs(sum, 0.0005));
    const Hit& hit = selection.rows[totals].hit;
    CHECK(rows[i][column(columns, "child_id")] == world.people.person(hit.child).id);
    CHECK(rows[i][column(columns, "note")] == "loci=" + std::to_string(hit.n_loci) + ";inconsistent=" + std::to_string(hit.n_inconsistent));
    sum = 0.0;
    ++totals;
  }
  CHECK(totals == 7);
}

TEST_CASE("hits of another model get no table") {
  const World world;
  CandidateSelection selection = world.selection(50);
  selection.rows[4].hit.log10_lr += 1e-6;
  CHECK_THROWS_AS(write_candidates(world.folder / "candidates.tsv", world.inputs(2), selection), Error);
  // Nothing half-written stays behind.
  CHECK(std::filesystem::is_empty(world.folder));
}

TEST_CASE("an undeclared couple is one row with both persons and all three ratios") {
  const World world;
  const Compiler compiler(world.population, world.weights);
  const Family& father = world.people.families()[0];
  const Family& mother = world.people.families()[1];
  CompiledFamily joint;
  joint.terms.push_back(compiler.compile_undeclared(calls_of(world.people, {father.father}), calls_of(world.people, {mother.mother})));
  const ExactScore score = exact_score(joint, code_block(world.population, calls_of(world.people, {0})), 0);
  Candidate candidate;
  candidate.hit.log10_lr = score.log10_lr;
  candidate.hit.family_b = 1;
  candidate.hit.n_loci = score.n_loci;
  candidate.hit.n_inconsistent = score.n_inconsistent;
  candidate.hit.hypothesis = Hypothesis::undeclared_couple;
  CandidateSelection selection;
  selection.rows.push_back(candidate);
  write_candidates(world.folder / "candidates.tsv", world.inputs(1), selection);
  const auto rows = world.rows("candidates.tsv");
  CHECK(rows[1][2] == "F0+F1");
  CHECK(rows[1][3] == "undeclared_couple");
  CHECK(rows[1][4] == "f0");
  CHECK(rows[1][5] == "m1");
  CHECK(rows[1][8].rfind("undeclared_couple=", 0) == 0);
  CHECK(rows[1][8].find(";father_only=") != std::string::npos);
  CHECK(rows[1][8].find(";mother_only=") != std::string::npos);
}

TEST_CASE("the lowest ratio without one locus equals leaving out each in turn") {
  const World world;
  const Compiler compiler(world.population, world.weights);
  for (const Family& family : world.people.families()) {
    const auto members = member_indexes(family);
    const CompiledFamily compiled = compiler.compile(family, calls_of(world.people, members), members.size());
    for (const PersonIndex child : world.people.children()) {
      const auto codes = child_codes(world.population, calls_of(world.people, {child}));
      const auto terms = pair_terms(compiled.terms, codes);
      double lowest = INFINITY;
      for (std::size_t locus = 0; locus < codes.size(); ++locus) {
        if (std::none_of(terms.begin(), terms.end(), [&](const PairTerm& term) { return term.used[locus] != 0; })) continue;
        auto without = codes;
        without[locus] = kUntyped;
        lowest = std::min(lowest, mixed_log10(pair_terms(compiled.terms, without)));
      }
      if (std::isinf(lowest)) continue;
      CHECK_THAT(lowest_without_one_locus(terms), WithinAbs(lowest, 1e-10));
    }
  }
}

TEST_CASE("leaving out the one impossible locus makes the pair possible") {
  std::vector<PairTerm> terms(1);
  terms[0].by_locus = {1.0, -INFINITY, 2.0};
  terms[0].used = {1, 1, 1};
  terms[0].inconsistent = {0, 1, 0};
  terms[0].log10_lr = -INFINITY;
  CHECK(lowest_without_one_locus(terms) == -INFINITY);
  terms[0].by_locus = {-INFINITY};
  terms[0].used = {1};
  CHECK(lowest_without_one_locus(terms) == 0.0);
}

TEST_CASE("a pair key depends on the child, the families and their slots, and on nothing else") {
  Family a;
  a.id = "A";
  Family b;
  b.id = "B";
  const std::string key = pair_key("C1", a, nullptr);
  CHECK(key.size() == 16);
  CHECK(key == pair_key("C1", a, nullptr));
  CHECK(key != pair_key("C2", a, nullptr));
  CHECK(key != pair_key("C1", b, nullptr));
  CHECK(key != pair_key("C1", a, &b));
  CHECK(pair_key("C1", a, &b) != pair_key("C1", b, &a));
  a.slot = "2";
  CHECK(key != pair_key("C1", a, nullptr));
}
