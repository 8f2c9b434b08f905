#include "checkpoint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/text.hpp"
#include "hit_bytes.hpp"
#include "homeward/error.hpp"
#include "homeward/version.hpp"
#include "report/json_reader.hpp"
#include "run_folder.hpp"

namespace homeward::cli {

namespace fs = std::filesystem;

namespace {

constexpr const char* kSchema = "homeward-checkpoint/1";
constexpr const char* kState = "state.json";
constexpr std::size_t kMemoryBytes = std::size_t{64} << 20U;  // hits kept before they go to a file

Json to_json(const ScanCounts& part) {
  Json warnings = Json::array();
  for (const FamilyWarning& warning : part.warnings) warnings.push_back({{"family", warning.family}, {"text", warning.text}});
  const SearchCounts& c = part.counts;
  return {{"pairs_total", c.pairs_total}, {"pairs_compared", c.pairs_compared}, {"pairs_skipped", c.pairs_skipped},
          {"lookups", c.lookups},         {"survivors", c.survivors},           {"hits", c.hits},
          {"warnings", warnings}};
}

ScanCounts counts_of(const JsonReader& json) {
  ScanCounts part;
  SearchCounts& c = part.counts;
  c.pairs_total = json.whole<std::uint64_t>("pairs_total");
  c.pairs_compared = json.whole<std::uint64_t>("pairs_compared");
  const Json& skipped = json.array("pairs_skipped");
  if (skipped.size() != c.pairs_skipped.size()) json.mistyped("pairs_skipped", skipped, "a number for each reason");
  for (std::size_t reason = 0; reason < c.pairs_skipped.size(); ++reason) c.pairs_skipped[reason] = skipped[reason].get<std::uint64_t>();
  c.lookups = json.whole<std::uint64_t>("lookups");
  c.survivors = json.whole<std::uint64_t>("survivors");
  c.hits = json.whole<std::uint64_t>("hits");
  for (const Json& entry : json.array("warnings")) {
    const JsonReader warning(entry, json.file(), "warnings");
    part.warnings.push_back({warning.whole<std::uint32_t>("family"), warning.text("text")});
  }
  return part;
}

Json to_json(const Checkpoint& checkpoint) {
  Json parts = Json::array();
  for (const CheckpointPart& part : checkpoint.parts) {
    Json slices = Json::array();
    for (const SliceRange& range : part.slices) slices.push_back({range.first, range.end});
    parts.push_back(
        {{"file", part.file}, {"sha256", part.sha256}, {"hits", part.n_hits}, {"slices", slices}, {"counts", to_json(part.counts)}});
  }
  return {{"schema", kSchema}, {"program", checkpoint.program}, {"search_digest", checkpoint.search_digest}, {"parts", parts}};
}

[[noreturn]] void damaged(const std::string& what) {
  throw Error(ErrorKind::input, "the checkpoint is damaged: " + what + "; start again with --force instead of --resume");
}

void append(CheckpointPart& sum, SliceRange range, const ScanCounts& counts) {
  if (!sum.slices.empty() && sum.slices.back().end == range.first)
    sum.slices.back().end = range.end;
  else
    sum.slices.push_back(range);
  sum.counts += counts;
}

}  // namespace

std::string to_text(const ScanCounts& counts) { return to_json(counts).dump(-1, ' ', false, Json::error_handler_t::replace); }

ScanCounts scan_counts_of(std::string_view text) {
  const Json json = Json::parse(text, nullptr, false);
  return counts_of(JsonReader(json, "counters"));
}

std::string this_program() {
  std::string text = version();
  for (const auto& [name, value] : build_facts())
    if (name == "git") text += " (" + value + ")";
  return text;
}

std::optional<Checkpoint> read_checkpoint(const fs::path& run) {
  const fs::path path = run / kCheckpointFolder / kState;
  if (!fs::exists(path)) return std::nullopt;
  const Json json = parse_json_file(path.string());
  const JsonReader state(json, "checkpoint/state.json");
  if (state.text("schema") != kSchema) damaged("its schema is unknown to this version");
  Checkpoint checkpoint{state.text("search_digest"), state.text("program"), {}};
  for (const Json& entry : state.array("parts")) {
    const JsonReader reader(entry, state.file(), "parts");
    CheckpointPart part;
    part.file = reader.text("file");
    if (part.file.find('/') != std::string::npos) damaged("it names a file elsewhere");
    part.sha256 = reader.text("sha256");
    part.n_hits = reader.whole<std::uint64_t>("hits");
    for (const Json& range : reader.array("slices")) {
      if (!range.is_array() || range.size() != 2 || !range[0].is_number_unsigned() || !range[1].is_number_unsigned())
        damaged("its slices are no ranges");
      part.slices.push_back({range[0].get<std::uint32_t>(), range[1].get<std::uint32_t>()});
    }
    part.counts = counts_of(reader.object("counts"));
    checkpoint.parts.push_back(std::move(part));
  }
  return checkpoint;
}

void replay(const fs::path& run, const Checkpoint& checkpoint, SearchSession& session) {
  std::string buffer((std::size_t{1} << 16U) * kHitBytes, '\0');
  for (const CheckpointPart& part : checkpoint.parts) {
    session.add_counts(part.counts);
    if (part.file.empty()) continue;
    const fs::path path = run / kCheckpointFolder / part.file;
    if (!fs::is_regular_file(path) || fs::file_size(path) != part.n_hits * kHitBytes) damaged(part.file + " is missing or not whole");
    if (sha256_of_file(path) != part.sha256) damaged(part.file + " does not have the digest it was written with");
    std::ifstream in(path, std::ios::binary);
    while (in) {
      in.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
      session.add_found(hits_of_bytes({buffer.data(), static_cast<std::size_t>(in.gcount())}));
    }
    if (in.bad()) throw Error(ErrorKind::failure, "cannot read the checkpoint");
  }
}

std::vector<SliceRange> unfinished(const Checkpoint& checkpoint, SliceRange wanted) {
  std::vector<SliceRange> done;
  for (const CheckpointPart& part : checkpoint.parts) done.insert(done.end(), part.slices.begin(), part.slices.end());
  std::sort(done.begin(), done.end(), [](const SliceRange& a, const SliceRange& b) { return a.first < b.first; });
  std::vector<SliceRange> left;
  std::uint32_t next = wanted.first;
  for (const SliceRange& range : done) {
    if (range.first < next || range.end <= range.first || range.end > wanted.end)
      damaged("it holds slices twice or slices that nobody asked for");
    if (range.first > next) left.push_back({next, range.first});
    next = range.end;
  }
  if (next < wanted.end) left.push_back({next, wanted.end});
  return left;
}

CheckpointWriter::CheckpointWriter(fs::path run, Checkpoint so_far, std::chrono::duration<double> first_after)
    : run_(std::move(run)), state_(std::move(so_far)), first_after_(first_after), start_(Clock::now()), written_(start_) {
  for (const CheckpointPart& part : state_.parts) {
    const std::size_t digits = part.file.find_first_of("0123456789");
    if (digits == std::string::npos) continue;
    const std::optional<long long> number = parse_integer(part.file.substr(digits, part.file.find('.') - digits));
    if (number) last_file_ = std::max(last_file_, static_cast<std::uint32_t>(*number));
  }
}

void CheckpointWriter::found(std::span<const Hit> hits) {
  append_hit_bytes(open_bytes_, hits);
  if (open_bytes_.size() < kMemoryBytes) return;
  if (!stream_) open_stream();
  stream_hits_ += open_bytes_.size() / kHitBytes;
  stream_->write(open_bytes_);
  open_bytes_.clear();
}

void CheckpointWriter::finished(SliceRange range, const ScanCounts& counts) {
  if (stream_) {
    stream_hits_ += open_bytes_.size() / kHitBytes;
    stream_->write(open_bytes_);
    CheckpointPart part;
    part.file = stream_file_;
    part.sha256 = stream_->commit();
    part.n_hits = stream_hits_;
    append(part, range, counts);
    state_.parts.push_back(std::move(part));
    stream_.reset();
  } else {
    append(pending_, range, counts);
    pending_bytes_ += open_bytes_;
  }
  open_bytes_.clear();
  const Clock::time_point now = Clock::now();
  const auto interval = std::max<std::chrono::duration<double>>(first_after_, std::chrono::duration<double>(now - start_) / 30);
  if (now - written_ >= interval || pending_bytes_.size() >= kMemoryBytes) write();
}

void CheckpointWriter::write() {
  make_folder(run_ / kCheckpointFolder);
  if (!pending_.slices.empty()) {
    if (!pending_bytes_.empty()) {
      pending_.file = next_file();
      AtomicFile file(run_ / kCheckpointFolder / pending_.file);
      file.write(pending_bytes_);
      pending_.sha256 = file.commit();
      pending_.n_hits = pending_bytes_.size() / kHitBytes;
    }
    state_.parts.push_back(std::move(pending_));
    pending_ = {};
    pending_bytes_.clear();
  }
  write_atomic_file(run_ / kCheckpointFolder / kState, to_json(state_).dump(1, ' ', false, Json::error_handler_t::replace) + "\n");
  written_ = Clock::now();
}

std::uint64_t CheckpointWriter::slices_done() const {
  std::uint64_t n = 0;
  for (const CheckpointPart& part : state_.parts)
    for (const SliceRange& range : part.slices) n += range.end - range.first;
  for (const SliceRange& range : pending_.slices) n += range.end - range.first;
  return n;
}

std::string CheckpointWriter::next_file() { return fmt::format("hits-{:05}.bin", ++last_file_); }

void CheckpointWriter::open_stream() {
  make_folder(run_ / kCheckpointFolder);
  stream_file_ = next_file();
  stream_ = std::make_unique<AtomicFile>(run_ / kCheckpointFolder / stream_file_);
  stream_hits_ = 0;
}

}  // namespace homeward::cli
