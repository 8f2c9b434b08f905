// hits.h5: every hit of a run, and the ids it speaks of.
#include <algorithm>
#include <cmath>

#include "genetics/typing_digest.hpp"
#include "homeward/error.hpp"
#include "homeward/store.hpp"
#include "store/commit.hpp"
#include "store/hdf5_file.hpp"
#include "store/text_column.hpp"

namespace homeward {

using namespace storage;

namespace {

constexpr const char* kHitsFormat = "homeward-hits";
constexpr std::uint64_t kHitsVersion = 1;
constexpr hsize_t kHitsChunk = 1U << 16U;
constexpr std::size_t kHitsBuffer = 1U << 20U;

/// The columns of a stretch of hits, and their datasets in the file.
struct HitColumns {
  std::vector<std::uint32_t> child, family, family_b;
  std::vector<std::uint8_t> hypothesis;
  std::vector<double> log10_lr;
  std::vector<std::uint16_t> n_loci, n_inconsistent;

  void resize(std::size_t n) {
    visit(*this, [n](const char*, auto& column, Compression) { column.resize(n); });
  }
  /// Row numbers and scores hardly compress: a checksum, and no time spent on deflate.
  template <class Self, class Visitor>
  static void visit(Self& self, const Visitor& visitor) {
    visitor("/hits/child", self.child, Compression::none);
    visitor("/hits/family", self.family, Compression::none);
    visitor("/hits/family_b", self.family_b, Compression::deflate);
    visitor("/hits/hypothesis", self.hypothesis, Compression::deflate);
    visitor("/hits/log10_lr", self.log10_lr, Compression::none);
    visitor("/hits/n_loci", self.n_loci, Compression::deflate);
    visitor("/hits/n_inconsistent", self.n_inconsistent, Compression::deflate);
  }
};

void write_ids(FileWriter& file, const std::string& path, const TextColumn& ids) {
  file.column(path + "/offsets", ids.offsets);
  file.column(path + "/bytes", ids.bytes);
}

void write_tables(FileWriter& file, const ProfileSource& source) {
  TextColumn children, families, slots;
  for (const PersonIndex child : source.children()) children.push_back(source.person(child).id);
  for (const Family& family : source.families()) {
    families.push_back(family.id);
    slots.push_back(family.slot);
  }
  write_ids(file, "/children/id", children);
  write_ids(file, "/families/id", families);
  write_ids(file, "/families/slot", slots);
  const std::vector<std::uint64_t> typings = typing_digests(source);
  std::vector<std::uint64_t> of_children;
  for (const PersonIndex child : source.children()) of_children.push_back(typings[child]);
  file.column("/children/typing", of_children);
  file.column("/families/typing", family_digests(source, typings));
}

/// Moves hits from the stream into the datasets, a buffer at a time.
class HitsWriter {
 public:
  HitsWriter(FileWriter& file, const ProfileSource& source, std::uint64_t n_hits)
      : child_row_(source.n_persons(), kNoFamily), n_families_(source.families().size()) {
    for (std::uint32_t row = 0; row < source.children().size(); ++row) child_row_[source.children()[row]] = row;
    HitColumns::visit(columns_, [&](const char* path, auto& column, Compression compression) {
      using T = typename std::decay_t<decltype(column)>::value_type;
      writers_.push_back(file.dataset(path, element_of<T>(), {n_hits}, {std::clamp<hsize_t>(n_hits, 1, kHitsChunk)}, compression));
    });
  }

  void write(std::uint64_t offset, const Hit* hits, std::size_t n) {
    columns_.resize(n);
    for (std::size_t i = 0; i < n; ++i) {
      const Hit& hit = hits[i];
      columns_.child[i] = hit.child < child_row_.size() ? child_row_[hit.child] : kNoFamily;
      if (columns_.child[i] == kNoFamily || hit.family >= n_families_ || (hit.family_b != kNoFamily && hit.family_b >= n_families_) ||
          std::isnan(hit.log10_lr))
        throw Error(ErrorKind::internal, "a hit names a child or family that the source does not have, or has no score");
      columns_.family[i] = hit.family;
      columns_.family_b[i] = hit.family_b;
      columns_.hypothesis[i] = static_cast<std::uint8_t>(hit.hypothesis);
      columns_.log10_lr[i] = hit.log10_lr;
      columns_.n_loci[i] = hit.n_loci;
      columns_.n_inconsistent[i] = hit.n_inconsistent;
    }
    std::size_t k = 0;
    HitColumns::visit(columns_, [&](const char*, auto& column, Compression) { writers_[k++].write({offset}, {n}, column.data()); });
  }

