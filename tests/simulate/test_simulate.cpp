#include <sys/stat.h>

#include <set>

#include "catch_compat.hpp"
#include "homeward/error.hpp"
#include "simulation_fixture.hpp"

using namespace homeward;
using namespace homeward::test;

namespace {

constexpr auto kChild = static_cast<std::size_t>(Relation::child);
const std::vector<std::string> kLoci{"L1", "L2", "L3", "L4"};
const std::vector<std::string> kFiles{"children.csv", "families.csv", "truth.tsv", "duplicates.tsv"};

struct Simulated {
  Folder folder;
  SimulationCounts counts;
  std::vector<Row> children, families, truth;
  Simulated(const Population& population, const SimulationOptions& options, UntypedParent untyped = UntypedParent::half)
      : counts(simulate(frozen(population, untyped), true, options, folder.path())),
        children(read_table(folder.path() / "children.csv", ',')),
        families(read_table(folder.path() / "families.csv", ',')),
        truth(read_table(folder.path() / "truth.tsv", '\t')) {}
};

std::map<std::string, Row> by(const std::vector<Row>& rows, const std::string& column) {
  std::map<std::string, Row> index;
  for (const Row& row : rows) index[row.at(column)] = row;
  return index;
}

/// Could a child with `child` have got its alleles from the given typed parents, without mutation? Empty = not known.
bool mendel(const std::string& child, const std::string& father, const std::string& mother) {
  const auto [a, b] = alleles_of(child);
  const auto has = [](const std::string& parent, const std::string& allele) {
    const auto [x, y] = alleles_of(parent);
    return parent.empty() || x == allele || y == allele;
  };
  return child.empty() || (has(father, a) && has(mother, b)) || (has(father, b) && has(mother, a));
}

int mendel_errors(const Simulated& s) {
  std::map<std::string, std::map<std::string, Row>> family;
  for (const Row& row : s.families) family[row.at("family_id")][row.at("role")] = row;
  const auto children = by(s.children, "sample_id");
  int errors = 0;
  for (const Row& pair : s.truth) {
    if (pair.at("relation") != "child") continue;
    auto& members = family.at(pair.at("family_id"));
    for (const std::string& locus : kLoci)
      errors += mendel(children.at(pair.at("child_id")).at(locus), members["father"][locus], members["mother"][locus]) ? 0 : 1;
  }
  return errors;
}

void check_founder_frequencies(const std::vector<Row>& people, const Population& population) {
  for (const LocusPopulation& locus : population.loci) {
    std::map<std::string, double> alleles, genotypes, allele_p, genotype_p;
    double n = 0;
    for (const Row& row : people) {
      const auto [a, b] = alleles_of(row.at(locus.locus));
      ++alleles[a];
      ++alleles[b];
      ++genotypes[row.at(locus.locus)];
      ++n;
    }
    for (std::size_t i = 0; i < locus.alleles.size(); ++i) {
      allele_p[to_string(locus.alleles[i])] = locus.frequencies[i];
      for (std::size_t j = i; j < locus.alleles.size(); ++j)
        genotype_p[to_string(Genotype(locus.alleles[i], locus.alleles[j]))] =
            (i == j ? 1 : 2) * locus.frequencies[i] * locus.frequencies[j];
    }
    for (const auto& [name, p] : allele_p) {
      INFO(locus.locus << " allele " << name);
      CHECK(std::abs(binomial_z(alleles[name], 2 * n, p)) < 4.5);
    }
    INFO(locus.locus);
    CHECK(chi_square_z(alleles, allele_p, 2 * n) < 4.5);
    CHECK(chi_square_z(genotypes, genotype_p, n) < 4.5);
  }
}

}  // namespace

TEST_CASE("founders are in Hardy-Weinberg proportions at the population's frequencies") {
  SimulationOptions options = small_options();
  options.n_children = 20000;
  options.n_families = 5000;
  options.related[kChild] = 0;
  const Population population = small_population();
  const Simulated s(population, options);
  check_founder_frequencies(s.children, population);
  check_founder_frequencies(s.families, population);
}

