// `homeward doctor`: is this machine fit? One line a check: ok, warn or fail.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cfenv>
#include <cfloat>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <limits>
#include <ostream>
#include <thread>

#include "base/text.hpp"
#include "command.hpp"
#include "homeward/error.hpp"
#include "homeward/import.hpp"
#include "homeward/kernel.hpp"
#include "store/hdf5_version.hpp"

namespace homeward::cli {

namespace {

constexpr double kGiB = 1024.0 * 1024.0 * 1024.0;

struct Finding {
  enum class Grade { ok, warn, fail } grade = Grade::ok;
  std::string text;
};

Finding ok(std::string text) { return {Finding::Grade::ok, std::move(text)}; }
Finding warn(std::string text) { return {Finding::Grade::warn, std::move(text)}; }
Finding fail(std::string text) { return {Finding::Grade::fail, std::move(text)}; }

Finding check_kernel() {
  std::string list;
  for (const Kernel& kernel : kernels())
    list += fmt::format("{}{}{}", list.empty() ? "" : ", ", kernel.name, kernel.runs_here() ? "" : " (not here)");
  const std::string text = fmt::format("scan kernel {} of {}", best_kernel().name, list);
  return std::string_view(best_kernel().name).starts_with("portable")
             ? warn(text + ": correct, but a search takes longer than with vector instructions")
             : ok(text);
}

Finding check_threads() {
  const unsigned usable = std::thread::hardware_concurrency();
  return usable == 0 ? warn("the number of usable processors is unknown; give --threads")
                     : ok(fmt::format("{} usable by this process", usable));
}

Finding check_memory() {
  std::ifstream file("/proc/meminfo");
  std::string key;
  std::string rest;
  while (file >> key && std::getline(file, rest)) {
    if (key != "MemAvailable:") continue;
    const std::optional<long long> kib = parse_integer(trim(rest.substr(0, rest.find("kB"))));
    if (!kib) break;
    const double gib = static_cast<double>(*kib) * 1024.0 / kGiB;
    const std::string text = fmt::format("{:.1f} GiB available", gib);
    return gib < 0.5 ? fail(text + "; a search of a national database needs 0.5 GiB") : gib < 2.0 ? warn(text) : ok(text);
  }
  return warn("available memory is unknown");
}

Finding check_arithmetic() {
  volatile double smallest = std::numeric_limits<double>::min();
  if (FLT_EVAL_METHOD != 0) return fail("doubles are computed in another precision: results would differ from other machines'");
  if (std::fegetround() != FE_TONEAREST) return fail("the rounding mode is not to nearest");
  if (smallest / 2.0 == 0.0) return fail("small numbers are flushed to zero");
  return ok("IEEE double, rounding to nearest");
}

Finding check_locale() {
  const char* language = std::getenv("LC_ALL");
  if (language == nullptr || *language == '\0') language = std::getenv("LANG");
  const std::string text = fmt::format("numbers read and write with a point under {}",
                                       language == nullptr || *language == '\0' ? "the C locale" : escaped(language));
  const bool point = parse_double("9.5") == 9.5 && fmt::format("{:.1f}", 9.5) == "9.5" && !parse_double("9,5");
  return point ? ok(text) : fail("the decimal point depends on the locale; set LC_ALL=C");
}

Finding check_hdf5() {
  const std::string loaded = hdf5_version_loaded();
  const std::string compiled = hdf5_version_compiled();
  return loaded == compiled ? ok("library " + loaded) : warn("library " + loaded + ", built with the headers of " + compiled);
}

Finding check_data(const std::filesystem::path& folder) {
  if (folder.empty()) return fail("the shipped populations and kits are not found; set HOMEWARD_DATA to the data folder");
  const std::vector<std::string> populations = shipped_populations(folder);
  if (populations.empty()) return fail("no population in " + escaped(folder.string()));
  for (const std::string& id : populations) read_population(id, folder);
  const std::vector<std::string> kits = kit_names(folder);
  const LocusDictionary dictionary(folder);
  if (!dictionary.find("TH01")) return fail("the list of locus names lacks TH01");
  return ok(
      fmt::format("{} populations, {} kits and the locus names read from {}", populations.size(), kits.size(), escaped(folder.string())));
}

/// A file of our own that disappears with this object.
class ScratchFile {
 public:
  explicit ScratchFile(const std::filesystem::path& folder)
      : path_((folder / "homeward-doctor-XXXXXX").string()), fd_(::mkstemp(path_.data())) {
    if (fd_ == -1)
      throw Error(ErrorKind::failure, fmt::format("cannot create a file in {}: {}", escaped(folder.string()), std::strerror(errno)));
  }
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;
  ~ScratchFile() {
    ::close(fd_);
    ::unlink(path_.c_str());
  }
  const std::string& path() const { return path_; }
  int fd() const { return fd_; }

