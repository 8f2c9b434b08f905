// CODIS messages in XML: CMF 3.2 and 3.3 (CODISImportFile) and Rapid DNA (CODISRapidImportFile). Both have SPECIMEN, LOCUS
// and ALLELE; kits and cases are attributes in the one and elements in the other, and both are read in both.
#include "base/text.hpp"
#include "homeward/error.hpp"
#include "import/codis.hpp"
#include "import/text_file.hpp"
#include "import/xml_stream.hpp"

namespace homeward::import {

namespace {

class CodisHandler final : public XmlHandler {
 public:
  explicit CodisHandler(CodisSpecimens& specimens) : specimens_(specimens) {}

  void begin(std::string_view name, const XmlAttributes& attributes, std::uint64_t line) override {
    if (name == "SPECIMEN") {
      specimen_ = {};
      specimen_.sample.line = line;
      specimen_.sample.kit = kit_;
      specimen_.case_id = attribute(attributes, "CASEID");
      specimen_.sample.partial = partial_of(attribute(attributes, "PARTIAL"), line);
      in_specimen_ = true;
      in_locus_ = false;
    } else if (name == "LOCUS" && in_specimen_) {
      check(specimen_.sample.loci.size() < 100'000, line, "a specimen has more than 100,000 loci");
      specimen_.sample.loci.push_back({{}, std::string(attribute(attributes, "KIT")), {}, line});
      in_locus_ = true;
    }
  }

  void end(std::string_view name, std::string_view text, std::uint64_t line) override {
    text = trim(text);
    if (name == "SPECIMEN" && in_specimen_) {
      specimens_.take(specimen_);
      in_specimen_ = false;
    } else if (name == "LOCUS") {
      in_locus_ = false;
    } else if (in_locus_) {
      of_locus(name, text, line);
    } else if (in_specimen_) {
      of_specimen(name, text);
    } else {
      of_header(name, text, line);
    }
  }

 private:
  static void check(bool sound, std::uint64_t line, const char* defect) {
    if (!sound) throw Error(ErrorKind::input, "line " + std::to_string(line) + ": " + defect);
  }

  bool partial_of(std::string_view text, std::uint64_t line) {
    if (text == "true" || text == "1") return true;
    if (!text.empty() && text != "false" && text != "0")
      specimens_.schema("PARTIAL", line, "PARTIAL is neither true nor false; read as false");
    return false;
  }

  void of_locus(std::string_view name, std::string_view text, std::uint64_t line) {
    ReportedLocus& locus = specimen_.sample.loci.back();
    if (name == "LOCUSNAME") locus.name = text;
    if (name == "KIT") locus.kit = text;
    if (name == "ALLELEVALUE") {
      check(locus.alleles.size() < 1000, line, "a locus has more than 1,000 alleles");
      locus.alleles.emplace_back(text);
    }
  }

  void of_specimen(std::string_view name, std::string_view text) {
    if (name == "SPECIMENID") specimen_.sample.id = text;
    if (name == "SPECIMENCATEGORY") specimen_.category = text;
    if (name == "SPECIMENCOMMENT") specimen_.comment = text;
  }

  void of_header(std::string_view name, std::string_view text, std::uint64_t line) {
    if (name == "KIT") kit_ = text;
    if (name == "SOURCELAB" || name == "DESTINATIONORI" || name == "SOURCEORI") specimens_.check_length("ORI", text, 10, line);
    if (name == "SUBMITBYUSERID") specimens_.check_length("SUBMITBYUSERID", text, 20, line);
    if (name == "MESSAGETYPE" && text != "Import" && text != "Rapid Import")
      specimens_.schema("MESSAGETYPE", line, "MESSAGETYPE is not Import");
  }

  CodisSpecimens& specimens_;
  CodisSpecimens::Specimen specimen_;
  std::string kit_;
  bool in_specimen_ = false, in_locus_ = false;
};

}  // namespace

void read_codis_xml(ImportedFile& file, const TextSource& source, const ImportOptions& options) {
  CodisSpecimens specimens(file, source, options);
  CodisHandler handler(specimens);
  try {
    parse_xml(source.text, handler);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::input) throw;
    throw input_error(source.path, error.what());
  }
  specimens.finish();
}

}  // namespace homeward::import
