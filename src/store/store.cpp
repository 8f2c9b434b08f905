// A store opened for reading: ids in memory, calls read per block.
#include "homeward/store.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <bitset>

#include "base/sha256.hpp"
#include "homeward/error.hpp"
#include "store/consensus.hpp"
#include "store/families.hpp"
#include "store/store_file.hpp"

namespace homeward {

using namespace storage;

namespace {

/// Rows of one panel by person: rows[first[p] .. first[p + 1]), ascending.
struct RowsOfPersons {
  std::vector<std::uint32_t> first, rows;

  RowsOfPersons(const StoreData& d, const std::vector<std::uint32_t>& typing) : first(d.persons.id.size() + 1, 0), rows(typing.size()) {
    for (const std::uint32_t t : typing) ++first[d.person_of_typing(t) + 1];
    for (std::size_t p = 1; p < first.size(); ++p) first[p] += first[p - 1];
    std::vector<std::uint32_t> next(first.begin(), first.end() - 1);
    for (std::uint32_t row = 0; row < typing.size(); ++row) rows[next[d.person_of_typing(typing[row])]++] = row;
  }
};

/// One row wanted by a read, and where its person stands in the block.
struct WantedRow {
  std::uint32_t row, slot;
};

std::vector<WantedRow> wanted_rows(const RowsOfPersons& of_person, const std::vector<PersonIndex>& persons) {
  std::vector<WantedRow> wanted;
  wanted.reserve(persons.size());
  for (std::uint32_t slot = 0; slot < persons.size(); ++slot)
    for (std::uint32_t i = of_person.first[persons[slot]]; i < of_person.first[persons[slot] + 1]; ++i)
      wanted.push_back({of_person.rows[i], slot});
  std::sort(wanted.begin(), wanted.end(), [](WantedRow l, WantedRow r) { return l.row < r.row; });
  return wanted;
}

/// Ends of stretches worth one read: a gap of a whole chunk starts a new one.
std::vector<std::size_t> stretch_ends(const std::vector<WantedRow>& wanted, std::size_t chunk_rows) {
  std::vector<std::size_t> ends;
  for (std::size_t i = 1; i < wanted.size(); ++i)
    if (wanted[i].row - wanted[i - 1].row > chunk_rows) ends.push_back(i);
  if (!wanted.empty()) ends.push_back(wanted.size());
  return ends;
}

constexpr std::size_t kReadBandBytes = 4U << 20U;

/// Reads the wanted rows of a locus-major matrix: use(locus, values of rows first.., first row, begin, end of wanted).
/// @param rows_per_cell rows a cell of the second dimension holds (4 for packed SNP codes)
template <class T, class Use>
void read_rows(const DatasetReader& reader, const std::vector<WantedRow>& wanted, std::size_t rows_per_cell, const Use& use) {
  const hsize_t n_loci = reader.dims()[0];
  std::vector<T> band;
  std::size_t begin = 0;
  for (const std::size_t end : stretch_ends(wanted, reader.chunk()[1] * rows_per_cell)) {
    const hsize_t first = wanted[begin].row / rows_per_cell;
    const hsize_t width = wanted[end - 1].row / rows_per_cell + 1 - first;
    const hsize_t per_chunk = reader.chunk()[0];
    const hsize_t step = per_chunk * std::max<hsize_t>(1, kReadBandBytes / (per_chunk * width * sizeof(T)));
    for (hsize_t locus = 0; locus < n_loci; locus += step) {
      const hsize_t count = std::min(step, n_loci - locus);
      band.resize(count * width);
      Extent offset(reader.dims().size(), 0), extent = reader.dims();
      offset[0] = locus;
      extent[0] = count;
      offset[1] = first;
      extent[1] = width;
      reader.read(offset, extent, band.data());
      for (hsize_t k = 0; k < count; ++k) use(locus + k, band.data() + k * width, first * rows_per_cell, begin, end);
    }
    begin = end;
  }
}

}  // namespace

struct Store::Impl {
  std::filesystem::path path;
  std::unique_ptr<FileReader> file;
  StoreData data;
  RowsOfPersons str_rows, snp_rows;
  DatasetReader str_calls, snp_codes;
  BesideGenotypes beside;
  std::vector<Locus> loci;
  std::vector<PersonInfo> persons;
  std::vector<PersonIndex> children;
  std::vector<Family> families;

  Impl(const std::filesystem::path& store_path, std::unique_ptr<FileReader> reader, StoreData columns)
      : path(store_path),
        file(std::move(reader)),
        data(std::move(columns)),
        str_rows(data, data.str.typing),
        snp_rows(data, data.snp.typing),
        str_calls(file->dataset(kStrCalls, Element::u16, 3)),
        snp_codes(file->dataset(kSnpCodes, Element::u8, 2)),
        beside(beside_genotypes(data.snp.beside)),
        families(families_of(data)) {
    require_matrix_sizes();
    for (const PanelColumns* panel : {&data.str_panel, &data.snp_panel})
      for (std::size_t i = 0; i < panel->name.size(); ++i)
        loci.push_back(
            {std::string(panel->name[i]), static_cast<LocusKind>(panel->kind[i]), static_cast<Chromosome>(panel->chromosome[i]), {}});
    list_persons();
  }