TEST_CASE("without mutation every true pair is consistent with Mendel, and other pairs are not") {
  SimulationOptions options = small_options();
  options.apart = 0.3;
  Simulated s(small_population(), options);
  CHECK(s.counts.mutations == 0);
  CHECK(s.counts.expected_mutations == 0.0);
  CHECK(mendel_errors(s) == 0);
  std::rotate(s.truth.begin(), s.truth.begin() + 1, s.truth.end());
  for (std::size_t i = 0; i + 1 < s.truth.size(); ++i) std::swap(s.truth[i]["family_id"], s.truth[i + 1]["family_id"]);
  CHECK(mendel_errors(s) > 100);
}

TEST_CASE("mutations happen as often as the matrices say, and are seen as Mendelian errors") {
  SimulationOptions options = small_options();
  options.related[kChild] = 800;
  const Simulated s(small_population(MutationModel::stepwise, 0.01), options);
  const double expected = s.counts.expected_mutations;
  CHECK(expected > 50);
  CHECK(std::abs(static_cast<double>(s.counts.mutations) - expected) < 4.5 * std::sqrt(expected));
  // 4 loci x one gamete per typed parent of a related child; families are 500 couples and 500 single parents.
  CHECK(s.counts.transmissions > 4 * 800);
  CHECK(s.counts.transmissions < 4 * 1600);
  CHECK(mendel_errors(s) > 0);
  CHECK(mendel_errors(s) <= static_cast<int>(s.counts.mutations));
}

TEST_CASE("under `full` the untyped parent's gamete passes a matrix, under `half` it does not") {
  SimulationOptions options = small_options();
  options.couples = 0.0;
  const Simulated half(small_population(MutationModel::stepwise, 0.01), options, UntypedParent::half);
  const Simulated full(small_population(MutationModel::stepwise, 0.01), options, UntypedParent::full);
  CHECK(half.counts.transmissions == 4 * 400);
  CHECK(full.counts.transmissions == 2 * 4 * 400);
}

TEST_CASE("the bytes depend on the seed, not on the number of threads") {
  SimulationOptions options = small_options();
  options.missing = 0.05;
  options.dropout = 0.02;
  options.typing_error = 0.01;
  options.apart = 0.5;
  options.duplicates = 20;
  options.related[static_cast<std::size_t>(Relation::uncle)] = 30;
  const Population population = small_population(MutationModel::stepwise, 0.01);
  options.threads = 1;
  const Simulated one(population, options);
  for (const int threads : {2, 3}) {
    options.threads = threads;
    const Simulated more(population, options);
    for (const std::string& file : kFiles) CHECK(file_text(one.folder.path() / file) == file_text(more.folder.path() / file));
    CHECK(one.counts.expected_mutations == more.counts.expected_mutations);
    CHECK(one.counts.missing == more.counts.missing);
  }
  ++options.seed;
  const Simulated other(population, options);
  for (const std::string& file : kFiles) CHECK(file_text(one.folder.path() / file) != file_text(other.folder.path() / file));
}

