// candidates.tsv: batches of rows, made family by family on several threads, written in the order of their ranks.
#include <algorithm>
#include <future>

#include "base/atomic_file.hpp"
#include "report/candidate_row.hpp"
#include "report/parallel.hpp"

namespace homeward {

namespace {

constexpr std::size_t kBatch = 1U << 17U;       ///< rows made together; their text, about 30 MB, waits for its order
constexpr std::size_t kChunk = 512;             ///< rows of one task
constexpr std::size_t kBlockBytes = 1U << 20U;  ///< text handed to the file at once
constexpr std::size_t kPersonBytes = 64U << 20U;

/// The rows of one batch as text.
struct BatchText {
  struct Place {
    std::uint32_t chunk = 0, offset = 0, length = 0;
  };
  std::vector<std::string> chunks;  ///< in the order of the work
  std::vector<Place> rows;          ///< in the order of the ranks
};

/// Positions of the batch's rows, families together and each in the order of its ranks.
std::vector<std::uint32_t> by_family(std::span<const Candidate> batch, std::size_t n_families) {
  std::vector<std::uint32_t> begin(n_families + 1, 0);
  for (const Candidate& candidate : batch) ++begin[candidate.hit.family + 1];
  for (std::size_t family = 0; family < n_families; ++family) begin[family + 1] += begin[family];
  std::vector<std::uint32_t> order(batch.size());
  for (std::uint32_t i = 0; i < batch.size(); ++i) order[begin[batch[i].hit.family]++] = i;
  return order;
}

/// Children and relatives of a batch, ascending.
class PersonFinder {
 public:
  explicit PersonFinder(const ProfileSource& source)
      : source_(source), wanted_(source.n_persons()), family_seen_(source.families().size()) {}

  std::vector<PersonIndex> of(std::span<const Candidate> batch) {
    std::fill(wanted_.begin(), wanted_.end(), false);
    std::fill(family_seen_.begin(), family_seen_.end(), false);
    for (const Candidate& candidate : batch) {
      wanted_[candidate.hit.child] = true;
      for (const std::uint32_t family : {candidate.hit.family, candidate.hit.family_b}) {
        if (family == kNoFamily || family_seen_[family]) continue;
        family_seen_[family] = true;
        for (const PersonIndex member : member_indexes(source_.families()[family])) wanted_[member] = true;
      }
    }
    std::vector<PersonIndex> persons;
    for (PersonIndex person = 0; person < wanted_.size(); ++person)
      if (wanted_[person]) persons.push_back(person);
    return persons;
  }

 private:
  const ProfileSource& source_;
  std::vector<bool> wanted_, family_seen_;
};

void make_text(BatchText& text, std::span<const Candidate> batch, std::uint64_t first_rank, std::size_t n_families,
               std::vector<RowWriter>& writers) {
  const std::vector<std::uint32_t> order = by_family(batch, n_families);
  text.chunks.resize((batch.size() + kChunk - 1) / kChunk);
  text.rows.resize(batch.size());
  for_each_chunk(text.chunks.size(), writers, [&](RowWriter& writer, std::size_t chunk) {
    std::string& out = text.chunks[chunk];
    out.clear();
    for (std::size_t k = chunk * kChunk; k < std::min(batch.size(), (chunk + 1) * kChunk); ++k) {
      const std::size_t before = out.size();
      writer.append(out, first_rank + order[k], batch[order[k]]);
      text.rows[order[k]] = {static_cast<std::uint32_t>(chunk), static_cast<std::uint32_t>(before),
                             static_cast<std::uint32_t>(out.size() - before)};
    }
  });
}

void write_text(AtomicFile& file, const BatchText& text) {
  std::string block;
  block.reserve(kBlockBytes + 4096);
  for (const BatchText::Place& place : text.rows) {
    block.append(text.chunks[place.chunk], place.offset, place.length);
    if (block.size() < kBlockBytes) continue;
    file.write(block);
    block.clear();
  }
  file.write(block);
}

}  // namespace

const std::vector<std::string>& candidate_columns() {
  static const std::vector<std::string> kColumns{"rank",
                                                 "child_id",
                                                 "family_id",
                                                 "hypothesis",
                                                 "father_id",
                                                 "mother_id",
                                                 "log10_lr",
                                                 "lr",
                                                 "alternatives",
                                                 "support",
                                                 "cpi_class",
                                                 "posterior",
                                                 "n_loci",
                                                 "n_loci_child",
                                                 "n_loci_family",
                                                 "n_inconsistent",
                                                 "inconsistent_loci",
                                                 "min_steps",
                                                 "lr_drop_worst",
                                                 "gap_to_next",
                                                 "expected_chance_hits",
                                                 "p_chance",
                                                 "flags",
                                                 "child_batch",
                                                 "family_batch",
                                                 "pair_key",
                                                 "posterior_relative",
                                                 "posterior_none"};
  return kColumns;
}

RunOutput write_candidates(const std::filesystem::path& path, const TableInputs& inputs, const CandidateSelection& selection) {
  AtomicFile file(path);
  std::string header;
  for (const std::string& column : candidate_columns()) header += (header.empty() ? "" : "\t") + column;
  file.write(header + "\n");

  const std::size_t n_loci = std::max<std::size_t>(1, inputs.population.loci.size());
  PersonRows persons(inputs.source, inputs.population, kPersonBytes / (n_loci * sizeof(GenotypeCode)));
  const PointScores points(inputs.population);
  const Compiler compiler(inputs.population, inputs.weights);
  const RelationScorer relations(inputs.population, CoAncestry::of_model);
  const FamilyCheck family_check(inputs.population);
  PersonFinder finder(inputs.source);
  std::vector<RowWriter> writers;
  for (int t = 0; t < std::max(inputs.threads, 1); ++t)
    writers.emplace_back(TableContext{inputs, persons, points, compiler, relations, family_check});

  // While a batch is written the next one is made.
  BatchText texts[2];
  std::future<void> written;
  const std::span<const Candidate> rows(selection.rows);
  for (std::size_t begin = 0, turn = 0; begin < rows.size(); begin += kBatch, turn ^= 1U) {
    const std::span<const Candidate> batch = rows.subspan(begin, std::min(kBatch, rows.size() - begin));
    persons.load(finder.of(batch));
    make_text(texts[turn], batch, begin + 1, inputs.source.families().size(), writers);
    if (written.valid()) written.get();
    const std::launch policy = inputs.threads > 1 ? std::launch::async : std::launch::deferred;
    written = std::async(policy, [&file, &text = texts[turn]] { write_text(file, text); });
  }
  if (written.valid()) written.get();
  file.write("#ok " + std::to_string(rows.size()) + " rows\n");
  return {path.filename().string(), rows.size(), file.commit()};
}

}  // namespace homeward
