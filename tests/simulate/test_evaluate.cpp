#include <algorithm>
#include <cmath>
#include <memory>

#include "catch_compat.hpp"
#include "homeward/error.hpp"
#include "simulation_fixture.hpp"

using namespace homeward;
using namespace homeward::test;

namespace {

class ListedHits final : public HitStream {
 public:
  explicit ListedHits(std::vector<Hit> hits) : hits_(std::move(hits)) {}
  std::uint64_t size() const override { return hits_.size(); }
  std::size_t next(Hit* out, std::size_t capacity) override {
    const std::size_t n = std::min(capacity, hits_.size() - at_);
    std::copy_n(hits_.begin() + static_cast<std::ptrdiff_t>(at_), n, out);
    at_ += n;
    return n;
  }
  void rewind() override { at_ = 0; }

 private:
  std::vector<Hit> hits_;
  std::size_t at_ = 0;
};

Hit hit(double log10_lr, std::uint32_t child, std::uint32_t family, std::uint32_t family_b = kNoFamily) {
  Hit h;
  h.log10_lr = log10_lr;
  h.child = child;
  h.family = family;
  h.family_b = family_b;
  return h;
}

PairScore scored(double log10_lr) {
  PairScore score;
  score.state = PairScore::State::scored;
  score.log10_lr = log10_lr;
  return score;
}

const std::vector<std::string> kChildren{"C1", "C2", "C3"};
const std::vector<std::string> kFamilies{"F1", "F2", "F3", "F4"};

std::filesystem::path write_text(const Folder& folder, const std::string& text) {
  std::filesystem::create_directories(folder.path());
  const std::filesystem::path path = folder.path() / "truth.tsv";
  std::ofstream(path) << text;
  return path;
}

/// The files of a simulation as a source: children and families in the order of the files.
std::unique_ptr<MemorySource> source_of(const std::filesystem::path& folder, const std::vector<std::string>& loci) {
  std::vector<PersonInfo> persons;
  std::vector<std::vector<Genotype>> calls;
  std::map<std::string, Family> families;
  for (const char* file : {"children.csv", "families.csv"})
    for (Row& row : read_table(folder / file, ',')) {
      const auto index = static_cast<PersonIndex>(persons.size());
      persons.push_back({row["sample_id"], *parse_role(row["role"]), *parse_sex(row["sex"]), row["kit"], 0});
      std::vector<Genotype>& mine = calls.emplace_back();
      for (const std::string& locus : loci) {
        const auto [a, b] = alleles_of(row[locus]);
        mine.push_back(a.empty() ? Genotype{} : Genotype(*parse_allele(a), *parse_allele(b)));
      }
      if (row["role"] == "child") continue;
      Family& family = families[row["family_id"]];
      family.id = row["family_id"];
      (row["role"] == "father" ? family.father : family.mother) = index;
      family.shape = family.father == kNobody ? FamilyShape::mother : family.mother == kNobody ? FamilyShape::father : FamilyShape::couple;
    }
  ProfileBlock block;
  block.n_persons = persons.size();
  block.n_loci = loci.size();
  std::vector<Locus> named;
  for (std::size_t locus = 0; locus < loci.size(); ++locus) {
    named.push_back({loci[locus], LocusKind::str, Chromosome::autosomal, {}});
    for (const auto& mine : calls) block.calls.push_back(mine[locus]);
  }
  std::vector<Family> list;
  for (auto& [id, family] : families) list.push_back(family);
  return std::make_unique<MemorySource>(named, persons, block, list);
}

}  // namespace

TEST_CASE("a run is counted by hand") {
  const std::vector<TruthRow> truth{
      {"C1", "F1", "child"}, {"C2", "F2", "child"}, {"C2", "F3", "child"}, {"C3", "F4", "uncle"}, {"C9", "F9", "child"}};
  const std::vector<PairScore> scores{scored(5.0), scored(3.0), scored(-2.0), scored(1.0), {}};
  ListedHits hits({hit(9.0, 1, 1, 2),  // C2 with F2+F3: both true, rank 1 of C2
                   hit(8.0, 0, 3),     // C1 with F4: chance, rank 1 of C1
                   hit(7.0, 0, 1, 0),  // C1 with F2+F1: one true, rank 2 of C1
                   hit(6.0, 2, 0, 1),  // C3 with F1+F2: chance
                   hit(5.0, 0, 0),     // C1 with F1: true, rank 3 of C1, rank 1 of F1
                   hit(4.0, 0, 1),     // C1 with F2: chance, so that C2 is second of F2
                   hit(3.0, 1, 1),     // C2 with F2: true
                   hit(1.0, 2, 3)});   // C3 with F4: related
  const Evaluation e = evaluate(truth, scores, 0.0, hits, kChildren, kFamilies);
  CHECK(e.true_pairs == 4);
  CHECK(e.true_pairs_not_in_store == 1);
  CHECK(e.true_pairs_at_threshold == 2);
  CHECK(e.true_pairs_reported == 2);
  CHECK(e.true_pairs_reported_below == 0);
  CHECK(e.recall_at_threshold() == 1.0);
  CHECK(e.recall_all() == 0.5);
  CHECK(e.true_children == 3);
  CHECK(e.true_families == 4);
  CHECK(e.family_rank_at_most == std::array<std::uint64_t, 4>{1, 2, 2, 2});
  CHECK(e.child_rank_at_most == std::array<std::uint64_t, 4>{1, 2, 2, 2});
  CHECK(e.chance_hits == 2);
  CHECK(e.joint_hits == 3);
  CHECK(e.joint_both_true == 1);
  CHECK(e.joint_one_true == 1);
  CHECK(e.joint_chance == 1);
  CHECK(e.related_rows == std::map<std::string, std::uint64_t>{{"uncle", 1}});
  CHECK(e.related_hits == std::map<std::string, std::uint64_t>{{"uncle", 1}});
  CHECK(e.max_log10_lr_difference == 0.0);
}

