// The commit: one writer, stale temporaries, a full disk, and kill -9 at any moment.
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <chrono>
#include <random>
#include <set>
#include <thread>

#include "catch_compat.hpp"
#include "store_fixture.hpp"

using namespace store_test;

namespace {

constexpr std::uint32_t kBatchPersons = 400;

/// What load number k adds: new persons, a further typing of the batch before, couples formed across loads.
FileBuilder batch_number(std::uint64_t k) {
  FileBuilder f("batch-" + std::to_string(k));
  for (std::uint32_t p = 0; p < kBatchPersons; ++p) {
    const std::string id = std::to_string(k) + "-" + std::to_string(p);
    const auto allele = [&](unsigned salt) { return std::to_string(6 + (k * 31 + p * 17 + salt * 7) % 25); };
    f.add("C" + id, Role::child, {{"vWA", allele(1) + "/" + allele(2)}, {"TH01", allele(3) + "/" + allele(4)}});
    f.add((k % 2 == 0 ? "F" : "M") + id, k % 2 == 0 ? Role::father : Role::mother, {{"vWA", allele(5) + "/" + allele(6)}},
          std::to_string(k / 2) + "-" + std::to_string(p));
    if (k > 0) f.add("C" + std::to_string(k - 1) + "-" + std::to_string(p), Role::child, {{"FGA", allele(8) + "/" + allele(9)}});
  }
  return f;
}

/// The store must hold exactly the loads 0 .. generation - 1, computed here without a store.
void check_holds_generation(const Store& store, std::uint64_t generation) {
  CHECK(store.info().generation == generation);
  CHECK(store.info().batches.size() == generation);
  CHECK(store.n_persons() == 2 * kBatchPersons * generation);
  CHECK(store.families().size() == kBatchPersons * ((generation + 1) / 2));
  std::map<std::string, std::map<std::string, std::string>> expected;
  for (std::uint64_t k = 0; k < generation; ++k)
    for (const FileBuilder f = batch_number(k); const ImportedSample& sample : f.file.samples)
      for (const ImportedCall& call : sample.calls) expected[sample.sample_id][f.file.loci[call.locus].name] = to_string(call.genotype);
  CHECK(everybody(store) == expected);
}

/// Starts this very program again with one hidden test: fork and exec at once, so no HDF5 state is shared.
pid_t start_again(const char* test, const std::filesystem::path& store) {
  const std::string variable = "HOMEWARD_TEST_STORE=" + store.string();
  std::vector<char*> environment{const_cast<char*>(variable.c_str())};
  for (char** e = environ; *e != nullptr; ++e) environment.push_back(*e);
  environment.push_back(nullptr);
  std::string program = "/proc/self/exe", filter = test;
  char* arguments[] = {program.data(), filter.data(), nullptr};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  pid_t child = 0;
  REQUIRE(::posix_spawn(&child, program.c_str(), &actions, nullptr, arguments, environment.data()) == 0);
  posix_spawn_file_actions_destroy(&actions);
  return child;
}

int exit_status(pid_t child) {
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return status;
}

std::filesystem::path given_store() {
  const char* path = std::getenv("HOMEWARD_TEST_STORE");
  return path != nullptr ? path : "";
}

}  // namespace

TEST_CASE("load batches until killed", "[.writer]") {
  const auto store = given_store();
  REQUIRE_FALSE(store.empty());
  std::uint64_t k = std::filesystem::exists(store) ? Store::open(store)->info().generation : 0;
  for (; k < 12; ++k) load(store, batch_number(k));
}

TEST_CASE("a killed load leaves the last committed store, whole") {
  const int kills = std::getenv("HOMEWARD_LONG") != nullptr ? 200 : 50;
  const unsigned seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  auto folder = std::make_unique<Scratch>();
  // How long a writer lives when nobody kills it says when to kill the others: at any moment of that time.
  const auto start = std::chrono::steady_clock::now();
  REQUIRE(exit_status(start_again("load batches until killed", *folder / "measure.h5")) == 0);
  const auto life = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - start).count();
  std::uniform_int_distribution<long> moment(0, life);
  std::uint64_t last = 0, committed = 0;
  std::set<std::string> left_behind;
  double window = 120000.0;  // microseconds; follows the speed of the machine, which may be busy
  for (int kill = 0; kill < kills; ++kill) {
    const auto path = *folder / "a.h5";
    const pid_t writer = start_again("load batches until killed", path);
    std::this_thread::sleep_for(
        std::chrono::microseconds(static_cast<long>(window * (0.1 + 0.9 * static_cast<double>(random()) / 0x1p32))));
    ::kill(writer, SIGKILL);
    exit_status(writer);
    for (const auto& entry : std::filesystem::directory_iterator(folder->path()))
      if (contains(entry.path().filename().string(), ".tmp-")) left_behind.insert(entry.path().string());
    if (!std::filesystem::exists(path)) {
      window *= 1.5;
      continue;
    }
    const auto defects = check_store(path);
    CHECK(defects == std::vector<std::string>{});
    const auto store = Store::open(path);
    const std::uint64_t generation = store->info().generation;
    CHECK(generation >= last);
    check_holds_generation(*store, generation);
    committed += generation - last;
    if (generation == last) window *= 1.2;
    if (generation > last + 2) window *= 0.8;
    last = generation;
    if (generation >= 8) {
      folder = std::make_unique<Scratch>();
      last = 0;
    }
  }
  // The test means something only if kills fell between commits and inside of them.
  CHECK(committed > 0);
  CHECK_FALSE(left_behind.empty());
  WARN("commits: " << committed << ", kills inside of one: " << left_behind.size() << " of " << kills);
}