TEST_CASE("ids are unique, without gaps, and say nothing of the truth") {
  SimulationOptions options = small_options();
  options.apart = 0.5;
  const Simulated s(small_population(), options);
  CHECK(s.children.size() == 3000);
  std::set<std::string> ids, families;
  for (std::size_t i = 0; i < s.children.size(); ++i) {
    CHECK(s.children[i].at("sample_id") == "C" + std::string(7 - std::to_string(i + 1).size(), '0') + std::to_string(i + 1));
    ids.insert(s.children[i].at("sample_id"));
  }
  for (const Row& row : s.families) {
    CHECK(ids.insert(row.at("sample_id")).second);
    families.insert(row.at("family_id"));
    CHECK(row.at("sex") == (row.at("role") == "father" ? "M" : "F"));
  }
  CHECK(families.size() == 1000);
  CHECK(*families.rbegin() == "F0001000");
  // Numbers of true children and of their families: mean of a uniform draw, and no correlation between the two.
  double mean = 0.0, covariance = 0.0;
  for (const Row& row : s.truth) mean += std::stod(row.at("child_id").substr(1)) / static_cast<double>(s.truth.size());
  CHECK(std::abs(mean - 1500) < 4.5 * 3000 / std::sqrt(12.0 * static_cast<double>(s.truth.size())));
  for (const Row& row : s.truth)
    covariance += (std::stod(row.at("child_id").substr(1)) / 3000 - 0.5) * (std::stod(row.at("family_id").substr(1)) / 1000 - 0.5) * 12;
  CHECK(std::abs(covariance) < 4.5 * std::sqrt(static_cast<double>(s.truth.size())));
}

TEST_CASE("the truth names children and families of the files, and counts agree") {
  SimulationOptions options = small_options();
  options.couples = 0.6;
  options.apart = 0.5;
  options.related[static_cast<std::size_t>(Relation::full_sib)] = 50;
  options.related[static_cast<std::size_t>(Relation::grandparent)] = 40;
  const Simulated s(small_population(), options);
  const auto children = by(s.children, "sample_id");
  std::map<std::string, int> members, rows_of_child, relations;
  for (const Row& row : s.families) ++members[row.at("family_id")];
  std::set<std::string> related_children;
  for (const Row& row : s.truth) {
    CHECK(children.count(row.at("child_id")) == 1);
    CHECK(members.count(row.at("family_id")) == 1);
    ++rows_of_child[row.at("child_id")];
    if (rows_of_child[row.at("child_id")] == 1) ++relations[row.at("relation")];
    if (rows_of_child[row.at("child_id")] > 1) CHECK(members[row.at("family_id")] == 1);  // only parents registered apart have two
  }
  CHECK(relations == std::map<std::string, int>{{"child", 400}, {"full_sib", 50}, {"grandparent", 40}});
  int couples = 0, singles = 0;
  for (const auto& [family, n] : members) ++(n == 2 ? couples : singles);
  CHECK(s.counts.couples == static_cast<std::uint64_t>(couples));
  CHECK(s.counts.couples_apart * 2 + s.counts.fathers + s.counts.mothers == static_cast<std::uint64_t>(singles));
  CHECK(couples + singles == 1000);
  // 0.6 of the couples and single parents are couples, half of these apart: 1000 = U (1 + 0.3).
  CHECK_THAT(static_cast<double>(s.counts.couples + s.counts.couples_apart) / (1000.0 / 1.3), WithinAbs(0.6, 0.01));
  CHECK(std::abs(static_cast<double>(s.counts.couples) - static_cast<double>(s.counts.couples_apart)) <= 1);
  CHECK(s.counts.truth_rows == s.truth.size());
  CHECK(s.truth.size() > 490);  // the apart ones
}

TEST_CASE("kits are mixed by share, and a kit's people have its loci only") {
  SimulationOptions options = small_options();
  options.n_children = 10000;
  options.kits = {{"Big", {"AMEL", "L1", "L2", "L3"}, 3.0}, {"Small, old", {"L3", "L4", "DYS391"}, 1.0}};
  Folder folder;
  const SimulationCounts counts = simulate(frozen(small_population()), true, options, folder.path());
  const double n = 10000.0 + static_cast<double>(counts.persons);
  CHECK(counts.kits[0].second + counts.kits[1].second == static_cast<std::uint64_t>(n));
  CHECK(std::abs(binomial_z(static_cast<double>(counts.kits[0].second), n, 0.75)) < 4.5);
  CHECK(counts.typings == 3 * counts.kits[0].second + 2 * counts.kits[1].second);
  const std::string text = file_text(folder.path() / "children.csv");
  CHECK(text.substr(0, text.find('\n')) == "sample_id,role,family_id,sex,kit,AMEL,L1,L2,L3,L4");
  CHECK(text.find(",\"Small, old\",,,,") != std::string::npos);  // quoted; no AMEL, L1, L2
  for (std::size_t at = text.find(",Big,"); at != std::string::npos; at = text.find(",Big,", at + 1)) {
    const std::string cells = text.substr(at + 5, text.find('\n', at) - at - 5);
    CHECK(split(cells, ',')[0].substr(0, 2) == "X/");
    CHECK(split(cells, ',')[4].empty());
  }
}