 private:
  std::string path_;
  int fd_;
};

bool lock_whole_file(int fd) {
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return ::fcntl(fd, F_OFD_SETLK, &lock) == 0;
}

Finding check_locking(const std::filesystem::path& folder) {
  const ScratchFile scratch(folder);
  if (!lock_whole_file(scratch.fd()))
    return fail(fmt::format("files in {} cannot be locked: {}", escaped(folder.string()), std::strerror(errno)));
  const int second = ::open(scratch.path().c_str(), O_RDWR | O_CLOEXEC);
  const bool both = second != -1 && lock_whole_file(second);
  if (second != -1) ::close(second);
  return both ? fail("locks in " + escaped(folder.string()) + " do not exclude a second writer: keep the store elsewhere")
              : ok("a lock in " + escaped(folder.string()) + " keeps a second writer out");
}

Finding check_commit(const std::filesystem::path& folder) {
  const ScratchFile scratch(folder);
  const ScratchFile target(folder);
  if (::write(scratch.fd(), "x", 1) != 1 || ::fsync(scratch.fd()) != 0)
    return fail(fmt::format("cannot write through to disk: {}", std::strerror(errno)));
  std::error_code error;
  std::filesystem::rename(scratch.path(), target.path(), error);
  if (error) return fail("a file cannot replace another in one step: " + error.message());
  const int folder_fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = folder_fd != -1 && ::fsync(folder_fd) == 0;
  if (folder_fd != -1) ::close(folder_fd);
  return synced ? ok("write, fsync, rename and fsync of the folder work") : fail("the folder cannot be written through to disk");
}

Finding check_space(const std::filesystem::path& folder) {
  struct statvfs space {};
  if (::statvfs(folder.c_str(), &space) != 0)
    return fail(fmt::format("no such folder {}: {}", escaped(folder.string()), std::strerror(errno)));
  const double gib = static_cast<double>(space.f_bavail) * static_cast<double>(space.f_frsize) / kGiB;
  const std::string text = fmt::format("{:.1f} GiB free in {}", gib, escaped(folder.string()));
  return gib < 0.1 ? fail(text) : gib < 1.0 ? warn(text) : ok(text);
}

void declare(CommandLine& line) {
  line.group("Options").add_options()(
      "folder", po::value<std::string>()->value_name("DIR"),
      "the folder whose locks, writes and space are tested: where the store will lie (default: the one for temporary files)");
}

int run(const po::variables_map& values, Context& context) {
  const std::filesystem::path folder =
      values.count("folder") != 0 ? std::filesystem::path(values["folder"].as<std::string>()) : std::filesystem::temp_directory_path();
  const std::vector<std::pair<const char*, std::function<Finding()>>> checks{
      {"kernel", check_kernel},
      {"processors", check_threads},
      {"memory", check_memory},
      {"arithmetic", check_arithmetic},
      {"locale", check_locale},
      {"hdf5", check_hdf5},
      {"data", [&] { return check_data(context.data_dir); }},
      {"space", [&] { return check_space(folder); }},
      {"locking", [&] { return check_locking(folder); }},
      {"commit", [&] { return check_commit(folder); }},
  };
  bool fit = true;
  for (const auto& [name, check] : checks) {
    Finding finding;
    try {
      finding = check();
    } catch (const std::exception& error) {
      finding = fail(error.what());
    }
    const char* grade = finding.grade == Finding::Grade::ok ? "ok" : finding.grade == Finding::Grade::warn ? "warn" : "fail";
    context.out << fmt::format("{:<6}{:<12}{}\n", grade, name, finding.text);
    fit = fit && finding.grade != Finding::Grade::fail;
  }
  return fit ? 0 : static_cast<int>(ErrorKind::failure);
}

}  // namespace

const Command kDoctor{"doctor",    "is this machine fit: processor, memory, data files, locks, disk",
                      "[options]", "  homeward doctor --folder /srv/dna\n",
                      declare,     run};

}  // namespace homeward::cli
