#include "report/json_reader.hpp"

#include <fstream>

namespace homeward {

Json parse_json_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw Error(ErrorKind::input, "cannot read " + path);
  try {
    return Json::parse(in);
  } catch (const Json::parse_error& error) {
    throw Error(ErrorKind::input, path + " is no valid JSON (byte " + std::to_string(error.byte) + "); it may be cut short");
  }
}

}  // namespace homeward
