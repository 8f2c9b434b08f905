#include "dedup_registrations.hpp"

#include <algorithm>
#include <fstream>
#include <map>
#include <ostream>
#include <unordered_map>

#include "base/atomic_file.hpp"
#include "base/text.hpp"
#include "homeward/error.hpp"
#include "homeward/linkage.hpp"
#include "homeward/store_registry.hpp"

namespace homeward::cli {

namespace {

constexpr std::string_view kHeader =
    "cluster\tregistration_id\tsite\tline\tprobability\tlog10_lr\tlog10_lr_sib\tevidence\tsame_as\tconfirm";

/// Registrations beside what of their people a cluster file or a truth needs.
struct People {
  std::vector<LinkageRecord> records;
  std::vector<std::string> source_ids, shown;  ///< by registration; only where asked for
};

std::string shown_of(const PersonalFields& fields) {
  std::string text;
  for (const auto& [field, value] : fields)
    if (field == RegistrationField::name || field == RegistrationField::birth_date || field == RegistrationField::missing_date ||
        field == RegistrationField::missing_place || field == RegistrationField::contact || field == RegistrationField::phone)
      text += (text.empty() ? "" : "; ") + std::string(to_string(field)) + '=' + value;
  return text;
}

People read_people(const Vault& vault, const StoredRegistry& registry, const DedupRegistrationsOptions& options) {
  std::unordered_map<std::string_view, std::size_t> row_of;
  for (std::size_t i = 0; i < registry.registrations.size(); ++i) row_of.emplace(registry.registrations[i].id, i);
  People people;
  people.records.resize(registry.registrations.size());
  if (!options.truth.empty()) people.source_ids.resize(registry.registrations.size());
  if (options.show_people) people.shown.resize(registry.registrations.size());
  LinkageReader reader;
  for (std::size_t i = 0; i < registry.registrations.size(); ++i) people.records[i] = reader.read(registry.registrations[i], {});
  vault.for_each([&](const VaultEntry& entry) {
    const auto found = row_of.find(entry.id);
    if (found == row_of.end()) return;
    const std::size_t i = found->second;
    const PersonalFields fields = personal_fields(entry.fields);
    people.records[i] = reader.read(registry.registrations[i], fields);
    if (options.show_people) people.shown[i] = shown_of(fields);
    if (options.truth.empty()) return;
    for (const auto& [field, value] : fields)
      if (field == RegistrationField::source_id) people.source_ids[i] = value;
  });
  return people;
}

/// The best link of a record within its cluster; the cluster's first record has none to show.
const LinkageLink* best_link(const LinkageCluster& cluster, std::uint32_t record) {
  const LinkageLink* best = nullptr;
  for (const LinkageLink& link : cluster.links)
    if ((link.a == record || link.b == record) && (best == nullptr || link.weight.log10_lr > best->weight.log10_lr)) best = &link;
  return best;
}

std::string cluster_rows(const LinkageResult& result, const StoredRegistry& registry, const People& people) {
  std::string text(kHeader);
  text += people.shown.empty() ? "\n" : "\tpeople\n";
  std::uint64_t rows = 0;
  for (std::size_t c = 0; c < result.clusters.size(); ++c)
    for (const std::uint32_t record : result.clusters[c].records) {
      const Registration& registration = registry.registrations[record];
      const LinkageLink* link = best_link(result.clusters[c], record);
      text += fmt::format("{}\t{}\t{}\t{}\t", c + 1, registration.id, escaped(registration.site), registration.line);
      text += fmt::format("{:.6f}\t{:.4f}\t{:.4f}\t{}\t{}\t.", link_probability(link->weight.log10_lr, registry.registrations.size()),
                          link->weight.log10_lr, link->weight.log10_lr_sib, evidence_of(link->weight),
                          registration.same_as.empty() ? "." : registration.same_as);
      text += people.shown.empty() ? "\n" : "\t" + escaped(people.shown[record]) + "\n";
      ++rows;
    }
  return text + fmt::format("#ok {} rows\n", rows);
}

struct Accuracy {
  std::uint64_t true_pairs = 0, found_pairs = 0, found_true = 0, unknown_records = 0;
};

Accuracy measure(const LinkageResult& result, const StoredRegistry& registry, const People& people, const std::string& truth_path) {
  std::ifstream stream(truth_path);
  std::string line;
  if (!std::getline(stream, line) || line.rfind("site\tsource_id\tentity_id", 0) != 0)
    throw Error(ErrorKind::input, escaped(truth_path) + ": no truth of registrations; expected the columns site, source_id, entity_id");
  std::unordered_map<std::string, std::string> entity_of;
  while (std::getline(stream, line)) {
    const std::vector<std::string_view> cells = split(line, '\t');
    if (cells.size() >= 3) entity_of[std::string(cells[0]) + '\t' + std::string(cells[1])] = cells[2];
  }
  Accuracy accuracy;
  std::vector<const std::string*> entity(registry.registrations.size(), nullptr);
  std::unordered_map<std::string_view, std::uint64_t> size_of;
  for (std::size_t i = 0; i < entity.size(); ++i) {
    const auto found = entity_of.find(registry.registrations[i].site + '\t' + people.source_ids[i]);
    if (found == entity_of.end()) {
      ++accuracy.unknown_records;
      continue;
    }
    entity[i] = &found->second;
    accuracy.true_pairs += size_of[found->second]++;
  }
  for (const LinkageCluster& cluster : result.clusters)
    for (std::size_t i = 0; i < cluster.records.size(); ++i)
      for (std::size_t j = i + 1; j < cluster.records.size(); ++j) {
        const std::string *a = entity[cluster.records[i]], *b = entity[cluster.records[j]];
        ++accuracy.found_pairs;
        accuracy.found_true += a != nullptr && b != nullptr && *a == *b ? 1 : 0;
      }
  return accuracy;
}

void print_accuracy(const Accuracy& a, std::ostream& out) {
  const auto ratio = [](std::uint64_t part, std::uint64_t whole) {
    return whole == 0 ? std::string(".") : fmt::format("{:.6f}", static_cast<double>(part) / static_cast<double>(whole));
  };
  out << fmt::format("true_pairs\t{}\nfound_pairs\t{}\nfound_true_pairs\t{}\nprecision\t{}\nrecall\t{}\nrecords_not_in_truth\t{}\n",
                     a.true_pairs, a.found_pairs, a.found_true, ratio(a.found_true, a.found_pairs), ratio(a.found_true, a.true_pairs),
                     a.unknown_records);
}

/// A row of a cluster file that a person marked.
struct Marked {
  std::string cluster, id;
};

std::vector<Marked> read_marked(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::string line, header_line;
  const auto cells_of = [&] {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    return split(line, '\t');
  };
  if (!std::getline(stream, line)) throw Error(ErrorKind::input, escaped(path.string()) + ": the cluster file cannot be read");
  if (line.rfind("\xEF\xBB\xBF", 0) == 0) line.erase(0, 3);
  header_line = line;
  if (!header_line.empty() && header_line.back() == '\r') header_line.pop_back();
  const std::vector<std::string_view> header = split(header_line, '\t');
  const auto column = [&](std::string_view name) {
    return static_cast<std::size_t>(std::find(header.begin(), header.end(), name) - header.begin());
  };
  const std::size_t cluster = column("cluster"), id = column("registration_id"), confirm = column("confirm"), n = header.size();
  if (cluster == n || id == n || confirm == n)
    throw Error(ErrorKind::input, escaped(path.string()) + ": no cluster file; expected the columns cluster, registration_id and confirm");
  std::vector<Marked> marked;
  std::vector<std::string> defects;
  for (std::uint64_t number = 2; std::getline(stream, line); ++number) {
    if (line.empty() || line[0] == '#') continue;
    const std::vector<std::string_view> cells = cells_of();
    const std::string word = cells.size() < n ? std::string("?") : lower_ascii(trim(cells[confirm]));
    if (word == "yes" || word == "y" || word == "是")
      marked.push_back({std::string(cells[cluster]), std::string(cells[id])});
    else if (word != "." && word != "no" && word != "n" && word != "否" && !word.empty())
      defects.push_back(std::to_string(number));
  }
  if (!defects.empty())
    throw Error(ErrorKind::input,
                fmt::format("{}: lines {}: the column confirm takes yes, no or .", escaped(path.string()), fmt::join(defects, ", ")));
  return marked;
}

}  // namespace

void find_duplicate_registrations(const DedupRegistrationsOptions& options, Context& context) {
  const StoredRegistry registry = stored_registry(options.store);
  Vault vault = open_vault(options.vault);
  vault.bind(registry.uuid);
  if (options.show_people) log_act(options.store, "dedup", "", "people shown beside the clusters");
  const People people = read_people(vault, registry, options);
  const LinkageResult result = link_records(people.records, options.min_probability);
  const std::string text = cluster_rows(result, registry, people);
  if (options.output.empty())
    context.out << text;
  else
    write_atomic_file(options.output, text);
  std::uint64_t in_clusters = 0;
  for (const LinkageCluster& cluster : result.clusters) in_clusters += cluster.records.size();
  if (!context.global.quiet) {
    context.err << context.say("{} registrations, {} pairs compared: {} clusters of {} registrations; {} links refused as contradictory",
                               registry.registrations.size(), result.pairs_compared, result.clusters.size(), in_clusters,
                               result.links_refused)
                << '\n';
    if (result.blocks_skipped > 0)
      context.err << context.say("{} groups of more than {} registrations with one key were not compared under that key",
                                 result.blocks_skipped, LinkageResult::kMostInBlock)
                  << '\n';
    context.err
        << context.say(
               "nothing is merged: write yes into the column confirm of what is the same child, then `homeward dedup STORE --confirm FILE`")
        << '\n';
  }
  if (!options.truth.empty())
    print_accuracy(measure(result, registry, people, options.truth), options.output.empty() ? context.err : context.out);
}

void change_links(const std::string& store, const std::filesystem::path& cluster_file, LinkChange change, Context& context) {
  std::map<std::string, std::vector<std::string>> clusters;
  for (const Marked& row : read_marked(cluster_file)) clusters[row.cluster].push_back(row.id);
  const StoredRegistry registry = stored_registry(store);
  std::unordered_map<std::string_view, const Registration*> by_id;
  std::unordered_map<std::string_view, std::vector<std::string>> linked_to;
  for (const Registration& registration : registry.registrations) {
    by_id.emplace(registration.id, &registration);
    if (!registration.same_as.empty()) linked_to[registration.same_as].push_back(registration.id);
  }
  std::vector<ConfirmedLink> links;
  for (const auto& [cluster, ids] : clusters) {
    if (change == LinkChange::undo) {
      for (const std::string& id : ids) links.push_back({id, {}});
      continue;
    }
    if (ids.size() < 2) continue;
    const auto first = by_id.find(ids[0]);
    const std::string root = first == by_id.end() || first->second->same_as.empty() ? ids[0] : first->second->same_as;
    // What was linked to a member follows it, so that every link leads to a first registration and no further.
    for (std::size_t i = 0; i < ids.size(); ++i) {
      if (ids[i] != root) links.push_back({ids[i], root});
      for (const std::string& follower : linked_to[ids[i]])
        if (follower != root && ids[i] != root) links.push_back({follower, root});
    }
  }
  log_act(store, "dedup", "", fmt::format("{} {} links", change == LinkChange::undo ? "undo" : "confirm", links.size()));
  const std::uint64_t changed = links.empty() ? 0 : link_registrations(store, links);
  if (!context.global.quiet)
    context.err << context.say(change == LinkChange::undo ? "took back {} links"
                                                          : "linked {} registrations to the first of their cluster; `--undo` takes it back",
                               changed)
                << '\n';
}

}  // namespace homeward::cli
