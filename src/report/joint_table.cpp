#include "report/joint_table.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <tuple>

#include "base/atomic_file.hpp"
#include "homeward/likelihood.hpp"
#include "report/batch.hpp"
#include "report/cells.hpp"
#include "report/parallel.hpp"
#include "score/columns.hpp"
#include "score/mix.hpp"
#include "score/relation_scorer.hpp"

namespace homeward {

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kBatch = 1U << 14U;  ///< families read together
constexpr std::size_t kChunk = 64;

/// One listed pair of a child and a family.
struct Lead {
  std::uint32_t family = 0;
  PersonIndex child = 0;
  double log10_lr = 0.0;
};

struct JointRow {
  std::uint32_t family_a = 0, family_b = 0;  ///< the slots of one family; the same when it has one missing place
  PersonIndex a = 0, b = 0;
  double sibs = 0.0, lr_a = 0.0, lr_b = 0.0;
  double full = kNaN, half = kNaN;  ///< joint: children of the same two parents; of the tested parent and two others
  std::uint16_t n_loci = 0;
  double best() const { return std::isnan(half) || full >= half ? full : half; }
};

/// A pedigree in which both children have a place, and who of it is typed.
struct JointPedigree {
  Pedigree related, unrelated;     ///< `unrelated`: the children are two founders
  std::vector<PersonIndex> typed;  ///< by person of `related`; `unrelated` has two persons more, at the end
  PersonInPedigree place_a = kNoParent, place_b = kNoParent;
  double weight = 1.0;
};

class JointScorer {
 public:
  JointScorer(const TableInputs& inputs)
      : inputs_(inputs), relations_(inputs.population, CoAncestry::of_model), genotypes_(inputs.source, inputs.population) {}

  void load(std::span<const Lead> leads) {
    std::vector<PersonIndex> persons;
    for (const Lead& lead : leads) {
      persons.push_back(lead.child);
      for (const PersonIndex member : member_indexes(inputs_.source.families()[lead.family])) persons.push_back(member);
    }
    genotypes_.load_persons(std::move(persons));
  }

  /// Leads of one family (all its slots), best first.
  void append(std::span<const Lead> leads, std::vector<JointRow>& rows) const {
    std::vector<std::vector<GenotypeCode>> codes;
    for (const Lead& lead : leads) codes.push_back(relations_.codes(genotypes_.calls(lead.child)));
    for (std::size_t i = 0; i < leads.size(); ++i)
      for (std::size_t k = i + 1; k < leads.size(); ++k) {
        if (leads[i].child == leads[k].child) continue;
        const PairRelationScores pair = relations_.pair(codes[i], codes[k], Sex::male);
        if (pair.full_sib < kJointFrom || pair.same_person > pair.full_sib) continue;
        JointRow row{leads[i].family, leads[k].family, leads[i].child, leads[k].child, pair.full_sib, leads[i].log10_lr, leads[k].log10_lr};
        if (score(row)) rows.push_back(row);
      }
  }

 private:
  const Family& family(std::uint32_t index) const { return inputs_.source.families()[index]; }

  bool score(JointRow& row) const {
    const std::vector<JointPedigree> full = full_sibs(row);
    if (full.empty()) return false;
    row.full = mixed(full, row);
    if (family(row.family_a).shape != FamilyShape::pedigree && family(row.family_a).shape != FamilyShape::couple)
      row.half = mixed(half_sibs(row), row);
    return true;
  }

  /// Hypotheses that loci share are mixed after the product (METHODS, equation 12).
  double mixed(const std::vector<JointPedigree>& hypotheses, JointRow& row) const {
    std::vector<double> weighted;
    for (const JointPedigree& hypothesis : hypotheses) weighted.push_back(std::log10(hypothesis.weight) + log10_lr(hypothesis, row));
    return weighted.size() == 1 ? weighted[0] : mix_terms(weighted.data(), weighted.size());
  }

  /// The tested parent's sexes that come into question: one, or both at one half.
  static std::vector<Sex> sexes(const Family& family) {
    if (family.shape == FamilyShape::parent) return {Sex::male, Sex::female};
    return {family.shape == FamilyShape::mother ? Sex::female : Sex::male};
  }

