// Registrations into a store, out of it, and linked.
#include "store/registrations.hpp"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "homeward/error.hpp"
#include "homeward/store.hpp"
#include "homeward/store_registry.hpp"
#include "homeward/version.hpp"
#include "store/commit.hpp"
#include "store/commit_store.hpp"
#include "store/store_file.hpp"

namespace homeward {

namespace storage {

namespace {

template <class Dates>
DateInterval interval_at(const Dates& d, std::size_t row) {
  return {d.from[row], d.to[row], static_cast<DatePrecision>(d.precision[row]), static_cast<DateCalendar>(d.calendar[row]),
          d.approximate[row] != 0};
}

/// Sets a row, or appends one when `row` is the length.
template <class T, class V>
void set_at(std::vector<T>& column, std::size_t row, V value) {
  if (row == column.size()) column.push_back({});
  column[row] = static_cast<T>(value);
}

template <class Dates>
void set_interval(Dates& d, std::size_t row, const DateInterval& interval) {
  set_at(d.from, row, interval.from);
  set_at(d.to, row, interval.to);
  set_at(d.precision, row, interval.precision);
  set_at(d.calendar, row, interval.calendar);
  set_at(d.approximate, row, interval.approximate ? 1 : 0);
}

}  // namespace

Registration registration_at(const StoreData& d, std::size_t row) {
  const auto& r = d.registrations;
  Registration record;
  record.id = r.id[row];
  record.category = static_cast<RegistrationCategory>(r.category[row]);
  record.relation = static_cast<Role>(r.relation[row]);
  record.sex = static_cast<Sex>(r.sex[row]);
  record.birth = interval_at(r.birth, row);
  record.missing = interval_at(r.missing, row);
  record.missing_region = r.missing_region[row];
  record.home_region = r.home_region[row];
  record.dna = static_cast<DnaStatus>(r.dna[row]);
  record.sample_id = r.sample[row];
  record.site = d.sites[r.site[row]];
  record.line = r.line[row];
  record.batch = r.batch[row];
  record.source_key = r.source_key[row];
  record.content_key = r.content_key[row];
  if (r.same_as[row] != kNone) record.same_as = r.id[r.same_as[row]];
  return record;
}

TextColumn kept_texts(const TextColumn& column, const std::vector<std::uint32_t>& rows) {
  TextColumn kept;
  for (const std::uint32_t row : rows) kept.push_back(column[row]);
  return kept;
}

void keep_registrations(StoreData& d, const std::vector<std::uint32_t>& rows) {
  auto& r = d.registrations;
  std::vector<std::uint32_t> new_row(r.id.size(), kNone);
  for (std::uint32_t i = 0; i < rows.size(); ++i) new_row[rows[i]] = i;
  const auto keep = [&](auto& column) { column = kept_values(column, rows); };
  r.id = kept_texts(r.id, rows);
  r.sample = kept_texts(r.sample, rows);
  for (auto* column : {&r.category, &r.relation, &r.sex, &r.dna}) keep(*column);
  for (auto* dates : {&r.birth, &r.missing}) {
    keep(dates->from);
    keep(dates->to);
    keep(dates->precision);
    keep(dates->calendar);
    keep(dates->approximate);
  }
  for (auto* column : {&r.missing_region, &r.home_region, &r.site, &r.batch, &r.same_as}) keep(*column);
  for (auto* column : {&r.line, &r.source_key, &r.content_key}) keep(*column);
  for (std::uint32_t& link : r.same_as)
    if (link != kNone) link = new_row[link];
}

namespace {

/// Adds files of records to a store's content.
class Registrar {
 public:
  Registrar(StoreData& data, const std::string& time) : d_(data), time_(time) {
    auto& r = d_.registrations;
    row_of_key_.reserve(r.id.size());
    for (std::uint32_t row = 0; row < r.id.size(); ++row)
      if (r.source_key[row] != 0) row_of_key_.emplace(r.source_key[row], row);
    for (std::uint32_t site = 0; site < d_.sites.size(); ++site) site_of_.emplace(d_.sites[site], site);
    for (std::size_t b = 0; b < d_.batches.sha256.size(); ++b) digests_.emplace(d_.batches.sha256[b]);
  }

  void add(RegistrationBatch& batch, RegisterSummary& summary) {
    batch.outcomes.clear();
    batch.known_file = !digests_.insert(batch.sha256).second;
    if (batch.known_file) return;
    batch_ = static_cast<std::uint32_t>(d_.batches.file.size() + 1);
    if (summary.batch_id == 0) summary.batch_id = batch_;
    row_of_key_.reserve(row_of_key_.size() + batch.records.size());
    const std::uint64_t before = summary.added + summary.updated;
    for (Registration& record : batch.records) {
      const RegistrationOutcome outcome = add_record(record);
      batch.outcomes.push_back(outcome);
      ++(outcome == RegistrationOutcome::added     ? summary.added
         : outcome == RegistrationOutcome::updated ? summary.updated
                                                   : summary.unchanged);
    }
    add_batch_row(batch, summary.added + summary.updated - before);
  }

