#include "dedup_profiles.hpp"

#include <array>
#include <ostream>

#include "base/atomic_file.hpp"
#include "base/text.hpp"
#include "homeward/duplicates.hpp"
#include "run_model.hpp"

namespace homeward::cli {

namespace {

std::string differences_of(const DuplicatePair& pair, const EffectivePopulation& population) {
  constexpr std::array<std::string_view, 5> kKinds{"", "dropout", "one_step", "one_allele", "both_alleles"};
  std::string text;
  for (const auto& [locus, kind] : pair.differences)
    text += (text.empty() ? "" : ";") + population.loci[locus].locus.name + ':' + std::string(kKinds[static_cast<std::size_t>(kind)]);
  return text.empty() ? "." : text;
}

/// DNA cannot tell a person from an identical twin, and says so.
std::string_view verdict_of(const DuplicatePair& pair) {
  if (pair.log10_lr_sib < 0.0) return "sib_more_likely";
  return pair.differences.empty() ? "same_person_or_identical_twin" : "same_person_or_twin_with_typing_differences";
}

}  // namespace

void find_duplicate_profiles(const DedupProfilesOptions& options, Context& context) {
  const RunModel model = make_model(options.store, options.population, {}, context.data_dir);
  const std::vector<DuplicatePair> pairs = find_duplicates(*model.store, model.effective, {}, options.min_log10_lr);
  std::string text = "person_a\trole_a\tperson_b\trole_b\tlog10_lr\tlog10_lr_sib\tn_loci\tn_identical\tdifferences\tverdict\n";
  for (const DuplicatePair& pair : pairs) {
    const PersonInfo &a = model.store->person(pair.a), &b = model.store->person(pair.b);
    text += fmt::format("{}\t{}\t{}\t{}\t{:.4f}\t{:.4f}\t{}\t{}\t{}\t{}\n", escaped(a.id), to_string(a.role), escaped(b.id),
                        to_string(b.role), pair.log10_lr, pair.log10_lr_sib, pair.n_loci, pair.n_identical,
                        differences_of(pair, model.effective), verdict_of(pair));
  }
  text += fmt::format("#ok {} rows\n", pairs.size());
  if (options.output.empty())
    context.out << text;
  else
    write_atomic_file(options.output, text);
  if (!context.global.quiet)
    context.err << context.say("{} pairs of profiles may be one person; DNA cannot tell identical twins apart, so a person decides",
                               pairs.size())
                << '\n';
}

}  // namespace homeward::cli
