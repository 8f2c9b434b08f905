// Export as CODIS CMF 3.2.
#include <algorithm>

#include "base/atomic_file.hpp"
#include "import/codis.hpp"
#include "import/export_parts.hpp"

namespace homeward {

namespace {

using namespace import;

std::string xml_text(std::string_view text, Losses& losses) {
  std::string escaped_text;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped_text += "&amp;";
        break;
      case '<':
        escaped_text += "&lt;";
        break;
      case '>':
        escaped_text += "&gt;";
        break;
      case '"':
        escaped_text += "&quot;";
        break;
      default:
        if (static_cast<unsigned char>(c) < ' ') losses.add("control characters were written as ?, because XML has no place for them");
        escaped_text += static_cast<unsigned char>(c) < ' ' ? '?' : c;
    }
  }
  return escaped_text;
}

const char* category_of(Role role) {
  switch (role) {
    case Role::child:
      return "Unidentified Person";
    case Role::father:
      return "Biological Father";
    case Role::mother:
      return "Biological Mother";
    case Role::sibling:
      return "Biological Sibling";
    case Role::spouse:
      return "Spouse";
    case Role::control:
      return "Elimination, Known";
    case Role::other_relative:
      return "Biological Child";
    default:
      return "Other";
  }
}

/// What category and case id do not say already.
std::string comment_of(const ImportedSample& sample) {
  CodisNote note;
  const bool in_category = sample.role != Role::unknown && std::string_view(category_of(sample.role)) != "Other";
  if (!in_category && sample.role != Role::unknown) note.role = to_string(sample.role);
  const Sex by_category = sample.role == Role::father ? Sex::male : sample.role == Role::mother ? Sex::female : Sex::unknown;
  if (sample.sex != by_category) note.sex = to_string(sample.sex);
  note.person = sample.person_id;
  note.slot = sample.slot;
  note.family = sample.family_id;
  return write_codis_note(note);
}

std::string specimen(const ImportedFile& content, const ImportedSample& sample, Losses& losses) {
  if (sample.sample_id.size() > 24) losses.add("specimen ids are longer than the 24 characters of the schema");
  std::string xml = "  <SPECIMEN SOURCEID=\"No\"";
  if (!sample.family_id.empty() && sample.family_id.size() <= 32) xml += " CASEID=\"" + xml_text(sample.family_id, losses) + '"';
  xml += std::string(" PARTIAL=\"") + (sample.partial ? "true" : "false") + "\">\n    <SPECIMENID>" + xml_text(sample.sample_id, losses) +
         "</SPECIMENID>\n    <SPECIMENCATEGORY>" + category_of(sample.role) + "</SPECIMENCATEGORY>\n";
  const std::string comment = comment_of(sample);
  if (comment.size() > 255) losses.add("specimen comments are longer than the 255 characters of the schema");
  if (!comment.empty()) xml += "    <SPECIMENCOMMENT>" + xml_text(comment, losses) + "</SPECIMENCOMMENT>\n";
  for (const ImportedCall& call : sample.calls) {
    const std::string& locus = content.loci[call.locus].name;
    if (!in_cmf_schema(locus)) losses.add("calls are of loci that the schema does not list");
    xml += "    <LOCUS" + (sample.kit.empty() ? std::string() : " KIT=\"" + xml_text(sample.kit, losses) + '"') + ">\n      <LOCUSNAME>" +
           xml_text(locus, losses) + "</LOCUSNAME>\n";
    // One allele is a homozygote, unless the profile is partial.
    for (const std::string& word : words_of(call, sample.partial ? Homozygote::twice : Homozygote::once, "*"))
      xml += "      <ALLELE>\n        <ALLELEVALUE>" + xml_text(word, losses) + "</ALLELEVALUE>\n      </ALLELE>\n";
    xml += "    </LOCUS>\n";
  }
  return xml + "  </SPECIMEN>\n";
}

ExportedFile write_round(const ImportedFile& content, const Round& round, const std::filesystem::path& path, Losses& losses) {
  AtomicFile file(path);
  ExportedFile written{path.string(), {}, round.size(), 0};
  file.write(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<CODISImportFile xmlns=\"urn:CODISImportFile-schema\">\n"
      "  <HEADERVERSION>3.2</HEADERVERSION>\n  <MESSAGETYPE>Import</MESSAGETYPE>\n  <DESTINATIONORI>HOMEWARD</DESTINATIONORI>\n"
      "  <SOURCELAB>HOMEWARD</SOURCELAB>\n  <SUBMITBYUSERID>homeward</SUBMITBYUSERID>\n");
  for (const ImportedSample* sample : round) {
    file.write(specimen(content, *sample, losses));
    written.rows += sample->calls.size();
  }
  file.write("</CODISImportFile>\n");
  written.sha256 = file.commit();
  return written;
}

}  // namespace

Exported write_cmf32(const ImportedFile& content, const std::filesystem::path& path) {
  Exported exported;
  Losses losses;
  const std::vector<Round> rounds = rounds_of(content);
  for (std::size_t k = 0; k < rounds.size(); ++k) exported.files.push_back(write_round(content, rounds[k], path_of_round(path, k), losses));
  write_pedigrees(content, path, exported);
  losses.report(exported);
  return exported;
}

}  // namespace homeward