TEST_CASE("hold the lock until the folder says go", "[.holder]") {
  const auto store = given_store();
  struct flock lock {};
  lock.l_type = F_WRLCK;
  const int descriptor = ::open((store.string() + ".lock").c_str(), O_RDWR | O_CREAT, 0600);
  REQUIRE(::fcntl(descriptor, F_OFD_SETLK, &lock) == 0);
  const std::string holder = "process 4711 on another-host\n\x1b[31m";
  REQUIRE(::pwrite(descriptor, holder.data(), holder.size(), 0) == static_cast<ssize_t>(holder.size()));
  write_bytes(store.parent_path() / "held", "");
  while (!std::filesystem::exists(store.parent_path() / "go")) std::this_thread::sleep_for(std::chrono::milliseconds(5));
}

TEST_CASE("a second writer is told who holds the store, readers are not disturbed") {
  const Scratch folder;
  const auto path = folder / "a.h5";
  load(path, batch_number(0));
  const std::string bytes = bytes_of(path);
  const pid_t holder = start_again("hold the lock until the folder says go", path);
  while (!std::filesystem::exists(folder / "held")) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  const std::string message = error_of([&] { load(path, batch_number(1)); }, ErrorKind::store);
  CHECK(contains(message, "locked by process 4711 on another-host"));
  CHECK_FALSE(contains(message, "\x1b"));
  CHECK(bytes_of(path) == bytes);
  check_holds_generation(*Store::open(path), 1);
  write_bytes(folder / "go", "");
  CHECK(exit_status(holder) == 0);
  load(path, batch_number(1));
  check_holds_generation(*Store::open(path), 2);
}

TEST_CASE("temporaries of a killed writer are removed by the next load, and nothing else") {
  const Scratch folder;
  const auto path = folder / "a.h5";
  write_bytes(folder / "a.h5.tmp-deadbeef", "half");
  write_bytes(folder / "b.h5.tmp-deadbeef", "half");
  load(path, batch_number(0));
  CHECK_FALSE(std::filesystem::exists(folder / "a.h5.tmp-deadbeef"));
  CHECK(std::filesystem::exists(folder / "b.h5.tmp-deadbeef"));
}

TEST_CASE("load with files limited in size", "[.limited]") {
  ::signal(SIGXFSZ, SIG_IGN);
  const auto store = given_store();
  const std::uint64_t bytes = std::stoull(std::getenv("HOMEWARD_TEST_LIMIT"));
  const rlimit limit{bytes, bytes};
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &limit) == 0);
  try {
    load(store, batch_number(1));
  } catch (const Error& error) {
    CHECK(error.exit_code() == 1);
    return;
  }
  FAIL("the load went through");
}

TEST_CASE("a store that cannot be written whole stays what it was, wherever the disk gives out") {
  const Scratch folder;
  const auto path = folder / "a.h5";
  load(path, batch_number(0));
  const std::string bytes = bytes_of(path);
  for (std::size_t limit = 100; limit < bytes.size(); limit += bytes.size() / 13) {
    ::setenv("HOMEWARD_TEST_LIMIT", std::to_string(limit).c_str(), 1);
    // Exit status 0: the error was reported as an Error and the process left by its usual way without a crash.
    CHECK(exit_status(start_again("load with files limited in size", path)) == 0);
    CHECK(bytes_of(path) == bytes);
    for (const auto& entry : std::filesystem::directory_iterator(folder.path())) CHECK_FALSE(contains(entry.path().string(), ".tmp-"));
  }
  load(path, batch_number(1));
  check_holds_generation(*Store::open(path), 2);
}

TEST_CASE("a load through a symbolic link replaces the store, not the link") {
  const Scratch folder;
  load(folder / "real.h5", batch_number(0));
  std::filesystem::create_symlink("real.h5", folder / "link.h5");
  load(folder / "link.h5", batch_number(1));
  CHECK(std::filesystem::is_symlink(folder / "link.h5"));
  check_holds_generation(*Store::open(folder / "real.h5"), 2);
}

TEST_CASE("a store is not created in a folder that does not exist") {
  const Scratch folder;
  CHECK(contains(error_of([&] { load(folder / "none" / "a.h5", batch_number(0)); }, ErrorKind::store), "folder does not exist"));
}
