// Errors: one exception type that carries the exit code of the contract.
#pragma once

#include <stdexcept>
#include <string>

namespace homeward {

/// What went wrong, with the process exit code it maps to. Values are part of the command-line contract.
enum class ErrorKind : int {
  failure = 1,   ///< anything not listed below (disk full, a computation that cannot be done)
  usage = 2,     ///< wrong command line
  input = 3,     ///< an input file is unreadable or invalid
  store = 4,     ///< store missing, damaged, too old, too new or locked
  stopped = 5,   ///< stopped on request with a valid checkpoint
  internal = 70  ///< our bug
};

/// Every error the library throws. The message says what was found, what was expected and what to do;
/// it never contains alleles, names or identity numbers.
class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, const std::string& message) : std::runtime_error(message), kind_(kind) {}
  ErrorKind kind() const noexcept { return kind_; }
  int exit_code() const noexcept { return static_cast<int>(kind_); }

 private:
  ErrorKind kind_;
};

/// A genetic model that cannot be built: frequencies, rates or matrices out of range.
class ModelError : public Error {
 public:
  ModelError(const std::string& locus, const std::string& message)
      : Error(ErrorKind::input, locus.empty() ? message : "locus " + locus + ": " + message) {}
};

}  // namespace homeward
