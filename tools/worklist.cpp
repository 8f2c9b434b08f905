#include "worklist.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "base/text.hpp"

namespace homeward::cli {

namespace {

const std::string& root_of(const Registration& registration) {
  return registration.same_as.empty() ? registration.id : registration.same_as;
}

std::string cell(const std::string& text) { return text.empty() ? "." : escaped(text); }

using SampleIndex = std::unordered_map<std::string_view, const StoredSample*>;

SampleIndex index_of(const StoredRegistry& registry) {
  SampleIndex index;
  for (const StoredSample& sample : registry.samples) index.emplace(sample.id, &sample);
  return index;
}

/// Families and persons whose samples registrations name: one named sample registers the family.
struct Registered {
  std::unordered_set<std::string_view> persons, families;
  bool covers(const StoredSample& sample) const {
    return persons.count(sample.person) != 0 || std::any_of(sample.families.begin(), sample.families.end(),
                                                            [&](const std::string& family) { return families.count(family) != 0; });
  }
};

const char* reason_of(const Registration& registration, const SampleIndex& samples) {
  if (registration.sample_id.empty()) return "no_sample";
  const auto found = samples.find(registration.sample_id);
  if (found == samples.end()) return "sample_not_loaded";
  return found->second->typed ? "" : "sample_not_typed";
}

bool can_be_registered(const StoredSample& sample) { return sample.role != Role::control && sample.role != Role::unknown; }

}  // namespace

WorklistCounts print_worklist(const StoredRegistry& registry, std::ostream& out) {
  const SampleIndex samples = index_of(registry);
  WorklistCounts counts;
  Registered registered;
  std::unordered_set<std::string_view> with_dna;  // by root
  for (const Registration& registration : registry.registrations) {
    if (const auto found = samples.find(registration.sample_id); found != samples.end() && !registration.sample_id.empty()) {
      registered.persons.insert(found->second->person);
      for (const std::string& family : found->second->families) registered.families.insert(family);
    }
    if (*reason_of(registration, samples) == '\0' && with_dna.insert(root_of(registration)).second) ++counts.linked;
  }
  out << "kind\tid\treason\tsite\tsample_id\tcategory\tdna_status\n";
  for (const Registration& registration : registry.registrations) {
    if (!registration.same_as.empty() || with_dna.count(registration.id) != 0) continue;
    ++counts.without_dna;
    out << fmt::format("registration\t{}\t{}\t{}\t{}\t{}\t{}\n", registration.id, reason_of(registration, samples), cell(registration.site),
                       cell(registration.sample_id), to_string(registration.category), to_string(registration.dna));
  }
  for (const StoredSample& sample : registry.samples) {
    if (!can_be_registered(sample) || registered.covers(sample)) continue;
    ++counts.samples_unregistered;
    out << fmt::format("sample\t{}\tno_registration\t.\t{}\t{}\t{}\n", cell(sample.person), cell(sample.id), to_string(sample.role),
                       sample.typed ? "typed" : "sampled");
  }
  return counts;
}

std::vector<std::size_t> registrations_of(const StoredRegistry& registry, const std::string& id) {
  std::set<std::string_view> wanted;  // an undeclared couple is A+B
  wanted.insert(id);
  for (const std::string_view part : split(id, '+')) wanted.insert(part);
  std::unordered_set<std::string_view> persons;
  for (const StoredSample& sample : registry.samples) {
    const bool of_family =
        std::any_of(sample.families.begin(), sample.families.end(), [&](const std::string& family) { return wanted.count(family) != 0; });
    if (of_family || wanted.count(sample.id) != 0 || wanted.count(sample.person) != 0) persons.insert(sample.person);
  }
  std::unordered_set<std::string_view> samples;
  for (const StoredSample& sample : registry.samples)
    if (persons.count(sample.person) != 0) samples.insert(sample.id);
  std::unordered_set<std::string_view> roots;
  for (const Registration& registration : registry.registrations)
    if (wanted.count(registration.id) != 0 || (!registration.sample_id.empty() && samples.count(registration.sample_id) != 0))
      roots.insert(root_of(registration));
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < registry.registrations.size(); ++i)
    if (roots.count(root_of(registry.registrations[i])) != 0) found.push_back(i);
  return found;
}

}  // namespace homeward::cli