  std::vector<JointPedigree> full_sibs(const JointRow& row) const {
    const Family& first = family(row.family_a);
    std::vector<JointPedigree> result;
    if (first.shape == FamilyShape::pedigree) {
      JointPedigree joint;
      std::vector<PedigreePerson> persons = first.pedigree.persons();
      joint.typed = first.typed;
      joint.place_a = first.missing;
      joint.place_b = family(row.family_b).missing;
      if (joint.place_a == joint.place_b) {
        // A second child at the same place: a full sib of the missing person, whose parents must be in the pedigree.
        const PedigreePerson missing = persons[static_cast<std::size_t>(first.missing)];
        if (missing.father < 0 || missing.mother < 0) return {};
        joint.place_b = static_cast<PersonInPedigree>(persons.size());
        persons.push_back({missing.id + " (second)", missing.father, missing.mother, Sex::unknown});
        joint.typed.push_back(kNobody);
      }
      finish(joint, std::move(persons));
      return {joint};
    }
    const PersonIndex single = first.father != kNobody ? first.father : first.mother;
    for (const Sex sex : sexes(first)) {
      JointPedigree joint;
      const bool couple = first.shape == FamilyShape::couple;
      joint.typed = couple             ? std::vector<PersonIndex>{first.father, first.mother, kNobody, kNobody}
                    : sex == Sex::male ? std::vector<PersonIndex>{single, kNobody, kNobody, kNobody}
                                       : std::vector<PersonIndex>{kNobody, single, kNobody, kNobody};
      joint.place_a = 2;
      joint.place_b = 3;
      joint.weight = first.shape == FamilyShape::parent ? 0.5 : 1.0;
      finish(joint, {{"F", kNoParent, kNoParent, Sex::male},
                     {"M", kNoParent, kNoParent, Sex::female},
                     {"A", 0, 1, Sex::unknown},
                     {"B", 0, 1, Sex::unknown}});
      result.push_back(std::move(joint));
    }
    return result;
  }

  std::vector<JointPedigree> half_sibs(const JointRow& row) const {
    const Family& first = family(row.family_a);
    const PersonIndex single = first.father != kNobody ? first.father : first.mother;
    std::vector<JointPedigree> result;
    for (const Sex sex : sexes(first)) {
      JointPedigree joint;
      joint.typed = {single, kNobody, kNobody, kNobody, kNobody};
      joint.place_a = 3;
      joint.place_b = 4;
      joint.weight = first.shape == FamilyShape::parent ? 0.5 : 1.0;
      const Sex other = sex == Sex::male ? Sex::female : Sex::male;
      const auto child = [&](const char* id, PersonInPedigree parent) {
        return sex == Sex::male ? PedigreePerson{id, 0, parent, Sex::unknown} : PedigreePerson{id, parent, 0, Sex::unknown};
      };
      finish(joint, {{"P", kNoParent, kNoParent, sex},
                     {"Q", kNoParent, kNoParent, other},
                     {"R", kNoParent, kNoParent, other},
                     child("A", 1),
                     child("B", 2)});
      result.push_back(std::move(joint));
    }
    return result;
  }

  static void finish(JointPedigree& joint, std::vector<PedigreePerson> persons) {
    std::vector<PedigreePerson> apart = persons;
    apart.push_back({"first (unrelated)", kNoParent, kNoParent, Sex::unknown});
    apart.push_back({"second (unrelated)", kNoParent, kNoParent, Sex::unknown});
    joint.related = Pedigree(std::move(persons));
    joint.unrelated = Pedigree(std::move(apart));
  }

  static ObservedGenotype observe(Genotype g) {
    if (!g.typed() || g.half_known()) return {};
    return {Observation::genotype, g};
  }

  double log10_lr(const JointPedigree& joint, JointRow& row) const {
    double sum = 0.0;
    row.n_loci = 0;
    const EffectivePopulation& population = inputs_.population;
    for (std::size_t locus = 0; locus < population.loci.size(); ++locus) {
      const LocusModel& model = population.loci[locus];
      if (model.locus.chromosome != Chromosome::autosomal) continue;
      const ObservedGenotype a = observe(genotypes_.at(row.a, locus)), b = observe(genotypes_.at(row.b, locus));
      std::vector<ObservedGenotype> relatives(joint.related.size());
      std::size_t n_typed = 0;
      for (std::size_t i = 0; i < relatives.size(); ++i) {
        if (joint.typed[i] != kNobody) relatives[i] = observe(genotypes_.at(joint.typed[i], locus));
        n_typed += relatives[i].kind != Observation::untyped;
      }
      const std::size_t n_children = (a.kind != Observation::untyped ? 1U : 0U) + (b.kind != Observation::untyped ? 1U : 0U);
      if (n_children == 0 || n_children + n_typed < 2) continue;
      std::vector<ObservedGenotype> h1 = relatives, h2 = relatives;
      h1[static_cast<std::size_t>(joint.place_a)] = a;
      h1[static_cast<std::size_t>(joint.place_b)] = b;
      h2.push_back(a);
      h2.push_back(b);
      sum += log10_likelihood_ratio(likelihood(joint.related, joint.place_a, h1, model),
                                    likelihood(joint.unrelated, static_cast<PersonInPedigree>(h2.size()) - 1, h2, model));
      ++row.n_loci;
    }
    return sum;
  }

  ScaledLikelihood likelihood(const Pedigree& pedigree, PersonInPedigree stays, const std::vector<ObservedGenotype>& observed,
                              const LocusModel& model) const {
    const LocusPedigree seen = apply_untyped_parent_rule(pedigree, stays, observed, inputs_.population.untyped_parent);
    return scaled_pedigree_likelihood(seen.pedigree, seen.observed, model, {});
  }

