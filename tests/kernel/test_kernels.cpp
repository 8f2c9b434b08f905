// Every kernel against the portable one, bit for bit, forced by name; and the portable one against a sum in the test.
#include <algorithm>
#include <iostream>
#include <string>
#include <vector>

#include "base/aligned.hpp"
#include "base/rng.hpp"
#include "catch_compat.hpp"
#include "homeward/error.hpp"
#include "homeward/kernel.hpp"
#include "scan/scan_job.hpp"

using namespace homeward;

namespace {

/// A job that owns its memory.
struct OwnedJob {
  std::size_t n_children = 0, n_loci = 0, stride = 0;
  AlignedBytes codes;
  std::vector<std::uint8_t> n_groups;
  std::vector<AlignedBytes> tables;
  std::vector<std::vector<std::uint16_t>> loci;
  std::vector<ScanQuery> queries;

  std::vector<std::uint64_t> run(const Kernel& kernel) const {
    const std::size_t n_words = (n_children + 63) / 64;
    std::vector<std::uint64_t> survivors(queries.size() * n_words, 0xAAAAAAAAAAAAAAAAULL);  // must be overwritten
    kernel.scan({codes.data(), stride, n_groups.data(), n_children, queries.data(), queries.size(), survivors.data()});
    return survivors;
  }
};

enum class Costs { uniform, mostly_zero, small, large };

OwnedJob random_job(std::size_t n_children, std::size_t n_loci, std::size_t n_queries, Costs costs, unsigned n_codes, CounterRng& rng) {
  OwnedJob job;
  job.n_children = n_children;
  job.n_loci = n_loci;
  job.stride = (n_children + 63) / 64 * 64 + 64 * rng.below(3);
  job.codes.assign(job.stride * n_loci, 0);
  job.n_groups.assign(n_loci, static_cast<std::uint8_t>((n_codes + 15) / 16));
  for (std::uint8_t& code : job.codes) code = static_cast<std::uint8_t>(rng.below(n_codes));  // padding lanes hold codes too
  for (std::size_t q = 0; q < n_queries; ++q) {
    std::vector<std::uint16_t> rows;
    for (std::size_t locus = 0; locus < n_loci; ++locus)
      if (rng.below(8) != 0) rows.push_back(static_cast<std::uint16_t>(locus));
    for (std::size_t i = rows.size(); i > 1; --i) std::swap(rows[i - 1], rows[rng.below(i)]);
    AlignedBytes table(rows.size() * 128);
    for (std::uint8_t& cost : table) {
      const std::uint64_t any = rng.below(256);
      cost = static_cast<std::uint8_t>(costs == Costs::uniform       ? any
                                       : costs == Costs::mostly_zero ? (rng.below(10) == 0 ? any : 0)
                                       : costs == Costs::small       ? any % 16
                                                                     : 255 - any % 4);
    }
    job.loci.push_back(std::move(rows));
    job.tables.push_back(std::move(table));
  }
  for (std::size_t q = 0; q < n_queries; ++q)
    job.queries.push_back({job.tables[q].data(), job.loci[q].data(), static_cast<std::uint32_t>(job.loci[q].size()),
                           static_cast<std::uint8_t>(rng.below(255))});
  return job;
}

/// The definition, one child at a time, saturating at each addition.
std::vector<std::uint64_t> by_definition(const OwnedJob& job) {
  const std::size_t n_words = (job.n_children + 63) / 64;
  std::vector<std::uint64_t> survivors(job.queries.size() * n_words, 0);
  for (std::size_t q = 0; q < job.queries.size(); ++q)
    for (std::size_t child = 0; child < job.n_children; ++child) {
      unsigned cost = 0;
      for (std::size_t k = 0; k < job.loci[q].size(); ++k)
        cost = std::min(255U, cost + job.tables[q][k * 128 + job.codes[job.loci[q][k] * job.stride + child]]);
      if (cost <= job.queries[q].budget) survivors[q * n_words + child / 64] |= std::uint64_t{1} << (child % 64);
    }
  return survivors;
}

void check_all_kernels(const OwnedJob& job) {
  const std::vector<std::uint64_t> expected = by_definition(job);
  for (const Kernel& kernel : kernels()) {
    if (!kernel.runs_here()) continue;
    INFO("kernel " << kernel.name << ", " << job.n_children << " children, " << job.n_loci << " loci");
    REQUIRE(job.run(kernel_named(kernel.name)) == expected);
  }
}

}  // namespace