  /// Texts cannot change in place: the column of samples is written anew once.
  void finish() {
    if (new_sample_.empty()) return;
    TextColumn samples;
    for (std::uint32_t row = 0; row < d_.registrations.id.size(); ++row) {
      const auto changed = new_sample_.find(row);
      samples.push_back(changed == new_sample_.end() ? d_.registrations.sample[row] : std::string_view(changed->second));
    }
    d_.registrations.sample = std::move(samples);
  }

 private:
  RegistrationOutcome add_record(Registration& record) {
    auto& r = d_.registrations;
    const auto known = record.source_key == 0 ? row_of_key_.end() : row_of_key_.find(record.source_key);
    if (known != row_of_key_.end()) {
      const std::uint32_t row = known->second;
      record.id = r.id[row];
      if (r.content_key[row] == record.content_key) return RegistrationOutcome::unchanged;
      if (r.sample[row] != record.sample_id) new_sample_[row] = record.sample_id;
      set(row, record);
      return RegistrationOutcome::updated;
    }
    const auto row = static_cast<std::uint32_t>(r.id.size());
    r.id.push_back(record.id);
    r.sample.push_back(record.sample_id);
    r.same_as.push_back(kNone);
    set(row, record);
    if (record.source_key != 0) row_of_key_.emplace(record.source_key, row);
    return RegistrationOutcome::added;
  }

  void set(std::uint32_t row, const Registration& record) {
    auto& r = d_.registrations;
    set_at(r.category, row, record.category);
    set_at(r.relation, row, record.relation);
    set_at(r.sex, row, record.sex);
    set_interval(r.birth, row, record.birth);
    set_interval(r.missing, row, record.missing);
    set_at(r.missing_region, row, record.missing_region);
    set_at(r.home_region, row, record.home_region);
    set_at(r.dna, row, record.dna);
    set_at(r.site, row, site(record.site));
    set_at(r.batch, row, batch_);
    set_at(r.line, row, record.line);
    set_at(r.source_key, row, record.source_key);
    set_at(r.content_key, row, record.content_key);
  }

  std::uint32_t site(const std::string& name) {
    const auto [found, is_new] = site_of_.try_emplace(name, static_cast<std::uint32_t>(d_.sites.size()));
    if (is_new) d_.sites.push_back(name);
    return found->second;
  }

  void add_batch_row(const RegistrationBatch& batch, std::uint64_t n_changed) {
    auto& b = d_.batches;
    b.file.push_back(batch.file);
    b.sha256.push_back(batch.sha256);
    b.format.push_back(batch.format);
    b.version.push_back(version());
    b.time.push_back(time_);
    b.rows.push_back(batch.rows);
    b.samples.push_back(0);
    b.new_persons.push_back(0);
    b.new_typings.push_back(0);
    b.identical_typings.push_back(batch.records.size() - n_changed);
    b.conflicts.push_back(0);
    b.refused_samples.push_back(0);
    b.rejects.push_back(batch.rejects);
  }