TEST_CASE("amelogenin follows the sex") {
  const Simulated s(small_population(), small_options());
  int males = 0;
  for (const Row& row : s.children) {
    CHECK(row.at("AMEL") == (row.at("sex") == "M" ? "X/Y" : "X/X"));
    males += row.at("sex") == "M" ? 1 : 0;
  }
  CHECK(std::abs(binomial_z(males, 3000, 0.5)) < 4.5);
}

TEST_CASE("missing loci, drop-out, silent alleles and typing errors come at their rates") {
  SimulationOptions options = small_options();
  options.n_children = 10000;
  const auto cells = [](const Simulated& s, const std::string& locus, auto&& counts) {
    double n = 0;
    for (const Row& row : s.children) n += counts(row.at(locus)) ? 1 : 0;
    return n;
  };
  const auto untyped = [](const std::string& cell) { return cell.empty(); };
  const auto one_allele = [](const std::string& cell) { return !cell.empty() && alleles_of(cell).first == alleles_of(cell).second; };
  SECTION("missing") {
    options.missing = 0.03;
    const Simulated s(small_population(), options);
    for (const std::string& locus : kLoci) CHECK(std::abs(binomial_z(cells(s, locus, untyped), 10000, 0.03)) < 4.5);
    CHECK(std::abs(binomial_z(static_cast<double>(s.counts.missing), static_cast<double>(s.counts.typings), 0.03)) < 4.5);
  }
  SECTION("drop-out: d^2 untyped; at L4 homozygotes are 1/20 (1-d^2) + 19/20 2d(1-d)") {
    options.dropout = 0.1;
    const Simulated s(small_population(), options);
    CHECK(std::abs(binomial_z(cells(s, "L4", untyped), 10000, 0.01)) < 4.5);
    CHECK(std::abs(binomial_z(cells(s, "L4", one_allele), 10000, 0.05 * 0.99 + 0.95 * 0.18)) < 4.5);
    CHECK(s.counts.nothing_seen > 0);
  }
  SECTION("silent s: s^2 untyped, homozygotes (1-s)^2/20 + 2s(1-s), and it passes from parent to child") {
    Population population = small_population();
    for (LocusPopulation& locus : population.loci) locus.silent = 0.1;
    const Simulated s(population, options);
    CHECK(std::abs(binomial_z(cells(s, "L4", untyped), 10000, 0.01)) < 4.5);
    CHECK(std::abs(binomial_z(cells(s, "L4", one_allele), 10000, 0.81 / 20 + 0.18)) < 4.5);
    CHECK(mendel_errors(s) > 20);  // what a silent allele looks like
  }
  SECTION("typing error: a true pair of four loci is broken, rate e per person and locus") {
    options.typing_error = 0.05;
    const Simulated s(small_population(), options);
    CHECK(std::abs(binomial_z(static_cast<double>(s.counts.typing_errors), static_cast<double>(s.counts.typings), 0.05)) < 4.5);
    CHECK(mendel_errors(s) > 0);
  }
}

