#include "registry_folder.hpp"

#include <map>

#include "homeward/import.hpp"

namespace homeward::cli {

RegistrySimulationCounts write_registry_folder(const std::filesystem::path& out, const std::filesystem::path& data_dir,
                                               const RegistrySimulationOptions& options) {
  ImportOptions import;
  import.data_dir = data_dir;
  std::map<std::string, RegistryEntity> families, children;  // by id: the order of the files tells nothing
  for (const char* file : {"children.csv", "families.csv"})
    for (const ImportedSample& sample : read_profiles(out / file, import).samples) {
      const bool is_child = sample.role == Role::child;
      const std::string& id = is_child || sample.family_id.empty() ? sample.sample_id : sample.family_id;
      RegistryEntity& entity = (is_child ? children : families)[id];
      entity.id = id;
      entity.is_child = is_child;
      if (is_child) entity.sex = sample.sex;
      entity.samples.push_back({sample.sample_id, sample.role});
    }
  std::vector<RegistryEntity> entities;
  for (const auto* kind : {&families, &children})
    for (const auto& [id, entity] : *kind) entities.push_back(entity);
  std::filesystem::create_directories(out / "registry");
  return simulate_registry(entities, options, out / "registry");
}

}  // namespace homeward::cli