  const TableInputs& inputs_;
  RelationScorer relations_;
  GenotypeBatch genotypes_;
};

/// The best leads of every family, its slots together; families in their order.
std::vector<std::vector<Lead>> leads_by_family(const ProfileSource& source, const CandidateSelection& selection) {
  std::vector<Lead> leads;
  for (const Candidate& candidate : selection.rows)
    if (candidate.hit.family_b == kNoFamily) leads.push_back({candidate.hit.family, candidate.hit.child, candidate.hit.log10_lr});
  const std::vector<Family>& families = source.families();
  std::vector<std::uint32_t> first_slot(families.size());
  for (std::uint32_t f = 0; f < families.size(); ++f) first_slot[f] = f > 0 && families[f].id == families[f - 1].id ? first_slot[f - 1] : f;
  // Stable: within a family the order of the ranks.
  std::stable_sort(leads.begin(), leads.end(), [&](const Lead& l, const Lead& r) { return first_slot[l.family] < first_slot[r.family]; });
  std::vector<std::vector<Lead>> groups;
  for (std::size_t i = 0; i < leads.size();) {
    std::size_t end = i;
    while (end < leads.size() && first_slot[leads[end].family] == first_slot[leads[i].family]) ++end;
    if (end - i > 1)
      groups.emplace_back(leads.begin() + static_cast<std::ptrdiff_t>(i),
                          leads.begin() + static_cast<std::ptrdiff_t>(std::min(end, i + kJointLeads)));
    i = end;
  }
  return groups;
}

void put(const ProfileSource& source, const JointRow& row, std::uint64_t rank, std::string& out) {
  const Family& a = source.families()[row.family_a];
  const Family& b = source.families()[row.family_b];
  put_number(out, static_cast<long long>(rank));
  for (const std::string_view text : {std::string_view(a.id), std::string_view(a.slot), std::string_view(b.slot),
                                      std::string_view(source.person(row.a).id), std::string_view(source.person(row.b).id)}) {
    out += '\t';
    put_text(out, text);
  }
  for (const double value : {row.full, row.half, row.sibs, row.lr_a, row.lr_b}) {
    out += '\t';
    put_log10(out, value);
  }
  out += '\t';
  put_number(out, row.n_loci);
  out += '\n';
}

}  // namespace

const std::vector<std::string>& joint_columns() {
  static const std::vector<std::string> kColumns{"rank",
                                                 "family_id",
                                                 "slot_a",
                                                 "slot_b",
                                                 "child_a",
                                                 "child_b",
                                                 "log10_lr_full_sibs",
                                                 "log10_lr_half_sibs",
                                                 "log10_lr_sibs_alone",
                                                 "log10_lr_a",
                                                 "log10_lr_b",
                                                 "n_loci"};
  return kColumns;
}

RunOutput write_joint(const std::filesystem::path& path, const TableInputs& inputs, const CandidateSelection& selection) {
  const std::vector<std::vector<Lead>> groups = leads_by_family(inputs.source, selection);
  JointScorer scorer(inputs);
  std::vector<JointRow> rows;
  for (std::size_t begin = 0; begin < groups.size(); begin += kBatch) {
    const std::size_t end = std::min(groups.size(), begin + kBatch);
    std::vector<Lead> wanted;
    for (std::size_t i = begin; i < end; ++i) wanted.insert(wanted.end(), groups[i].begin(), groups[i].end());
    scorer.load(wanted);
    std::vector<std::vector<JointRow>> parts((end - begin + kChunk - 1) / kChunk);
    for_each_chunk(parts.size(), inputs.threads, [&](std::size_t chunk) {
      for (std::size_t i = begin + chunk * kChunk; i < std::min(end, begin + (chunk + 1) * kChunk); ++i)
        scorer.append(groups[i], parts[chunk]);
    });
    for (const std::vector<JointRow>& part : parts) rows.insert(rows.end(), part.begin(), part.end());
  }
  const auto key = [&](const JointRow& row) { return std::tie(inputs.source.person(row.a).id, inputs.source.person(row.b).id); };
  std::sort(rows.begin(), rows.end(), [&](const JointRow& l, const JointRow& r) {
    if (l.best() != r.best()) return l.best() > r.best();
    if (l.family_a != r.family_a) return l.family_a < r.family_a;
    if (l.family_b != r.family_b) return l.family_b < r.family_b;
    return key(l) < key(r);
  });
  AtomicFile file(path);
  std::string text;
  for (const std::string& column : joint_columns()) text += (text.empty() ? "" : "\t") + column;
  text += '\n';
  for (std::size_t i = 0; i < rows.size(); ++i) put(inputs.source, rows[i], i + 1, text);
  file.write(text + "#ok " + std::to_string(rows.size()) + " rows\n");
  return {path.filename().string(), rows.size(), file.commit()};
}

}  // namespace homeward
