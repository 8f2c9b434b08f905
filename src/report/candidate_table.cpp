#include <algorithm>
#include <cmath>
#include <memory>
#include <unordered_map>

#include <fmt/format.h>

#include "homeward/error.hpp"
#include "base/atomic_file.hpp"
#include "report/batch.hpp"
#include "report/cells.hpp"
#include "report/formula.hpp"
#include "report/pair_terms.hpp"
#include "report/parallel.hpp"

namespace homeward {

namespace {

constexpr std::size_t kBatch = 1U << 16U;
constexpr std::size_t kChunk = 512;
constexpr std::size_t kFamiliesKept = 100000;  ///< compiled families held, about 1 kB each
constexpr std::uint16_t kFewLoci = 13;         ///< the smallest kit in wide use; fewer is a weak comparison whatever the LR
constexpr std::size_t kLociNamed = 3;

/// A person's typed sex marker says otherwise than the person's stated or implied sex.
bool contradicts(Genotype amelogenin, Sex sex) {
  if (!amelogenin.typed() || amelogenin.half_known() || sex == Sex::unknown) return false;
  const bool has_y = amelogenin.a == Allele::letter('Y') || amelogenin.b == Allele::letter('Y');
  return has_y != (sex == Sex::male);
}

/// Makes the rows of one batch. Safe from several threads once prepared.
class RowMaker {
 public:
  RowMaker(const TableInputs& inputs) : inputs_(inputs), compiler_(inputs.population, inputs.weights), genotypes_(inputs.source, inputs.population) {}

  /// Reads the genotypes of the batch and compiles the families it needs.
  void prepare(std::span<const Candidate> batch) {
    genotypes_.load(batch);
    if (compiled_.size() > kFamiliesKept) compiled_.clear();
    std::vector<std::uint32_t> wanted;
    const auto want = [&](std::uint32_t family) {
      if (family != kNoFamily && compiled_.emplace(family, nullptr).second) wanted.push_back(family);
    };
    for (const Candidate& candidate : batch) {
      want(candidate.hit.family);
      want(candidate.hit.family_b);
    }
    const std::size_t chunks = (wanted.size() + kChunk - 1) / kChunk;
    for_each_chunk(chunks, inputs_.threads, [&](std::size_t chunk) {
      for (std::size_t i = chunk * kChunk; i < std::min(wanted.size(), (chunk + 1) * kChunk); ++i) {
        const Family& family = inputs_.source.families()[wanted[i]];
        const std::vector<PersonIndex> members = member_indexes(family);
        compiled_.at(wanted[i]) = std::make_unique<CompiledFamily>(compiler_.compile(family, genotypes_.member_calls(members), members.size()));
      }
    });
  }

  void append(std::string& out, std::uint64_t rank, const Candidate& candidate) const {
    const Hit& hit = candidate.hit;
    const std::vector<Genotype> child = genotypes_.calls(hit.child);
    const std::vector<PairTerm> terms = terms_of(hit, child_codes(inputs_.population, child));
    // Terms beyond the family's own: an undeclared couple's single parents, listed but not part of its LR.
    const std::vector<PairTerm> own(terms.begin(), hit.family_b == kNoFamily ? terms.end() : terms.begin() + 1);
    const PairTerm& lead = own[leading_term(own)];
    check_score(hit, mixed_log10(own));

    put_number(out, static_cast<long long>(rank));
    put_identity(out, hit);
    put_score(out, candidate, terms, lead);
    put_loci(out, hit, child, lead);
    tab(out);
    put_log10(out, lowest_without_one_locus(own));
    tab(out);
    put_log10(out, candidate.gap_to_next);
    out += "\t.\t.\t";
    put_flags(out, candidate);
    put_origin(out, hit);
    out += '\n';
  }

 private:
  static void tab(std::string& out) { out += '\t'; }

  const Family& family(std::uint32_t index) const { return inputs_.source.families()[index]; }

  std::vector<PairTerm> terms_of(const Hit& hit, const std::vector<GenotypeCode>& child) const {
    if (hit.family_b == kNoFamily) return pair_terms(compiled_.at(hit.family)->terms, child);
    const std::vector<Genotype> father = genotypes_.calls(family(hit.family).father);
    const std::vector<Genotype> mother = genotypes_.calls(family(hit.family_b).mother);
    std::vector<ScoringTerm> terms{compiler_.compile_undeclared(father, mother)};
    for (const std::uint32_t single : {hit.family, hit.family_b}) {
      const std::vector<ScoringTerm>& more = compiled_.at(single)->terms;
      terms.insert(terms.end(), more.begin(), more.end());
    }
    return pair_terms(terms, child);
  }

  /// The score of a hit is recomputed here: a hit of another model or store must not get a table.
  static void check_score(const Hit& hit, double log10_lr) {
    if (std::abs(hit.log10_lr - log10_lr) > 1e-9 * std::max(1.0, std::abs(log10_lr)))
      throw Error(ErrorKind::failure, fmt::format("a hit's log10 LR is {:.6f}, but this store and model give {:.6f}; the hits come from other inputs",
                                                  hit.log10_lr, log10_lr));
  }