  void require_matrix_sizes() const {
    if (str_calls.dims() != Extent{data.str_panel.name.size(), data.str.typing.size(), 2} ||
        snp_codes.dims() != Extent{data.snp_panel.name.size(), (data.snp.typing.size() + 3) / 4})
      throw Hdf5Error("the calls do not have the size their panel and rows say");
  }

  void list_persons() {
    const std::size_t n = data.persons.id.size();
    persons.resize(n);
    for (std::uint32_t p = 0; p < n; ++p) {
      persons[p].id = data.persons.id[p];
      persons[p].role = static_cast<Role>(data.persons.role[p]);
      persons[p].sex = static_cast<Sex>(data.persons.sex[p]);
      persons[p].batch = data.persons.batch[p];
      if (persons[p].role == Role::child) children.push_back(p);
    }
    std::vector<bool> has_kit(n, false);
    for (std::uint32_t t = 0; t < data.n_typings(); ++t) {
      const std::uint32_t person = data.person_of_typing(t);
      if (!has_kit[person]) persons[person].kit = data.kits[data.typings.kit[t]];
      has_kit[person] = true;
    }
  }

  void read_str(const std::vector<PersonIndex>& wanted_persons, ProfileBlock& out) const {
    const std::vector<WantedRow> wanted = wanted_rows(str_rows, wanted_persons);
    read_rows<StrCall>(str_calls, wanted, 1, [&](hsize_t locus, const StrCall* calls, hsize_t first, std::size_t begin, std::size_t end) {
      Genotype* kept = out.calls.data() + locus * out.n_persons;
      for (std::size_t i = begin; i < end; ++i) fold_call(kept[wanted[i].slot], genotype_of(calls[wanted[i].row - first]));
    });
  }

  void read_snp(const std::vector<PersonIndex>& wanted_persons, ProfileBlock& out) const {
    const std::vector<WantedRow> wanted = wanted_rows(snp_rows, wanted_persons);
    const std::size_t n_str = data.str_panel.name.size();
    read_rows<std::uint8_t>(snp_codes, wanted, 4,
                            [&](hsize_t locus, const std::uint8_t* codes, hsize_t first, std::size_t begin, std::size_t end) {
                              Genotype* kept = out.calls.data() + (n_str + locus) * out.n_persons;
                              std::array<Genotype, 4> meaning;
                              for (unsigned code = 0; code < 4; ++code)
                                meaning[code] = genotype_of_snp(code, data.snp_panel.ref[locus], data.snp_panel.alt[locus]);
                              for (std::size_t i = begin; i < end; ++i) {
                                const std::uint32_t row = wanted[i].row, offset = row - static_cast<std::uint32_t>(first);
                                const unsigned code = codes[offset / 4] >> (2 * (offset % 4)) & 3U;
                                Genotype call = meaning[code];
                                if (code == 0 && !beside.empty()) {
                                  const auto it = beside.find(cell_key(static_cast<std::uint32_t>(locus), row));
                                  if (it != beside.end()) call = it->second;
                                }
                                fold_call(kept[wanted[i].slot], call);
                              }
                            });
  }

