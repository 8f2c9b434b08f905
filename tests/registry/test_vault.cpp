// The vault: what goes in comes out, only for the key, and nothing of it stands in the file's bytes.
#include <sys/stat.h>

#include "homeward/error.hpp"
#include "homeward/vault.hpp"
#include "registry_fixture.hpp"

using namespace homeward;
using namespace homeward::registry_test;

namespace {

constexpr const char* kUuid = "00000000-0000-4000-8000-000000000001";

VaultEntry entry(const std::string& id, const std::string& name) {
  VaultEntry made{id, "0123456789abcdef", "site1", {}};
  append_personal_field(made.fields, RegistrationField::name, name);
  append_personal_field(made.fields, RegistrationField::phone, "10000000001");
  return made;
}

std::vector<VaultEntry> all_of(const Vault& vault) {
  std::vector<VaultEntry> entries;
  vault.for_each([&](const VaultEntry& e) { entries.push_back(e); });
  return entries;
}

/// A vault of a key file with two people.
struct Made {
  Folder folder{"vault"};
  VaultKey key;
  std::filesystem::path path;
  Made() : path(folder / "a.vault") {
    key.key_file = folder / "a.key";
    create_key_file(key.key_file);
    Vault vault = Vault::create(path, key, kUuid);
    vault.rewrite([](const VaultEntry&) { return true; },
                  [](const VaultSink& add) {
                    add(entry("R1", "王小明"));
                    add(entry("R2", "李小红"));
                  });
  }
};

}  // namespace

TEST_CASE("people come out of the vault as they went in, and their words are not in its bytes") {
  const Made made;
  const Vault vault = Vault::open(made.path, made.key);
  const std::vector<VaultEntry> entries = all_of(vault);
  REQUIRE(entries.size() == 2);
  CHECK(entries[0].id == "R1");
  CHECK(entries[0].site == "site1");
  CHECK(personal_fields(entries[1].fields)[0].second == "李小红");
  const std::string bytes = bytes_of(made.path);
  for (const char* word : {"王小明", "李小红", "10000000001", "R1", "site1"}) CHECK(bytes.find(word) == std::string::npos);
  struct stat status {};
  REQUIRE(::stat(made.path.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
  REQUIRE(::stat(made.key.key_file.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
}

TEST_CASE("what is taken out of the vault is gone, the rest stays, and no sealed piece is used twice") {
  const Made made;
  const std::string before = bytes_of(made.path);
  Vault vault = Vault::open(made.path, made.key);
  const std::uint64_t hash = vault.hash("10000000001");
  vault.rewrite([](const VaultEntry& e) { return e.id != "R1"; }, [](const VaultSink& add) { add(entry("R3", "张三")); });
  const std::vector<VaultEntry> entries = all_of(Vault::open(made.path, made.key));
  REQUIRE(entries.size() == 2);
  CHECK(entries[0].id == "R2");
  CHECK(entries[1].id == "R3");
  CHECK(Vault::open(made.path, made.key).hash("10000000001") == hash);
  const std::string after = bytes_of(made.path);
  for (std::size_t at = 152; at + 16 <= before.size(); at += 16) CHECK(after.find(before.substr(at, 16)) == std::string::npos);
}

TEST_CASE("another key, another store, a changed or a shortened vault is refused") {
  const Made made;
  VaultKey other;
  other.key_file = made.folder / "other.key";
  create_key_file(other.key_file);
  CHECK_THROWS_AS(Vault::open(made.path, other), Error);
  CHECK_THROWS_AS(create_key_file(other.key_file), Error);  // never overwritten
  Vault vault = Vault::open(made.path, made.key);
  CHECK_THROWS_AS(vault.bind("00000000-0000-4000-8000-000000000002"), Error);
  const std::string bytes = bytes_of(made.path);
  const auto opens = [&](const std::string& changed) {
    const auto path = made.folder.write("b.vault", changed);
    all_of(Vault::open(path, made.key));
  };
  CHECK_NOTHROW(opens(bytes));
  for (std::size_t at = 0; at < bytes.size(); at += 7) {
    INFO("byte " << at);
    std::string changed = bytes;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    CHECK_THROWS_AS(opens(changed), Error);
  }
  for (std::size_t length = 0; length < bytes.size(); length += 11) {
    INFO("length " << length);
    CHECK_THROWS_AS(opens(bytes.substr(0, length)), Error);
  }
  CHECK_THROWS_AS(opens(bytes + "x"), Error);
}

TEST_CASE("hashes are of the key: another vault's hash of the same text is another") {
  const Made made;
  const Vault first = Vault::open(made.path, made.key);
  const Vault second = Vault::create(made.folder / "c.vault", made.key, kUuid);
  CHECK(first.hash("a") == first.hash("a"));
  CHECK(first.hash("a") != first.hash("b"));
  CHECK(first.hash("a") != second.hash("a"));
}

TEST_CASE("a passphrase opens its vault and another does not; a short one is refused") {
  const Folder folder("passphrase");
  const VaultKey key{{}, "three invented words", VaultKey::Cost::interactive};
  Vault::create(folder / "a.vault", key, kUuid)
      .rewrite([](const VaultEntry&) { return true; }, [](const VaultSink& add) { add(entry("R1", "甲")); });
  CHECK(all_of(Vault::open(folder / "a.vault", key)).size() == 1);
  CHECK_THROWS_AS(Vault::open(folder / "a.vault", {{}, "three invented word", {}}), Error);
  CHECK_THROWS_AS(Vault::create(folder / "b.vault", {{}, "short", {}}, kUuid), Error);
}

TEST_CASE("ids of registrations are random, of one length, and say nothing") {
  const std::string a = random_registration_id(), b = random_registration_id();
  CHECK(a.size() == 15);
  CHECK(a[0] == 'R');
  CHECK(a != b);
}