  void put_identity(std::string& out, const Hit& hit) const {
    tab(out);
    put_text(out, inputs_.source.person(hit.child).id);
    tab(out);
    put_text(out, family_name(inputs_.source, hit));
    tab(out);
    out += to_string(hit.hypothesis);
    const auto put_person = [&](PersonIndex person) {
      tab(out);
      put_text(out, person == kNobody ? std::string_view{} : inputs_.source.person(person).id);
    };
    const auto [father, mother] = parents(hit);
    put_person(father);
    put_person(mother);
  }

  /// The typed parents of the missing child; kNobody where there is none, or where a parent's sex is unknown.
  TypedParents parents(const Hit& hit) const {
    if (hit.family_b != kNoFamily) return {family(hit.family).father, family(hit.family_b).mother};
    return typed_parents(family(hit.family));
  }

  void put_score(std::string& out, const Candidate& candidate, const std::vector<PairTerm>& terms, const PairTerm& lead) const {
    const Hit& hit = candidate.hit;
    tab(out);
    put_log10(out, hit.log10_lr);
    tab(out);
    put_lr(out, hit.log10_lr);
    tab(out);
    bool first = true;
    for (const PairTerm& term : terms) {
      if (!first) out += ';';
      first = false;
      out += to_string(term.hypothesis);
      out += '=';
      put_log10(out, term.log10_lr);
    }
    tab(out);
    out += verbal_word(inputs_.scale, hit.log10_lr);
    tab(out);
    out += cpi_word(inputs_.cpi, lead.log10_lr, hit.n_inconsistent);
    out += "\t.";  // posterior
  }

  /// The relatives of the hit whose genotypes an inconsistency is shown against.
  std::vector<PersonIndex> shown_relatives(const Hit& hit, const PairTerm& lead) const {
    const auto [father, mother] = parents(hit);
    if (family(hit.family).shape == FamilyShape::parent) return member_indexes(family(hit.family));
    std::vector<PersonIndex> shown;
    if (father != kNobody && lead.hypothesis != Hypothesis::mother_only) shown.push_back(father);
    if (mother != kNobody && lead.hypothesis != Hypothesis::father_only) shown.push_back(mother);
    return shown.empty() ? member_indexes(family(hit.family)) : shown;
  }

  int family_loci(const Hit& hit) const {
    std::vector<PersonIndex> members = member_indexes(family(hit.family));
    if (hit.family_b != kNoFamily)
      for (const PersonIndex member : member_indexes(family(hit.family_b))) members.push_back(member);
    int n = 0;
    for (std::size_t locus = 0; locus < genotypes_.n_loci(); ++locus)
      n += std::any_of(members.begin(), members.end(), [&](PersonIndex member) {
        const Genotype g = genotypes_.at(member, locus);
        return g.typed() && !g.half_known();
      });
    return n;
  }

  void put_loci(std::string& out, const Hit& hit, const std::vector<Genotype>& child, const PairTerm& lead) const {
    const auto child_loci = std::count_if(child.begin(), child.end(), [](Genotype g) { return g.typed() && !g.half_known(); });
    std::vector<std::size_t> inconsistent;
    for (std::size_t locus = 0; locus < lead.inconsistent.size(); ++locus)
      if (lead.inconsistent[locus] != 0) inconsistent.push_back(locus);
    // The locus that speaks loudest against the pair first; equal ones in the order of the panel.
    std::stable_sort(inconsistent.begin(), inconsistent.end(),
                     [&](std::size_t a, std::size_t b) { return lead.by_locus[a] < lead.by_locus[b]; });
    fmt::format_to(std::back_inserter(out), "\t{}\t{}\t{}\t{}\t", hit.n_loci, child_loci, family_loci(hit), hit.n_inconsistent);
    if (inconsistent.empty()) {
      out += ".\t0";
      return;
    }
    const std::vector<PersonIndex> relatives = shown_relatives(hit, lead);
    for (std::size_t i = 0; i < std::min(inconsistent.size(), kLociNamed); ++i) {
      if (i != 0) out += ';';
      put_inconsistency(out, inconsistent[i], child[inconsistent[i]], relatives);
    }
    if (inconsistent.size() > kLociNamed) fmt::format_to(std::back_inserter(out), "+{}", inconsistent.size() - kLociNamed);
    tab(out);
    put_steps(out, hit, inconsistent, child, lead);
  }

  static void put_genotype(std::string& out, Genotype g) {
    if (!g.typed() || g.half_known()) {
      out += '.';
      return;
    }
    out += to_string(g.a);
    out += ',';
    out += to_string(g.b);
  }

  void put_inconsistency(std::string& out, std::size_t locus, Genotype child, const std::vector<PersonIndex>& relatives) const {
    out += inputs_.population.loci[locus].locus.name;
    out += '(';
    put_genotype(out, child);
    for (const PersonIndex relative : relatives) {
      out += '|';
      put_genotype(out, genotypes_.at(relative, locus));
    }
    out += ')';
  }