  template <class Work>
  auto guarded(const Work& work) const {
    try {
      return work();
    } catch (const Hdf5Error& damage) {
      throw Error(ErrorKind::store, damaged_message(path, damage.what()));
    }
  }
};

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Store::~Store() = default;

std::unique_ptr<Store> Store::open(const std::filesystem::path& path) {
  std::unique_ptr<FileReader> file = open_store_file(path);
  try {
    StoreData columns = read_columns(*file);
    const std::vector<std::string> defects = column_defects(columns);
    if (!defects.empty()) throw Hdf5Error(defects[0]);
    return std::unique_ptr<Store>(new Store(std::make_unique<Impl>(path, std::move(file), std::move(columns))));
  } catch (const Hdf5Error& damage) {
    throw Error(ErrorKind::store, damaged_message(path, damage.what()));
  }
}

const std::vector<Locus>& Store::loci() const { return impl_->loci; }
std::size_t Store::n_persons() const { return impl_->persons.size(); }
const PersonInfo& Store::person(PersonIndex index) const { return impl_->persons[index]; }
const std::vector<PersonIndex>& Store::children() const { return impl_->children; }
const std::vector<Family>& Store::families() const { return impl_->families; }

void Store::read(const std::vector<PersonIndex>& persons, ProfileBlock& out) const {
  for (const PersonIndex person : persons)
    if (person >= n_persons()) throw Error(ErrorKind::internal, "a person that is not in the store was asked for");
  out.n_persons = persons.size();
  out.n_loci = impl_->loci.size();
  out.calls.assign(out.n_persons * out.n_loci, Genotype{});
  impl_->guarded([&] {
    impl_->read_str(persons, out);
    impl_->read_snp(persons, out);
  });
}

std::vector<std::vector<Allele>> Store::observed_alleles() const {
  constexpr std::size_t kCalls = 8U << 20U;  // of one block
  const std::size_t n_loci = impl_->loci.size();
  const std::size_t block_size = std::max<std::size_t>(4096, kCalls / std::max<std::size_t>(1, n_loci));
  // STR codes are below 10,000 and letters below 0x8080, so one byte flags per code would do; bits keep 10,000 loci small.
  constexpr std::size_t kStrCodes = 10000, kCodes = kStrCodes + 128;
  std::vector<std::bitset<kCodes>> seen(n_loci);
  const auto note = [&](std::bitset<kCodes>& bits, Allele allele) {
    if (!allele.empty())
      bits.set(allele.is_letter() ? kStrCodes + (allele.code() & 0x7FU) : std::min<std::size_t>(allele.code(), kStrCodes - 1));
  };
  ProfileBlock block;
  std::vector<PersonIndex> persons;
  for (std::size_t first = 0; first < n_persons(); first += block_size) {
    persons.clear();
    for (std::size_t p = first; p < std::min(n_persons(), first + block_size); ++p) persons.push_back(static_cast<PersonIndex>(p));
    read(persons, block);
    for (std::size_t locus = 0; locus < n_loci; ++locus) {
      Genotype last;
      for (std::size_t i = 0; i < block.n_persons; ++i) {
        const Genotype call = block.at(static_cast<LocusIndex>(locus), i);
        if (call == last) continue;
        last = call;
        note(seen[locus], call.a);
        note(seen[locus], call.b);
      }
    }
  }
  std::vector<std::vector<Allele>> observed(n_loci);
  for (std::size_t locus = 0; locus < n_loci; ++locus)
    for (std::size_t code = 0; code < kCodes; ++code)
      if (seen[locus][code])
        observed[locus].push_back(code < kStrCodes ? Allele::from_code(static_cast<std::uint16_t>(code))
                                                   : Allele::letter(static_cast<char>(code - kStrCodes)));
  return observed;
}

StoreInfo Store::info() const {
  const StoreData& d = impl_->data;
  StoreInfo info;
  info.path = impl_->path.string();
  info.uuid = d.uuid;
  info.format_version = static_cast<int>(kFormatVersion);
  info.generation = d.generation;
  info.n_persons = impl_->persons.size();
  info.n_children = impl_->children.size();
  info.n_families = impl_->families.size();
  info.n_samples = d.samples.id.size();
  info.n_typings = d.n_typings();
  info.n_conflicts = d.conflicts.typing.size();
  info.n_unsearchable_families = d.refused.id.size();
  info.bytes = impl_->file->bytes();
  for (const PanelColumns* panel : {&d.str_panel, &d.snp_panel})
    for (std::size_t i = 0; i < panel->name.size(); ++i) info.loci.emplace_back(panel->name[i], panel->persons_typed[i]);
  for (const FamilyShape shape :
       {FamilyShape::father, FamilyShape::mother, FamilyShape::parent, FamilyShape::couple, FamilyShape::pedigree}) {
    const auto n = std::count(d.families.shape.begin(), d.families.shape.end(), static_cast<std::uint8_t>(shape));
    if (n > 0) info.families.emplace_back(to_string(shape), static_cast<std::uint64_t>(n));
  }
  for (std::uint32_t b = 0; b < d.batches.file.size(); ++b) {
    const auto& all = d.batches;
    info.batches.push_back({b + 1, std::string(all.file[b]), std::string(all.sha256[b]), std::string(all.format[b]),
                            std::string(all.version[b]), std::string(all.time[b]), all.rows[b], all.samples[b], all.new_persons[b],
                            all.new_typings[b], all.conflicts[b], all.rejects[b], all.identical_typings[b], all.refused_samples[b]});
  }
  return info;
}

std::string Store::sha256() const {
  return impl_->guarded([&] {
    const int descriptor = impl_->file->descriptor();
    Sha256 hash;
    std::vector<unsigned char> buffer(1U << 20U);
    for (off_t offset = 0;;) {
      const ssize_t n = ::pread(descriptor, buffer.data(), buffer.size(), offset);
      if (n < 0) throw Hdf5Error("its bytes cannot be read");
      if (n == 0) return hash.hex();
      hash.add_bytes(buffer.data(), static_cast<std::size_t>(n));
      offset += n;
    }
  });
}

}  // namespace homeward
