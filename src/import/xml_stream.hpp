// XML element by element, in bounded memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace homeward::import {

/// Attribute names without their namespace prefix.
using XmlAttributes = std::vector<std::pair<std::string_view, std::string_view>>;
/// Value of an attribute; empty when absent.
std::string_view attribute(const XmlAttributes& attributes, std::string_view name);

/// Told of every element. Names come without their namespace prefix. Views live until the call returns.
class XmlHandler {
 public:
  virtual ~XmlHandler() = default;
  virtual void begin(std::string_view name, const XmlAttributes& attributes, std::uint64_t line) = 0;
  /// @param text the character data of the element that was not inside a child element, as it stands
  virtual void end(std::string_view name, std::string_view text, std::uint64_t line) = 0;
};

inline constexpr std::size_t kMaxXmlDepth = 64;
inline constexpr std::size_t kMaxXmlAttributes = 256;
inline constexpr std::size_t kMaxXmlText = std::size_t{1} << 20U;  ///< character data of one element, bytes

/// Feeds a document to a handler piece by piece: bytes as they come from a file or an archive.
///
///     XmlStream stream(handler);
///     while (...) stream.feed(block);
///     stream.finish();
///
/// The text is UTF-8 whatever its declaration says (the caller decoded it), unless `trust_declaration`. A document type
/// declaration is refused, with all entities beyond the five of XML. Throws Error(input) "line N: ..." when the document is no
/// XML or goes beyond the bounds above; what the handler throws passes through. Not thread-safe; one document per object.
class XmlStream {
 public:
  enum class Encoding : std::uint8_t { utf8, declared };
  explicit XmlStream(XmlHandler& handler, Encoding encoding = Encoding::utf8);
  ~XmlStream();
  XmlStream(const XmlStream&) = delete;
  XmlStream& operator=(const XmlStream&) = delete;
  void feed(std::string_view bytes);
  void finish();

  struct State;

 private:
  void parse(std::string_view bytes, bool last);
  State* state_;
};

/// A whole document in memory.
void parse_xml(std::string_view text, XmlHandler& handler);

}  // namespace homeward::import