  /// The sum over loci; -1 when no whole-repeat step explains one of them, "." when steps are not counted.
  void put_steps(std::string& out, const Hit& hit, const std::vector<std::size_t>& loci, const std::vector<Genotype>& child, const PairTerm& lead) const {
    auto [father, mother] = parents(hit);
    if (family(hit.family).shape == FamilyShape::parent) father = member_indexes(family(hit.family)).front();
    if (lead.hypothesis == Hypothesis::father_only) mother = kNobody;
    if (lead.hypothesis == Hypothesis::mother_only && family(hit.family).shape != FamilyShape::parent) father = kNobody;
    int sum = 0;
    for (const std::size_t locus : loci) {
      const auto known = [&](PersonIndex person) -> std::optional<Genotype> {
        if (person == kNobody) return std::nullopt;
        const Genotype g = genotypes_.at(person, locus);
        return g.typed() && !g.half_known() ? std::optional(g) : std::nullopt;
      };
      const auto f = known(father);
      const auto m = known(mother);
      const int steps = f || m ? fewest_steps(child[locus], f, m) : kStepsNotCounted;
      if (steps <= 0) {  // 0: the parents fit, other relatives do not
        out += steps == -1 ? "-1" : ".";
        return;
      }
      sum += steps;
    }
    put_number(out, sum);
  }

  void put_flags(std::string& out, const Candidate& candidate) const {
    const Hit& hit = candidate.hit;
    const std::size_t before = out.size();
    const auto flag = [&](bool raised, const char* name) {
      if (!raised) return;
      if (out.size() != before) out += ';';
      out += name;
    };
    const auto [father, mother] = parents(hit);
    flag(candidate.tie_family, "tie_family");
    flag(candidate.tie_child, "tie_child");
    flag(hit.n_loci < kFewLoci, "few_loci");
    flag(contradicts(genotypes_.amelogenin(hit.child), inputs_.source.person(hit.child).sex), "sex_marker_child");
    flag(father != kNobody && contradicts(genotypes_.amelogenin(father), Sex::male), "sex_marker_father");
    flag(mother != kNobody && contradicts(genotypes_.amelogenin(mother), Sex::female), "sex_marker_mother");
    if (out.size() == before) out += '.';
  }

  void put_origin(std::string& out, const Hit& hit) const {
    std::uint32_t newest = 0;
    for (const std::uint32_t index : {hit.family, hit.family_b})
      if (index != kNoFamily)
        for (const PersonIndex member : member_indexes(family(index))) newest = std::max(newest, inputs_.source.person(member).batch);
    const PersonInfo& child = inputs_.source.person(hit.child);
    fmt::format_to(std::back_inserter(out), "\t{}\t{}\t{}", child.batch, newest,
                   pair_key(child.id, family(hit.family), hit.family_b == kNoFamily ? nullptr : &family(hit.family_b)));
  }

  const TableInputs& inputs_;
  Compiler compiler_;
  GenotypeBatch genotypes_;
  std::unordered_map<std::uint32_t, std::unique_ptr<CompiledFamily>> compiled_;
};

}  // namespace

const std::vector<std::string>& candidate_columns() {
  static const std::vector<std::string> kColumns{
      "rank",          "child_id",       "family_id",         "hypothesis", "father_id",    "mother_id",   "log10_lr",             "lr",       "alternatives",
      "support",       "cpi_class",      "posterior",         "n_loci",     "n_loci_child", "n_loci_family", "n_inconsistent",     "inconsistent_loci", "min_steps",
      "lr_drop_worst", "gap_to_next",    "expected_chance_hits", "p_chance", "flags",       "child_batch", "family_batch",         "pair_key"};
  return kColumns;
}

RunOutput write_candidates(const std::filesystem::path& path, const TableInputs& inputs, const CandidateSelection& selection) {
  AtomicFile file(path);
  std::string header;
  for (const std::string& column : candidate_columns()) header += (header.empty() ? "" : "\t") + column;
  file.write(header + "\n");

  RowMaker maker(inputs);
  const std::span<const Candidate> rows(selection.rows);
  for (std::size_t begin = 0; begin < rows.size(); begin += kBatch) {
    const std::span<const Candidate> batch = rows.subspan(begin, std::min(kBatch, rows.size() - begin));
    maker.prepare(batch);
    std::vector<std::string> texts((batch.size() + kChunk - 1) / kChunk);
    for_each_chunk(texts.size(), inputs.threads, [&](std::size_t chunk) {
      for (std::size_t i = chunk * kChunk; i < std::min(batch.size(), (chunk + 1) * kChunk); ++i) maker.append(texts[chunk], begin + i + 1, batch[i]);
    });
    for (const std::string& text : texts) file.write(text);
  }
  file.write("#ok " + std::to_string(rows.size()) + " rows\n");
  return {path.filename().string(), rows.size(), file.commit()};
}

}  // namespace homeward