  void close() {
    for (DatasetWriter& writer : writers_) writer.close();
  }

 private:
  std::vector<std::uint32_t> child_row_;  // by PersonIndex
  std::size_t n_families_;
  HitColumns columns_;
  std::vector<DatasetWriter> writers_;
};

void write_hits_file(const std::filesystem::path& path, const HitsMeta& meta, const ProfileSource& source, HitStream& hits) {
  FileWriter file(path);
  write_tables(file, source);
  HitsWriter writer(file, source, hits.size());
  std::vector<Hit> buffer(static_cast<std::size_t>(std::min<std::uint64_t>(kHitsBuffer, std::max<std::uint64_t>(1, hits.size()))));
  hits.rewind();
  std::uint64_t written = 0;
  while (const std::size_t n = hits.next(buffer.data(), buffer.size())) {
    if (written + n > hits.size()) throw Error(ErrorKind::internal, "the stream gave more hits than it announced");
    writer.write(written, buffer.data(), n);
    written += n;
  }
  if (written != hits.size()) throw Error(ErrorKind::internal, "the stream gave fewer hits than it announced");
  writer.close();
  file.attribute("format", kHitsFormat);
  file.attribute("format_version", kHitsVersion);
  file.attribute("run_id", meta.run_id);
  file.attribute("model_digest", meta.model_digest);
  file.attribute("store_uuid", meta.store_uuid);
  file.attribute("store_generation", meta.store_generation);
  file.attribute("min_log10_lr", meta.min_log10_lr);
  file.attribute("n_hits", written);
  file.close();
}

std::vector<std::string> read_ids(const FileReader& file, const std::string& path) {
  TextColumn ids;
  file.column(path + "/offsets", ids.offsets);
  file.column(path + "/bytes", ids.bytes);
  if (!ids.sound()) throw Hdf5Error(path + ": the offsets do not fit the bytes");
  std::vector<std::string> texts(ids.size());
  for (std::size_t i = 0; i < texts.size(); ++i) texts[i] = ids[i];
  return texts;
}

}  // namespace

void write_hits(const std::filesystem::path& path, const HitsMeta& meta, const ProfileSource& source, HitStream& hits) {
  const std::filesystem::path target = resolved(std::filesystem::absolute(path));
  constexpr std::uint64_t kBytesPerHit = 32, kLayoutBytes = 1U << 20U;
  remove_stale_temporaries(target);
  require_free_space(target.parent_path(), hits.size() * kBytesPerHit + kLayoutBytes);
  const auto write = [&](const std::filesystem::path& temporary) {
    try {
      write_hits_file(temporary, meta, source, hits);
    } catch (const Hdf5Error& error) {
      throw StoreWriteError(path.string() + ": the hits could not be written: " + error.what());
    }
  };
  replace_file(target, write, "run the search again");
}

struct HitsReader::Impl {
  std::filesystem::path path;
  std::unique_ptr<FileReader> file;
  HitsMeta meta;
  std::vector<std::string> child_ids, family_ids, family_slots;
  std::vector<std::uint64_t> child_typings, family_typings;
  std::vector<DatasetReader> readers;
  HitColumns columns;
  std::uint64_t n_hits = 0, position = 0;

