// Sorts any number of plain records within a memory bound: sorted runs on disk, merged while reading.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <queue>
#include <string>
#include <type_traits>
#include <vector>

#include "homeward/error.hpp"

namespace homeward {

/// Collects records, then streams them in the order of Less (a strict total order, so the stream is the same whatever
/// the bound). Runs are unlinked as soon as they are open, so nothing stays behind after a crash.
template <class Record, class Less>
class ExternalSort {
  static_assert(std::is_trivially_copyable_v<Record>);

 public:
  /// @param max_records records held in memory; beyond it a sorted run goes to a file in `folder`.
  ExternalSort(Less less, std::size_t max_records, std::filesystem::path folder)
      : less_(std::move(less)), max_records_(std::max<std::size_t>(max_records, 1024)), folder_(std::move(folder)) {}

  void add(const Record* records, std::size_t count) {
    for (std::size_t done = 0; done < count;) {
      const std::size_t now = std::min(count - done, max_records_ - memory_.size());
      memory_.insert(memory_.end(), records + done, records + done + now);
      done += now;
      if (memory_.size() == max_records_) spill();
    }
    size_ += count;
  }

  std::uint64_t size() const { return size_; }

  /// Ends collecting; reading starts at the first record. May be called again to read once more from the start.
  void rewind() {
    if (!sorted_) {
      sort_memory();
      sorted_ = true;
    }
    position_ = 0;
    heads_ = Heads(HeadLess{&less_});
    for (std::size_t i = 0; i < runs_.size(); ++i) {
      Run& run = *runs_[i];
      if (std::fseek(run.file.get(), 0, SEEK_SET) != 0) fail("rewind");
      run.buffer.clear();
      run.next = 0;
      push_head(i);
    }
  }

  /// Next up to `capacity` records in order; 0 at the end.
  std::size_t next(Record* out, std::size_t capacity) {
    if (runs_.empty()) {
      const std::size_t n = std::min(capacity, memory_.size() - position_);
      std::copy_n(memory_.begin() + static_cast<std::ptrdiff_t>(position_), n, out);
      position_ += n;
      return n;
    }
    std::size_t n = 0;
    while (n < capacity) {
      const bool in_memory = position_ < memory_.size();
      if (heads_.empty() && !in_memory) break;
      if (heads_.empty() || (in_memory && less_(memory_[position_], heads_.top().record))) {
        out[n++] = memory_[position_++];
        continue;
      }
      const Head head = heads_.top();
      heads_.pop();
      out[n++] = head.record;
      push_head(head.run);
    }
    return n;
  }

 private:
  static constexpr std::size_t kReadRecords = 1U << 14U;
  struct Run {
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{nullptr, std::fclose};
    std::vector<Record> buffer;
    std::size_t next = 0;
  };
  struct Head {
    Record record;
    std::size_t run;
  };
  struct HeadLess {
    const Less* less;
    bool operator()(const Head& a, const Head& b) const { return (*less)(b.record, a.record); }  // smallest on top
  };
  using Heads = std::priority_queue<Head, std::vector<Head>, HeadLess>;

  void sort_memory() {
    // By reference: the algorithms copy their comparator at every call, and Less may own a table.
    std::sort(memory_.begin(), memory_.end(), std::cref(less_));
  }

  [[noreturn]] void fail(const char* what) const {
    throw Error(ErrorKind::failure, std::string("cannot ") + what + " a temporary file of sorted hits in " + folder_.string() +
                                        "; free some space there or raise --mem");
  }

  void spill() {
    sort_memory();
    const std::filesystem::path path =
        folder_ / (".sort-" + std::to_string(reinterpret_cast<std::uintptr_t>(this)) + "-" + std::to_string(runs_.size()) + ".tmp");
    auto run = std::make_unique<Run>();
    run->file.reset(std::fopen(path.c_str(), "w+b"));
    if (!run->file) fail("create");
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
    if (std::fwrite(memory_.data(), sizeof(Record), memory_.size(), run->file.get()) != memory_.size() || std::fflush(run->file.get()) != 0)
      fail("write");
    runs_.push_back(std::move(run));
    memory_.clear();
  }

  void push_head(std::size_t index) {
    Run& run = *runs_[index];
    if (run.next == run.buffer.size()) {
      run.buffer.resize(kReadRecords);
      run.buffer.resize(std::fread(run.buffer.data(), sizeof(Record), kReadRecords, run.file.get()));
      if (std::ferror(run.file.get()) != 0) fail("read");
      run.next = 0;
      if (run.buffer.empty()) return;
    }
    heads_.push({run.buffer[run.next++], index});
  }

  Less less_;
  std::size_t max_records_;
  std::filesystem::path folder_;
  std::vector<Record> memory_;
  std::vector<std::unique_ptr<Run>> runs_;
  std::uint64_t size_ = 0;
  bool sorted_ = false;
  std::size_t position_ = 0;
  Heads heads_{HeadLess{&less_}};
};

}  // namespace homeward
