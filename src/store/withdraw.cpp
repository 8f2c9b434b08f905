// A person leaves a store: everything of them goes, everything derived is derived again, a tombstone says that somebody left.
#include <algorithm>
#include <memory>
#include <set>
#include <unordered_set>

#include "homeward/error.hpp"
#include "homeward/store_registry.hpp"
#include "store/commit.hpp"
#include "store/commit_store.hpp"
#include "store/families.hpp"
#include "store/registrations.hpp"
#include "store/store_file.hpp"

namespace homeward {

namespace {

using namespace storage;

using Rows = std::vector<std::uint32_t>;

/// Rows that `goes` does not take, and for each old row its new number or kNone.
struct Kept {
  Rows rows, new_row;
};
template <class Goes>
Kept kept_rows(std::size_t n, const Goes& goes) {
  Kept kept;
  kept.new_row.assign(n, kNone);
  for (std::uint32_t row = 0; row < n; ++row) {
    if (goes(row)) continue;
    kept.new_row[row] = static_cast<std::uint32_t>(kept.rows.size());
    kept.rows.push_back(row);
  }
  return kept;
}

template <class T>
void keep(std::vector<T>& column, const Rows& rows) {
  column = kept_values(column, rows);
}
void keep(TextColumn& column, const Rows& rows) { column = kept_texts(column, rows); }

void renumber(std::vector<std::uint32_t>& column, const Rows& new_row) {
  for (std::uint32_t& value : column)
    if (value != kNone) value = new_row[value];
}

/// The rows of a panel whose typing goes, with what stands beside the matrix.
Kept keep_panel_rows(std::vector<std::uint32_t>& typing, Beside& beside, const Rows& new_typing) {
  Kept kept = kept_rows(typing.size(), [&](std::uint32_t row) { return new_typing[typing[row]] == kNone; });
  keep(typing, kept.rows);
  renumber(typing, new_typing);
  const Kept cells = kept_rows(beside.row.size(), [&](std::uint32_t i) { return kept.new_row[beside.row[i]] == kNone; });
  keep(beside.locus, cells.rows);
  keep(beside.row, cells.rows);
  keep(beside.a, cells.rows);
  keep(beside.b, cells.rows);
  keep(beside.text, cells.rows);
  renumber(beside.row, kept.new_row);
  return kept;
}

std::vector<std::uint8_t> kept_codes(const std::vector<std::uint8_t>& codes, const Rows& rows) {
  std::vector<std::uint8_t> kept((rows.size() + 3) / 4);
  for (std::size_t i = 0; i < rows.size(); ++i)
    kept[i / 4] = static_cast<std::uint8_t>(kept[i / 4] | snp_code_at(codes, rows[i]) << (2 * (i % 4)));
  return kept;
}

class Leaver {
 public:
  Leaver(StoreData& data, Withdrawal& withdrawal) : d_(data), w_(withdrawal) {}

  void find(const std::string& id) {
    for (std::uint32_t s = 0; s < d_.samples.id.size(); ++s)
      if (d_.samples.id[s] == id) persons_.insert(d_.samples.person[s]);
    for (std::uint32_t p = 0; p < d_.persons.id.size(); ++p)
      if (d_.persons.id[p] == id) persons_.insert(p);
    for (std::uint32_t s = 0; s < d_.samples.id.size(); ++s)
      if (persons_.count(d_.samples.person[s]) != 0) {
        samples_.insert(s);
        sample_ids_.insert(d_.samples.id[s]);
      }
    const auto& r = d_.registrations;
    for (std::uint32_t row = 0; row < r.id.size(); ++row)
      if (r.id[row] == id || (!r.sample[row].empty() && sample_ids_.count(r.sample[row]) != 0)) registrations_.insert(row);
    if (persons_.empty() && registrations_.empty())
      throw Error(ErrorKind::input, "nobody in the store has this id; expected the id of a sample, a person or a registration");
    describe();
  }

  void take_out(const std::string& time) {
    const Kept registrations = kept_rows(d_.registrations.id.size(), [&](std::uint32_t row) { return registrations_.count(row) != 0; });
    keep_registrations(d_, registrations.rows);
    take_out_pedigree_rows();
    take_out_typings();
    take_out_samples();
    derive_conflicts(d_);
    derive_persons(d_);
    derive_families(d_);
    count_persons_typed(d_);
    d_.tombstones.id.push_back(w_.tombstone);
    d_.tombstones.time.push_back(time);
    d_.tombstones.generation.push_back(d_.generation + 1);
    d_.tombstones.samples.push_back(w_.samples.size());
    d_.tombstones.typings.push_back(w_.typings);
    d_.tombstones.registrations.push_back(w_.registrations.size());
  }

 private:
  void describe() {
    std::set<std::string> files;
    const auto file = [&](std::uint32_t batch) { files.emplace(d_.batches.file[batch - 1]); };
    for (const std::uint32_t s : samples_) w_.samples.emplace_back(d_.samples.id[s]);
    for (const std::uint32_t p : persons_) w_.persons.emplace_back(d_.persons.id[p]);
    for (const std::uint32_t row : registrations_) {
      w_.registrations.emplace_back(d_.registrations.id[row]);
      file(d_.registrations.batch[row]);
    }
    for (std::size_t t = 0; t < d_.n_typings(); ++t)
      if (samples_.count(d_.typings.sample[t]) != 0) {
        ++w_.typings;
        file(d_.typings.batch[t]);
      }
    for (const std::uint32_t sample : d_.members.sample) w_.family_rows += samples_.count(sample);
    for (std::size_t r = 0; r < d_.relatives.sample.size(); ++r) w_.family_rows += sample_ids_.count(d_.relatives.sample[r]);
    w_.batches.assign(files.begin(), files.end());
  }

