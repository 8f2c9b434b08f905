#include "run_compare.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "homeward/error.hpp"

namespace homeward::cli {

namespace {

template <class T>
void compare(std::vector<std::string>& out, const char* what, const T& then, const T& now) {
  if (then != now) out.push_back(fmt::format("{} ({} then, {} now)", what, then, now));
}

void compare(std::vector<std::string>& out, const char* what, const std::string& then, const std::string& now) {
  if (then != now) out.push_back(fmt::format("{} ({} then, {} now)", what, escaped(then.substr(0, 12)), escaped(now.substr(0, 12))));
}

std::string in_words(const CoupleWeights& w) { return fmt::format("{:.17g},{:.17g},{:.17g}", w.couple, w.father_only, w.mother_only); }

std::string in_words(const ModelOverrides& o) {
  const auto number = [](const std::optional<double>& value) { return value ? fmt::format("{:.17g}", *value) : std::string("."); };
  std::string linked;
  for (const LinkedNames& pair : o.linked) linked += fmt::format(" {}+{}:{:.17g}", pair.first, pair.second, pair.rho);
  return fmt::format("{} {} {} {} {} {} {} {} {}{}", o.mutation_model ? to_string(*o.mutation_model) : ".", number(o.theta),
                     number(o.rate_male), number(o.rate_female), number(o.microvariant_rate), number(o.range), number(o.rare_numerator),
                     number(o.rare_fallback), o.floor_seen, linked);
}

}  // namespace

RunDifferences search_differences(const RunManifest& then, const RunManifest& now) {
  RunDifferences d;
  compare(d.inputs, "the store's content, SHA-256", then.store_sha256, now.store_sha256);
  compare(d.inputs, "the population's content, SHA-256", then.population_sha256, now.population_sha256);
  if (in_words(then.overrides) != in_words(now.overrides) || then.untyped_parent != now.untyped_parent)
    d.parameters.emplace_back(
        "the options of the model (--theta, --mutation-model, --rate-male, ..., --untyped-parent, --floor-seen, --linked)");
  else if (d.inputs.empty())
    compare(d.inputs, "the model digest", then.model_digest, now.model_digest);
  if (in_words(then.couple_weights) != in_words(now.couple_weights))
    d.parameters.push_back(fmt::format("--couple-weights ({} then, {} now)", in_words(then.couple_weights), in_words(now.couple_weights)));
  compare(d.parameters, "--min-log10-lr", then.min_log10_lr, now.min_log10_lr);
  compare(d.parameters, "--top-k", then.top_k, now.top_k);
  compare(d.parameters, "--loci-for", then.loci_for, now.loci_for);
  compare(d.parameters, "--exhaustive", then.exhaustive, now.exhaustive);
  if (then.undeclared_couples != now.undeclared_couples)
    d.parameters.push_back(fmt::format("--no-undeclared-couples ({} then, {} now)", !then.undeclared_couples, !now.undeclared_couples));
  const auto given = [](bool is_given, double value) { return is_given ? fmt::format("{:.17g}", value) : std::string("estimated"); };
  compare(d.parameters, "--prior", given(then.belief.phi_given, then.belief.phi), given(now.belief.phi_given, now.belief.phi));
  compare(d.parameters, "--close-relative", then.belief.close_relative, now.belief.close_relative);
  compare(d.parameters, "--apart", given(then.belief.apart_given, then.belief.apart), given(now.belief.apart_given, now.belief.apart));
  return d;
}

void refuse_shard(const RunManifest& manifest) {
  if (manifest.shard.of != 0)
    throw Error(ErrorKind::input, fmt::format("this run is shard {} of {}: join the shards with `homeward merge` first",
                                              manifest.shard.index, manifest.shard.of));
}

void refuse_differences(const RunDifferences& differences, const std::string& what) {
  if (differences.empty()) return;
  std::vector<std::string> all = differences.parameters;
  all.insert(all.end(), differences.inputs.begin(), differences.inputs.end());
  throw Error(differences.parameters.empty() ? ErrorKind::input : ErrorKind::usage,
              fmt::format("{}: not the same are {}", what, fmt::join(all, "; ")));
}

}  // namespace homeward::cli
