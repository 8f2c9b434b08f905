// A store's content as it was reported: the inverse of a load.
#include <algorithm>
#include <map>

#include "homeward/store.hpp"
#include "store/store_data.hpp"
#include "store/store_file.hpp"

namespace homeward {

namespace {

using namespace storage;

class Reporter {
 public:
  explicit Reporter(const StoreData& data) : d_(data) {
    add_loci(d_.str_panel);
    add_loci(d_.snp_panel);
    index_beside(d_.str.beside, str_beside_);
    index_beside(d_.snp.beside, snp_beside_);
    for (std::size_t m = 0; m < d_.members.sample.size(); ++m) memberships_[d_.members.sample[m]].push_back(m);
  }

  ImportedFile report() {
    for (std::uint32_t t = 0; t < d_.n_typings(); ++t) typings_[d_.typings.sample[t]].push_back(t);
    index_rows(d_.str.typing, str_row_);
    index_rows(d_.snp.typing, snp_row_);
    for (std::uint32_t s = 0; s < d_.samples.id.size(); ++s) add_sample(s);
    add_relatives();
    return std::move(file_);
  }

 private:
  using BesideOf = std::map<std::pair<std::uint32_t, std::uint32_t>, std::size_t>;  ///< row, locus -> entry

  void add_loci(const PanelColumns& panel) {
    for (std::size_t k = 0; k < panel.name.size(); ++k)
      file_.loci.push_back(
          {std::string(panel.name[k]), static_cast<LocusKind>(panel.kind[k]), static_cast<Chromosome>(panel.chromosome[k]), {}});
  }

  static void index_beside(const Beside& beside, BesideOf& of) {
    for (std::size_t k = 0; k < beside.row.size(); ++k) of.emplace(std::make_pair(beside.row[k], beside.locus[k]), k);
  }

  void index_rows(const std::vector<std::uint32_t>& typing_of_row, std::vector<std::uint32_t>& row_of_typing) const {
    row_of_typing.assign(d_.n_typings(), kNone);
    for (std::uint32_t row = 0; row < typing_of_row.size(); ++row) row_of_typing[typing_of_row[row]] = row;
  }

  /// One entry per typing and per membership: a sample with two of either appears twice.
  void add_sample(std::uint32_t s) {
    ImportedSample sample;
    sample.sample_id = d_.samples.id[s];
    const std::string_view person = d_.persons.id[d_.samples.person[s]];
    if (person != sample.sample_id) sample.person_id = person;
    sample.role = static_cast<Role>(d_.samples.role[s]);
    sample.sex = static_cast<Sex>(d_.samples.sex[s]);
    sample.line = d_.samples.line[s];
    const auto typings = typings_.find(s);
    const auto members = memberships_.find(s);
    const std::size_t n_typings = typings == typings_.end() ? 0 : typings->second.size();
    const std::size_t n_members = members == memberships_.end() ? 0 : members->second.size();
    for (std::size_t k = 0; k < std::max<std::size_t>({n_typings, n_members, 1}); ++k) {
      ImportedSample entry = sample;
      if (n_members > 0) {
        const std::size_t m = members->second[std::min(k, n_members - 1)];
        entry.family_id = d_.members.family[m];
        entry.slot = d_.members.slot[m];
      }
      if (n_typings > 0) add_calls(typings->second[std::min(k, n_typings - 1)], entry);
      file_.samples.push_back(std::move(entry));
    }
  }

  void add_calls(std::uint32_t typing, ImportedSample& sample) const {
    sample.kit = d_.kits[d_.typings.kit[typing]];
    sample.partial = static_cast<ErrorClass>(d_.typings.error_class[typing]) == ErrorClass::partial;
    const auto n_str = static_cast<std::uint32_t>(d_.str_panel.name.size());
    if (const std::uint32_t row = str_row_[typing]; row != kNone)
      for (std::uint32_t locus = 0; locus < n_str; ++locus)
        add_call({locus, genotype_of(d_.str.calls[locus][row]), {}}, d_.str.beside, str_beside_.find({row, locus}), str_beside_.end(),
                 sample);
    if (const std::uint32_t row = snp_row_[typing]; row != kNone)
      for (std::uint32_t locus = 0; locus < d_.snp_panel.name.size(); ++locus) {
        const unsigned code = (d_.snp.codes[locus][row / 4] >> (2 * (row % 4))) & 3U;
        const Genotype genotype = code == 0 ? Genotype{} : genotype_of_snp(code, d_.snp_panel.ref[locus], d_.snp_panel.alt[locus]);
        add_call({n_str + locus, genotype, {}}, d_.snp.beside, snp_beside_.find({row, locus}), snp_beside_.end(), sample);
      }
  }

  static void add_call(ImportedCall call, const Beside& beside, BesideOf::const_iterator found, BesideOf::const_iterator none,
                       ImportedSample& sample) {
    if (found != none) {
      const std::size_t k = found->second;
      if (beside.b[k] != 0)
        call.genotype = {Allele::from_code(beside.a[k]), Allele::from_code(beside.b[k])};
      else
        call.raw = std::string(beside.text[k]);
    }
    if (!call.genotype.b.empty() || !call.raw.empty()) sample.calls.push_back(std::move(call));
  }

  void add_relatives() {
    for (std::size_t r = 0; r < d_.relatives.family.size(); ++r)
      file_.relatives.push_back({std::string(d_.relatives.family[r]), std::string(d_.relatives.person[r]),
                                 std::string(d_.relatives.father[r]), std::string(d_.relatives.mother[r]),
                                 std::string(d_.relatives.sample[r]), static_cast<Sex>(d_.relatives.sex[r]), d_.relatives.missing[r] != 0,
                                 d_.relatives.line[r]});
  }

  const StoreData& d_;
  ImportedFile file_;
  BesideOf str_beside_, snp_beside_;
  std::map<std::uint32_t, std::vector<std::size_t>> memberships_;
  std::map<std::uint32_t, std::vector<std::uint32_t>> typings_;
  std::vector<std::uint32_t> str_row_, snp_row_;
};

}  // namespace

ImportedFile stored_profiles(const std::filesystem::path& path) {
  const storage::StoreData data = storage::read_store(path);
  ImportedFile file = Reporter(data).report();
  file.path = path.string();
  file.format = "store";
  return file;
}

}  // namespace homeward