  /// A pedigree keeps the place, or the others would no longer be related; the sample's id goes, and a person id that is the leaver's
  /// becomes the tombstone's.
  void take_out_pedigree_rows() {
    auto& rel = d_.relatives;
    std::unordered_set<std::string> names(w_.samples.begin(), w_.samples.end());
    names.insert(w_.persons.begin(), w_.persons.end());
    const auto rewrite = [&](TextColumn& column, bool blank) {
      TextColumn written;
      for (std::size_t r = 0; r < column.size(); ++r) {
        const bool goes = names.count(std::string(column[r])) != 0;
        written.push_back(!goes ? column[r] : blank ? std::string_view() : std::string_view(w_.tombstone));
      }
      column = std::move(written);
    };
    rewrite(rel.sample, true);
    for (TextColumn* column : {&rel.person, &rel.father, &rel.mother, &rel.family}) rewrite(*column, false);
  }

  void take_out_typings() {
    const Kept typings = kept_rows(d_.n_typings(), [&](std::uint32_t t) { return samples_.count(d_.typings.sample[t]) != 0; });
    keep(d_.typings.sample, typings.rows);
    keep(d_.typings.batch, typings.rows);
    keep(d_.typings.line, typings.rows);
    keep(d_.typings.error_class, typings.rows);
    keep(d_.typings.kit, typings.rows);
    const Kept str = keep_panel_rows(d_.str.typing, d_.str.beside, typings.new_row);
    for (std::vector<StrCall>& calls : d_.str.calls) keep(calls, str.rows);
    const Kept snp = keep_panel_rows(d_.snp.typing, d_.snp.beside, typings.new_row);
    for (std::vector<std::uint8_t>& codes : d_.snp.codes) codes = kept_codes(codes, snp.rows);
  }

  void take_out_samples() {
    const Kept members = kept_rows(d_.members.sample.size(), [&](std::uint32_t m) { return samples_.count(d_.members.sample[m]) != 0; });
    keep(d_.members.sample, members.rows);
    keep(d_.members.batch, members.rows);
    keep(d_.members.family, members.rows);
    keep(d_.members.slot, members.rows);
    keep(d_.members.line, members.rows);
    const Kept samples = kept_rows(d_.samples.id.size(), [&](std::uint32_t s) { return samples_.count(s) != 0; });
    const Kept persons = kept_rows(d_.persons.id.size(), [&](std::uint32_t p) { return persons_.count(p) != 0; });
    keep(d_.samples.id, samples.rows);
    for (auto* column : {&d_.samples.person, &d_.samples.batch}) keep(*column, samples.rows);
    for (auto* column : {&d_.samples.role, &d_.samples.sex}) keep(*column, samples.rows);
    keep(d_.samples.line, samples.rows);
    keep(d_.persons.id, persons.rows);
    for (auto* column : {&d_.persons.role, &d_.persons.sex}) keep(*column, persons.rows);
    for (auto* column : {&d_.persons.first_sample, &d_.persons.batch}) keep(*column, persons.rows);
    renumber(d_.samples.person, persons.new_row);
    renumber(d_.persons.first_sample, samples.new_row);
    renumber(d_.members.sample, samples.new_row);
    renumber(d_.typings.sample, samples.new_row);
  }

  StoreData& d_;
  Withdrawal& w_;
  std::set<std::uint32_t> persons_, samples_, registrations_;
  std::unordered_set<std::string_view> sample_ids_;  // views of a column that is replaced last
};

}  // namespace

Withdrawal withdraw_from_store(const std::filesystem::path& path, const std::string& id, bool dry_run, const std::string& time_utc,
                               const std::function<void(const std::string&, const Withdrawal&)>& before_commit) {
  const std::filesystem::path target = store_target(path);
  std::unique_ptr<WriteLock> lock;
  if (!dry_run) lock = std::make_unique<WriteLock>(target);
  StoreData data = read_store(target);
  Withdrawal withdrawal;
  withdrawal.tombstone = "withdrawn-" + random_uuid().substr(0, 13);
  Leaver leaver(data, withdrawal);
  leaver.find(id);
  if (dry_run) return withdrawal;
  leaver.take_out(time_utc);
  before_commit(data.uuid, withdrawal);
  ++data.generation;
  commit_store(target, data);
  withdrawal.generation = data.generation;
  return withdrawal;
}

std::vector<std::string> find_text_in_store(const std::filesystem::path& path, std::string_view text) {
  const std::unique_ptr<FileReader> file = open_store_file(path);
  std::vector<std::string> places;
  try {
    const StoreData data = read_columns(*file);
    visit_columns(data, [&](const std::string& dataset, const auto& column) {
      if constexpr (std::is_same_v<std::decay_t<decltype(column)>, TextColumn>)
        for (std::size_t i = 0; i < column.size(); ++i)
          if (column[i] == text) {
            places.push_back(dataset);
            break;
          }
    });
  } catch (const Hdf5Error& damage) {
    throw Error(ErrorKind::store, damaged_message(path, damage.what()));
  }
  return places;
}

}  // namespace homeward