  StoreData& d_;
  const std::string& time_;
  std::unordered_map<std::uint64_t, std::uint32_t> row_of_key_;
  std::unordered_map<std::string, std::uint32_t> site_of_;
  std::unordered_map<std::uint32_t, std::string> new_sample_;
  std::unordered_set<std::string> digests_;
  std::uint32_t batch_ = 0;
};

/// Families that name a sample: declared, or by a row of a pedigree table.
std::unordered_map<std::string_view, std::vector<std::string_view>> families_of_samples(const StoreData& d) {
  std::unordered_map<std::string_view, std::vector<std::string_view>> families;
  const auto note = [&](std::string_view sample, std::string_view family) {
    std::vector<std::string_view>& list = families[sample];
    if (std::find(list.begin(), list.end(), family) == list.end()) list.push_back(family);
  };
  for (std::size_t m = 0; m < d.members.sample.size(); ++m) note(d.samples.id[d.members.sample[m]], d.members.family[m]);
  for (std::size_t r = 0; r < d.relatives.family.size(); ++r)
    if (!d.relatives.sample[r].empty()) note(d.relatives.sample[r], d.relatives.family[r]);
  return families;
}

}  // namespace

}  // namespace storage

using namespace storage;

RegisterSummary register_in_store(const std::filesystem::path& path, std::vector<RegistrationBatch>& batches, bool dry_run,
                                  const std::string& time_utc, const BeforeCommit& before_commit) {
  const std::filesystem::path target = store_target(path);
  std::unique_ptr<WriteLock> lock;
  if (!dry_run) lock = std::make_unique<WriteLock>(target);
  StoreData data = content_to_change(target);
  RegisterSummary summary;
  {
    Registrar registrar(data, time_utc);
    for (RegistrationBatch& batch : batches) registrar.add(batch, summary);
    registrar.finish();
  }
  if (dry_run || summary.batch_id == 0) return summary;
  std::unordered_set<std::string_view> ids;
  for (std::size_t row = 0; row < data.registrations.id.size(); ++row) ids.insert(data.registrations.id[row]);
  before_commit(data.uuid, [&](std::string_view id) { return ids.count(id) != 0; });
  ++data.generation;
  commit_store(target, data);
  summary.generation = data.generation;
  return summary;
}

namespace {

/// Everything but the calls, checked.
StoreData columns_of(const std::filesystem::path& path) {
  const std::unique_ptr<FileReader> file = open_store_file(path);
  try {
    StoreData data = read_columns(*file);
    const std::vector<std::string> defects = column_defects(data);
    if (!defects.empty()) throw Hdf5Error(defects[0]);
    return data;
  } catch (const Hdf5Error& damage) {
    throw Error(ErrorKind::store, damaged_message(path, damage.what()));
  }
}

}  // namespace

RegistryCounts registry_counts(const std::filesystem::path& path) {
  const StoreData data = columns_of(path);
  RegistryCounts counts;
  counts.registrations = data.registrations.id.size();
  counts.tombstones = data.tombstones.id.size();
  for (std::size_t row = 0; row < counts.registrations; ++row) {
    counts.linked += data.registrations.same_as[row] != kNone ? 1 : 0;
    counts.with_sample += data.registrations.sample[row].empty() ? 0 : 1;
  }
  return counts;
}

StoredRegistry stored_registry(const std::filesystem::path& path) {
  const StoreData data = columns_of(path);
  StoredRegistry registry;
  registry.uuid = data.uuid;
  registry.generation = data.generation;
  registry.registrations.reserve(data.registrations.id.size());
  for (std::size_t row = 0; row < data.registrations.id.size(); ++row) registry.registrations.push_back(registration_at(data, row));
  std::vector<bool> typed(data.samples.id.size(), false);
  for (const std::uint32_t sample : data.typings.sample) typed[sample] = true;
  const auto families = families_of_samples(data);
  for (std::size_t s = 0; s < data.samples.id.size(); ++s) {
    StoredSample sample;
    sample.id = data.samples.id[s];
    sample.person = data.persons.id[data.samples.person[s]];
    sample.role = static_cast<Role>(data.persons.role[data.samples.person[s]]);
    sample.typed = typed[s];
    if (const auto found = families.find(data.samples.id[s]); found != families.end())
      for (const std::string_view family : found->second) sample.families.emplace_back(family);
    registry.samples.push_back(std::move(sample));
  }
  return registry;
}

std::uint64_t link_registrations(const std::filesystem::path& path, const std::vector<ConfirmedLink>& links) {
  const std::filesystem::path target = store_target(path);
  const WriteLock lock(target);
  StoreData data = read_store(target);
  std::unordered_map<std::string_view, std::uint32_t> row_of;
  auto& r = data.registrations;
  for (std::uint32_t row = 0; row < r.id.size(); ++row) row_of.emplace(r.id[row], row);
  const auto row = [&](const std::string& id) {
    const auto found = row_of.find(id);
    if (found == row_of.end()) throw Error(ErrorKind::input, "a registration of the list is not in the store; nothing was changed");
    return found->second;
  };
  std::uint64_t changed = 0;
  for (const ConfirmedLink& link : links) {
    const std::uint32_t from = row(link.id), to = link.same_as.empty() ? kNone : row(link.same_as);
    if (from == to) throw Error(ErrorKind::input, "a registration of the list is linked to itself; nothing was changed");
    if (r.same_as[from] != to) ++changed;
    r.same_as[from] = to;
  }
  for (std::uint32_t from = 0; from < r.id.size(); ++from)
    if (r.same_as[from] != kNone && r.same_as[r.same_as[from]] != kNone)
      throw Error(ErrorKind::input,
                  "a registration would be linked to one that is itself linked to a third: link all of a cluster to its first; nothing was "
                  "changed");
  if (changed == 0) return 0;
  ++data.generation;
  commit_store(target, data);
  return changed;
}

}  // namespace homeward