TEST_CASE("kernels are listed slowest first, the portable one always runs, unknown names are refused") {
  REQUIRE(kernels().size() >= 1);
  CHECK(std::string(kernels().front().name) == "portable");
  CHECK(kernels().front().runs_here());
  CHECK(best_kernel().runs_here());
  try {
    kernel_named("sse9");
    FAIL("an unknown kernel was accepted");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::usage);
    CHECK(std::string(error.what()).find("portable") != std::string::npos);
  }
  for (const Kernel& kernel : kernels()) {
    if (kernel.runs_here()) {
      CHECK(std::string(kernel_named(kernel.name).name) == kernel.name);
    } else {
      std::cerr << "SKIPPED: kernel " << kernel.name << " cannot run on this processor\n";
      CHECK_THROWS_AS(kernel_named(kernel.name), Error);
    }
  }
}

TEST_CASE("all kernels agree with the definition on thousands of random jobs") {
  constexpr std::uint64_t kSeed = 20240601;
  std::cerr << "seed of the random jobs: " << kSeed << "\n";
  CounterRng rng(kSeed, 0);
  for (int round = 0; round < 3000; ++round) {
    const Costs costs = static_cast<Costs>(rng.below(4));
    const auto n_codes = static_cast<unsigned>(1 + rng.below(128));
    check_all_kernels(random_job(1 + rng.below(200), 1 + rng.below(40), 1 + rng.below(4), costs, n_codes, rng));
  }
}

TEST_CASE("all kernels agree on blocks of every tile size") {
  CounterRng rng(5, 0);
  for (const std::size_t n : {63U, 64U, 65U, 255U, 256U, 257U, 1023U, 1024U, 1025U, 1344U, 2100U})
    for (const Costs costs : {Costs::mostly_zero, Costs::small, Costs::uniform}) check_all_kernels(random_job(n, 24, 3, costs, 121, rng));
}

TEST_CASE("costs that meet the budget exactly survive, one step more does not") {
  CounterRng rng(6, 0);
  OwnedJob job = random_job(130, 20, 1, Costs::small, 2, rng);
  // Code 1 costs exactly 12 at each of the query's loci; a child with all of them costs 12 n.
  const std::size_t n = job.loci[0].size();
  for (std::size_t k = 0; k < n; ++k)
    for (std::size_t code = 0; code < 128; ++code) job.tables[0][k * 128 + code] = code == 1 ? 12 : 0;
  std::fill(job.codes.begin(), job.codes.end(), std::uint8_t{1});
  for (const unsigned budget : {12U * static_cast<unsigned>(n) - 1, 12U * static_cast<unsigned>(n), 12U * static_cast<unsigned>(n) + 1}) {
    job.queries[0].budget = static_cast<std::uint8_t>(budget);
    check_all_kernels(job);
    const bool survives = budget >= 12U * n;
    CHECK((by_definition(job)[0] != 0) == survives);
  }
}

TEST_CASE("sums saturate: many dear loci do not wrap round into the budget") {
  CounterRng rng(7, 0);
  for (const std::size_t n_loci : {2U, 33U, 300U}) {
    OwnedJob job = random_job(100, n_loci, 1, Costs::large, 128, rng);
    for (const unsigned budget : {0U, 1U, 253U, 254U}) {
      job.queries[0].budget = static_cast<std::uint8_t>(budget);
      check_all_kernels(job);
    }
  }
}

TEST_CASE("a query without loci lets every child through, and no padding lane") {
  CounterRng rng(8, 0);
  for (const std::size_t n : {1U, 63U, 64U, 65U, 200U}) {
    OwnedJob job = random_job(n, 3, 1, Costs::small, 16, rng);
    job.queries[0].n_loci = 0;
    job.loci[0].clear();
    check_all_kernels(job);
    std::size_t survivors = 0;
    for (const std::uint64_t word : by_definition(job)) survivors += static_cast<std::size_t>(__builtin_popcountll(word));
    CHECK(survivors == n);
  }
}
