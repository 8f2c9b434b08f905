// `homeward lr`: the likelihood ratio of a stated case.
#include "base/text.hpp"
#include "command.hpp"
#include "homeward/error.hpp"
#include "linked_loci.hpp"
#include "lr_cases.hpp"
#include "lr_pedigree.hpp"

namespace homeward::cli {

namespace {

void declare(CommandLine& line) {
  line.group("Stated cases")
      .add_options()  //
      ("cases", po::value<std::string>()->value_name("FILE"),
       "cases, one JSON object a line, or a Familias project (.fam); - = standard input")  //
      ("frequencies", po::value<std::vector<std::string>>()->multitoken()->composing()->value_name("ID=FILE.csv"),
       "frequency tables the cases name: ID=FILE.csv, FILE.csv (id = its stem) or a folder of them");
  line.group("A family's profiles")
      .add_options()                                                                                                                   //
      ("population", po::value<std::string>()->value_name("POP"), "path or id of a population")                                        //
      ("pedigree", po::value<std::string>()->value_name("H1.tsv"), "pedigree under H1, the missing person marked")                     //
      ("alternative", po::value<std::string>()->value_name("H2.tsv"), "pedigree under H2 (default: the missing person is unrelated)")  //
      ("profiles", po::value<std::vector<std::string>>()->multitoken()->composing()->value_name("FILE"),
       "DNA profiles of the samples the pedigree names")                                                                  //
      ("dropout", po::value<double>()->value_name("D"), "partial profiles: probability that an allele copy is not seen")  //
      ("dropin", po::value<double>()->value_name("C"), "partial profiles: probability of one extra allele")               //
      ("linked", po::value<std::vector<std::string>>()->composing()->value_name("A,B,RHO"),
       "two linked loci and their recombination fraction: jointly in the total; may be repeated");
  declare_model_options(line.group("Model (for --pedigree; a case states its own)"));
}

std::optional<double> probability(const po::variables_map& values, const char* name) {
  if (values.count(name) == 0) return std::nullopt;
  const double p = values[name].as<double>();
  if (!(p >= 0.0 && p <= 1.0)) throw Error(ErrorKind::usage, std::string("--") + name + " is a probability, from 0 to 1");
  return p;
}

LrPedigreeOptions parse_pedigree_options(const po::variables_map& values) {
  for (const char* name : {"population", "pedigree", "profiles"})
    if (values.count(name) == 0)
      throw Error(ErrorKind::usage, std::string("--") + name + " is needed (or --cases FILE.jsonl); see `homeward help lr`");
  LrPedigreeOptions options;
  options.population = values["population"].as<std::string>();
  options.pedigree = values["pedigree"].as<std::string>();
  options.profiles = values["profiles"].as<std::vector<std::string>>();
  if (values.count("alternative") != 0) options.alternative = values["alternative"].as<std::string>();
  options.dropout = probability(values, "dropout");
  options.dropin = probability(values, "dropin");
  if (values.count("linked") != 0) options.linked = parse_linked(values["linked"].as<std::vector<std::string>>());
  if (options.dropin && !options.dropout) throw Error(ErrorKind::usage, "--dropin needs --dropout");
  if (!values["couple-weights"].defaulted())
    throw Error(ErrorKind::usage, "--couple-weights has no meaning for a stated pedigree: it is one hypothesis");
  options.model = parse_model_options(values);
  return options;
}

int run(const po::variables_map& values, Context& context) {
  if (values.count("cases") == 0) {
    if (values.count("frequencies") != 0)
      throw Error(ErrorKind::usage, "--frequencies belongs to --cases; a --pedigree takes its frequencies from --population");
    return run_lr_pedigree(parse_pedigree_options(values), context);
  }
  for (const char* name : {"population", "pedigree", "alternative", "profiles", "dropout", "dropin", "linked", "theta", "mutation-model"})
    if (values.count(name) != 0)
      throw Error(ErrorKind::usage, std::string("--") + name + " cannot go with --cases: a case states all of it itself");
  LrCasesOptions options;
  options.cases = values["cases"].as<std::string>();
  if (values.count("frequencies") != 0) options.frequencies = values["frequencies"].as<std::vector<std::string>>();
  return run_lr_cases(options, context);
}

}  // namespace

const Command kLr{
    "lr",
    "likelihood ratio of a stated case, any two pedigrees against each other",
    "--cases FILE.jsonl [--frequencies ID=FILE.csv ...] | --population POP --pedigree H1.tsv [--alternative H2.tsv] --profiles FILE",
    "  homeward lr --cases cases.jsonl --frequencies NOR=norway.csv\n"
    "  homeward lr --population cn --pedigree family.tsv --profiles profiles.csv\n"
    "  homeward lr --population cn --pedigree grandson.tsv --alternative nephew.tsv --profiles profiles.csv --theta 0.01\n",
    declare,
    run};

}  // namespace homeward::cli
