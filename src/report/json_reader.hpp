// Reading JSON files of ours: every missing or mistyped key is named.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <type_traits>

#include "homeward/error.hpp"

namespace homeward {

using Json = nlohmann::ordered_json;  // keeps the order of keys, so that tables read back as they were written

/// A JSON object with its place in the file, for messages such as `run.json: key counts.hits is missing`.
class JsonReader {
 public:
  JsonReader(const Json& value, std::string file, std::string place = {})
      : value_(value), file_(std::move(file)), place_(std::move(place)) {
    if (!value_.is_object())
      throw Error(ErrorKind::input, file_ + ": " + (place_.empty() ? "the file" : "key " + place_) + " is no JSON object");
  }

  JsonReader object(const std::string& key) const { return {at(key), file_, path(key)}; }
  const Json& array(const std::string& key) const {
    const Json& value = at(key);
    if (!value.is_array()) mistyped(key, value, "an array");
    return value;
  }
  std::string text(const std::string& key) const {
    const Json& value = at(key);
    if (!value.is_string()) mistyped(key, value, "a text");
    return value.get<std::string>();
  }
  bool flag(const std::string& key) const {
    const Json& value = at(key);
    if (!value.is_boolean()) mistyped(key, value, "true or false");
    return value.get<bool>();
  }
  double real(const std::string& key) const {
    const Json& value = at(key);
    if (!value.is_number()) mistyped(key, value, "a number");
    return value.get<double>();
  }
  /// A whole number that fits T.
  template <class T>
  T whole(const std::string& key) const {
    const Json& value = at(key);
    const char* expected = std::is_signed_v<T> ? "a whole number" : "a whole number that is not negative";
    if (!value.is_number_integer() || (std::is_unsigned_v<T> && !value.is_number_unsigned())) mistyped(key, value, expected);
    const T number = value.get<T>();
    if (Json(number) != value) mistyped(key, value, "a smaller whole number");
    return number;
  }
  bool is_null(const std::string& key) const { return at(key).is_null(); }
  const Json& raw() const { return value_; }
  const std::string& file() const { return file_; }

  [[noreturn]] void mistyped(const std::string& key, const Json& found, const std::string& expected) const {
    throw Error(ErrorKind::input, file_ + ": key " + path(key) + " is " + found.type_name() + ", expected " + expected);
  }

 private:
  std::string path(const std::string& key) const { return place_.empty() ? key : place_ + "." + key; }
  const Json& at(const std::string& key) const {
    const auto found = value_.find(key);
    if (found == value_.end()) throw Error(ErrorKind::input, file_ + ": key " + path(key) + " is missing");
    return *found;
  }

  const Json& value_;
  std::string file_, place_;
};

/// Parses a whole file. Throws Error(input) when it cannot be read or is no JSON.
Json parse_json_file(const std::string& path);

}  // namespace homeward