TEST_CASE("a lost pair, a score that differs and a pair reported below the threshold show") {
  const std::vector<TruthRow> truth{{"C1", "F1", "child"}, {"C2", "F2", "child"}, {"C3", "F3", "child"}};
  const std::vector<PairScore> scores{scored(4.0), scored(3.0), scored(1.9)};
  ListedHits hits({hit(4.25, 0, 0), hit(2.1, 2, 2)});
  const Evaluation e = evaluate(truth, scores, 2.0, hits, kChildren, kFamilies);
  CHECK(e.true_pairs_at_threshold == 2);
  CHECK(e.true_pairs_reported == 1);
  CHECK(e.true_pairs_reported_below == 1);
  CHECK(e.recall_at_threshold() == 0.5);
  CHECK(e.max_log10_lr_difference == 0.25);
}

TEST_CASE("the threshold itself counts as reached") {
  const std::vector<TruthRow> truth{{"C1", "F1", "child"}};
  ListedHits none({});
  CHECK(evaluate(truth, {scored(2.0)}, 2.0, none, kChildren, kFamilies).true_pairs_at_threshold == 1);
  CHECK(evaluate(truth, {scored(std::nextafter(2.0, 1.0))}, 2.0, none, kChildren, kFamilies).true_pairs_at_threshold == 0);
}

TEST_CASE("without true pairs there is no recall") {
  ListedHits hits({hit(1.0, 0, 0)});
  const Evaluation e = evaluate({}, {}, 0.0, hits, kChildren, kFamilies);
  CHECK(std::isnan(e.recall_at_threshold()));
  CHECK(std::isnan(e.recall_all()));
  CHECK(e.chance_hits == 1);
}

TEST_CASE("a truth file is read by column name, and all its defects are reported together") {
  Folder folder;
  const auto rows = read_truth(write_text(folder, "relation\tnote\tchild_id\tfamily_id\r\nchild\tx\tC1\tF1\r\nuncle\t\tC2\tF2\r\n"));
  REQUIRE(rows.size() == 2);
  CHECK(rows[1].child_id == "C2");
  CHECK(rows[1].family_id == "F2");
  CHECK(rows[1].relation == "uncle");
  try {
    read_truth(write_text(folder, "child_id\tfamily_id\trelation\nSECRET1\tF1\tchild\nSECRET1\tF1\tchild\nC2\tF2\nC3\t\tchild\n"));
    FAIL("accepted");
  } catch (const Error& error) {
    const std::string message = error.what();
    CHECK(error.kind() == ErrorKind::input);
    for (const char* line : {"line 3", "line 4", "line 5"}) CHECK(message.find(line) != std::string::npos);
    CHECK(message.find("SECRET") == std::string::npos);
  }
  CHECK_THROWS_AS(read_truth(write_text(folder, "child\tfamily\n")), Error);
  CHECK_THROWS_AS(read_truth(folder.path() / "absent.tsv"), Error);
}

TEST_CASE("true pairs of a simulation score far above pairs that are not, and absent ids are said to be absent") {
  SimulationOptions options = small_options();
  options.n_children = 400;
  options.n_families = 300;
  options.related = {200, 0, 0, 0, 0, 0};
  options.apart = 0.5;
  Population population = small_population(MutationModel::stepwise, 0.001);
  // Eight copies of the most polymorphic locus: enough information to tell pairs apart.
  options.kits[0].loci = {};
  LocusPopulation locus = population.loci[3];
  population.loci.clear();
  for (int i = 0; i < 8; ++i) {
    locus.locus = "P" + std::to_string(i);
    population.loci.push_back(locus);
    options.kits[0].loci.push_back(locus.locus);
  }
  const EffectivePopulation model = frozen(population);
  Folder folder;
  simulate(model, false, options, folder.path());
  const auto source = source_of(folder.path(), options.kits[0].loci);
  std::vector<TruthRow> truth = read_truth(folder.path() / "truth.tsv");
  std::vector<TruthRow> wrong = truth;
  for (std::size_t i = 0; i < wrong.size(); ++i) wrong[i].family_id = truth[(i + 5) % truth.size()].family_id;
  const auto mean = [&](const std::vector<PairScore>& scores) {
    double sum = 0.0;
    for (const PairScore& score : scores) {
      CHECK(score.state == PairScore::State::scored);
      CHECK(source->families().at(score.family).id != "");
      sum += std::max(score.log10_lr, -10.0);
    }
    return sum / static_cast<double>(scores.size());
  };
  CHECK(mean(score_truth(truth, *source, model, {})) > 3.0);
  CHECK(mean(score_truth(wrong, *source, model, {})) < -3.0);
  const auto absent =
      score_truth({{"C9999999", truth[0].family_id, "child"}, {truth[0].child_id, "F9999999", "child"}}, *source, model, {});
  CHECK(absent[0].state == PairScore::State::not_in_store);
  CHECK(absent[1].state == PairScore::State::not_in_store);
}