TEST_CASE("duplicates are the same person under another id") {
  SimulationOptions options = small_options();
  options.duplicates = 100;
  options.related[kChild] = 1000;
  const Simulated s(small_population(MutationModel::stepwise, 0.01), options);
  const auto children = by(s.children, "sample_id");
  const std::vector<Row> duplicates = read_table(s.folder.path() / "duplicates.tsv", '\t');
  CHECK(duplicates.size() == 100);
  std::map<std::string, std::set<std::string>> families;
  for (const Row& row : s.truth) families[row.at("child_id")].insert(row.at("family_id"));
  std::size_t with_family = 0;
  for (const Row& row : duplicates) {
    Row first = children.at(row.at("sample_id")), second = children.at(row.at("same_person_as"));
    CHECK(first.at("sample_id") != second.at("sample_id"));
    for (const std::string& column : {"sex", "L1", "L2", "L3", "L4"}) CHECK(first.at(column) == second.at(column));
    CHECK(families[row.at("sample_id")] == families[row.at("same_person_as")]);
    with_family += families[row.at("sample_id")].empty() ? 0 : 1;
  }
  CHECK(with_family > 10);
  CHECK(s.children.size() == 3000);
}

TEST_CASE("numbers that do not fit together are refused with what would fit") {
  Folder folder;
  const EffectivePopulation model = frozen(small_population());
  const auto refused = [&](auto&& change) {
    SimulationOptions options = small_options();
    change(options);
    CHECK_THROWS_AS(simulate(model, true, options, folder.path()), Error);
    CHECK_FALSE(std::filesystem::exists(folder.path()));
  };
  refused([](SimulationOptions& o) { o.related[kChild] = 1001; });
  refused([](SimulationOptions& o) { o.n_children = 399; });
  refused([](SimulationOptions& o) { o.duplicates = 1501; });
  refused([](SimulationOptions& o) { o.missing = 1.5; });
  refused([](SimulationOptions& o) { o.dropout = std::nan(""); });
  refused([](SimulationOptions& o) { o.kits.clear(); });
  refused([](SimulationOptions& o) { o.kits[0].weight = 0.0; });
  EffectivePopulation structured = model;
  structured.theta = 0.01;
  CHECK_THROWS_AS(simulate(structured, true, small_options(), folder.path()), Error);
}

TEST_CASE("edges: nobody, no family, every family a couple registered apart, an odd number of families") {
  for (const std::uint64_t families : {0, 1, 2, 7, 100}) {
    SimulationOptions options = small_options();
    options.n_children = families;
    options.n_families = families;
    options.related = {};
    options.couples = 1.0;
    options.apart = 1.0;
    const Simulated s(small_population(), options);
    CHECK(s.children.size() == families);
    CHECK(s.families.size() == families);
    CHECK(s.counts.couples_apart * 2 + s.counts.fathers + s.counts.mothers + s.counts.couples == families);
    CHECK(s.counts.couples_apart == families / 2);
  }
}

TEST_CASE("files are for their owner only, and no temporary file is left") {
  const Simulated s(small_population(), small_options());
  struct ::stat status {};
  REQUIRE(::stat(s.folder.path().c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0700);
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(s.folder.path())) {
    REQUIRE(::stat(entry.path().c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
    names.insert(entry.path().filename());
  }
  CHECK(names == std::set<std::string>(kFiles.begin(), kFiles.end()));
}

TEST_CASE("loci of the kits that the population lacks, or that are not autosomal, are left out and named") {
  Population population = small_population();
  population.loci[1].chromosome = Chromosome::x;
  const SimulationLoci loci = simulation_loci(population, {{"A", {"L4", "AMEL", "L1", "Yindel"}, 1.0}, {"B", {"L1", "L2", "L3"}, 1.0}});
  CHECK(loci.amelogenin);
  CHECK(loci.left_out == std::vector<std::string>{"Yindel", "L2"});
  std::vector<std::string> names;
  for (const ObservedLocus& locus : loci.observed) names.push_back(locus.name);
  CHECK(names == std::vector<std::string>{"L4", "L1", "L3"});
}
