#include "import/xml_stream.hpp"

#include <expat.h>
#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <memory>

#include "base/text.hpp"
#include "homeward/error.hpp"

namespace homeward::import {

namespace {

std::string_view local_name(const XML_Char* name) {
  const std::string_view text(name);
  const std::size_t prefix = text.rfind(':');
  return prefix == std::string_view::npos ? text : text.substr(prefix + 1);
}

}  // namespace

struct XmlStream::State {
  XML_Parser parser = nullptr;
  XmlHandler* handler = nullptr;
  std::vector<std::string> texts;  ///< character data of the open elements
  XmlAttributes attributes;
  std::string refusal;        ///< why parsing was stopped
  std::exception_ptr thrown;  ///< by the handler; must not pass through expat's C frames

  std::uint64_t line() const { return XML_GetCurrentLineNumber(parser); }

  void stop(std::string reason) {
    refusal = std::move(reason);
    XML_StopParser(parser, XML_FALSE);
  }

  template <class Call>
  void guarded(const Call& call) {
    if (thrown || !refusal.empty()) return;
    try {
      call();
    } catch (...) {
      thrown = std::current_exception();
      XML_StopParser(parser, XML_FALSE);
    }
  }
};

namespace {

void XMLCALL on_begin(void* user, const XML_Char* name, const XML_Char** pairs) {
  auto& state = *static_cast<XmlStream::State*>(user);
  if (state.texts.size() >= kMaxXmlDepth) return state.stop("elements are nested more than 64 deep");
  state.guarded([&] {
    state.texts.emplace_back();
    state.attributes.clear();
    for (; *pairs != nullptr; pairs += 2) {
      if (state.attributes.size() >= kMaxXmlAttributes) return state.stop("an element has more than 256 attributes");
      state.attributes.emplace_back(local_name(pairs[0]), pairs[1]);
    }
    state.handler->begin(local_name(name), state.attributes, state.line());
  });
}

void XMLCALL on_end(void* user, const XML_Char* name) {
  auto& state = *static_cast<XmlStream::State*>(user);
  state.guarded([&] {
    state.handler->end(local_name(name), state.texts.back(), state.line());
    state.texts.pop_back();
  });
}

void XMLCALL on_text(void* user, const XML_Char* text, int length) {
  auto& state = *static_cast<XmlStream::State*>(user);
  state.guarded([&] {
    if (state.texts.empty()) return;
    std::string& open = state.texts.back();
    if (open.size() + static_cast<std::size_t>(length) > kMaxXmlText) return state.stop("the text of one element is longer than 1 MiB");
    open.append(text, static_cast<std::size_t>(length));
  });
}

void XMLCALL on_doctype(void* user, const XML_Char*, const XML_Char*, const XML_Char*, int) {
  static_cast<XmlStream::State*>(user)->stop(
      "it has a document type declaration (DOCTYPE), which is refused: entities can hide other files");
}

}  // namespace

std::string_view attribute(const XmlAttributes& attributes, std::string_view name) {
  const auto found = std::find_if(attributes.begin(), attributes.end(), [&](const auto& pair) { return pair.first == name; });
  return found == attributes.end() ? std::string_view{} : found->second;
}

XmlStream::XmlStream(XmlHandler& handler, Encoding encoding) : state_(nullptr) {
  auto state = std::make_unique<State>();
  state->handler = &handler;
  state->parser = XML_ParserCreate(encoding == Encoding::utf8 ? "UTF-8" : nullptr);
  if (state->parser == nullptr) throw std::bad_alloc();
  XML_SetUserData(state->parser, state.get());
  XML_SetElementHandler(state->parser, on_begin, on_end);
  XML_SetCharacterDataHandler(state->parser, on_text);
  XML_SetStartDoctypeDeclHandler(state->parser, on_doctype);
  state_ = state.release();
}

XmlStream::~XmlStream() {
  XML_ParserFree(state_->parser);
  delete state_;
}

void XmlStream::parse(std::string_view bytes, bool last) {
  const XML_Status status = XML_Parse(state_->parser, bytes.data(), static_cast<int>(bytes.size()), last ? XML_TRUE : XML_FALSE);
  if (state_->thrown) std::rethrow_exception(state_->thrown);
  if (!state_->refusal.empty()) throw Error(ErrorKind::input, fmt::format("line {}: {}", state_->line(), state_->refusal));
  if (status == XML_STATUS_ERROR)
    throw Error(ErrorKind::input, fmt::format("line {}: no well-formed XML ({}); the file is damaged or cut off", state_->line(),
                                              XML_ErrorString(XML_GetErrorCode(state_->parser))));
}

void XmlStream::feed(std::string_view bytes) {
  constexpr std::size_t kBlock = std::size_t{1} << 20U;  // expat counts in int
  for (; !bytes.empty(); bytes.remove_prefix(std::min(kBlock, bytes.size()))) parse(bytes.substr(0, kBlock), false);
}

void XmlStream::finish() { parse({}, true); }

void parse_xml(std::string_view text, XmlHandler& handler) {
  XmlStream stream(handler);
  stream.feed(text);
  stream.finish();
}

}  // namespace homeward::import