  void open() {
    file = std::make_unique<FileReader>(path);
    if (!file->has_attribute("format") || file->text_attribute("format") != kHitsFormat) refuse("not a hits file of homeward");
    const std::uint64_t version = file->number_attribute("format_version");
    if (version != kHitsVersion)
      refuse("hits format " + std::to_string(version) + " is too " + (version < kHitsVersion ? "old" : "new") + ", this version reads " +
             std::to_string(kHitsVersion) + "; run the search again with this version");
    meta.run_id = file->text_attribute("run_id");
    meta.model_digest = file->text_attribute("model_digest");
    meta.store_uuid = file->text_attribute("store_uuid");
    meta.store_generation = file->number_attribute("store_generation");
    meta.min_log10_lr = file->real_attribute("min_log10_lr");
    n_hits = file->number_attribute("n_hits");
    child_ids = read_ids(*file, "/children/id");
    family_ids = read_ids(*file, "/families/id");
    family_slots = read_ids(*file, "/families/slot");
    file->column("/children/typing", child_typings);
    file->column("/families/typing", family_typings);
    if (child_typings.size() != child_ids.size() || family_typings.size() != family_ids.size())
      throw Hdf5Error("there are not as many typings as ids");
    HitColumns::visit(columns, [&](const char* name, auto& column, Compression) {
      using T = typename std::decay_t<decltype(column)>::value_type;
      readers.push_back(file->dataset(name, element_of<T>(), 1));
      if (readers.back().dims()[0] != n_hits) throw Hdf5Error(std::string(name) + " does not have as many rows as there are hits");
    });
    if (family_slots.size() != family_ids.size()) throw Hdf5Error("/families/slot does not have as many rows as /families/id");
  }

  [[noreturn]] void refuse(const std::string& what) const { throw Error(ErrorKind::store, path.string() + ": " + what); }
  [[noreturn]] void damaged(const std::string& defect) const { refuse("the hits file is damaged: " + defect + "; run the search again"); }

  Hit hit(std::size_t i) const {
    Hit hit;
    hit.log10_lr = columns.log10_lr[i];
    hit.child = columns.child[i];
    hit.family = columns.family[i];
    hit.family_b = columns.family_b[i];
    hit.n_loci = columns.n_loci[i];
    hit.n_inconsistent = columns.n_inconsistent[i];
    hit.hypothesis = static_cast<Hypothesis>(columns.hypothesis[i]);
    if (hit.child >= child_ids.size() || hit.family >= family_ids.size() ||
        (hit.family_b != kNoFamily && hit.family_b >= family_ids.size()) || columns.hypothesis[i] < 1 || columns.hypothesis[i] > 6 ||
        std::isnan(hit.log10_lr))
      damaged("hit " + std::to_string(position + i) + " points outside the id tables");
    return hit;
  }
};

HitsReader::HitsReader(const std::filesystem::path& path) : impl_(std::make_unique<Impl>()) {
  impl_->path = path;
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) impl_->refuse("no such hits file");
  try {
    begin_hdf5();
    if (H5Fis_hdf5(path.c_str()) == 0) impl_->refuse("not a hits file of homeward: expected an HDF5 file");
    impl_->open();
  } catch (const Hdf5Error& damage) {
    impl_->damaged(damage.what());
  }
}

HitsReader::~HitsReader() = default;
const HitsMeta& HitsReader::meta() const { return impl_->meta; }
const std::vector<std::string>& HitsReader::child_ids() const { return impl_->child_ids; }
const std::vector<std::string>& HitsReader::family_ids() const { return impl_->family_ids; }
const std::vector<std::string>& HitsReader::family_slots() const { return impl_->family_slots; }
const std::vector<std::uint64_t>& HitsReader::child_typings() const { return impl_->child_typings; }
const std::vector<std::uint64_t>& HitsReader::family_typings() const { return impl_->family_typings; }
std::uint64_t HitsReader::size() const { return impl_->n_hits; }
void HitsReader::rewind() { impl_->position = 0; }

std::size_t HitsReader::next(Hit* out, std::size_t capacity) {
  Impl& impl = *impl_;
  const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(std::min(capacity, kHitsBuffer), impl.n_hits - impl.position));
  if (n == 0) return 0;
  impl.columns.resize(n);
  try {
    std::size_t k = 0;
    HitColumns::visit(impl.columns,
                      [&](const char*, auto& column, Compression) { impl.readers[k++].read({impl.position}, {n}, column.data()); });
  } catch (const Hdf5Error& damage) {
    impl.damaged(damage.what());
  }
  for (std::size_t i = 0; i < n; ++i) out[i] = impl.hit(i);
  impl.position += n;
  return n;
}

}  // namespace homeward
