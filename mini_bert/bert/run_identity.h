#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mini_bert/base/error.h"

namespace mini_bert {

// The facts that decide the bits of a training run: the training arguments, fingerprints of the data, the model's
// configuration, the instruction set. A resumed run must state the same facts. A fact that is a training argument has
// its name as the key. Values are texts. A floating-point number is written with enough digits to read the same number
// back, so equal texts mean equal bits.
class RunIdentity {
 public:
  struct Fact {
    std::string key, value;
    bool operator==(const Fact&) const = default;
  };

  // A key with different values in two runs. An empty value means that the run does not state the key.
  struct Difference {
    std::string key, before, now;
  };

  // Adds one fact. A key may be added only once.
  template <class T>
  void add(const std::string& key, const T& value) {
    add_text(key, fmt::format("{}", value));
  }
  void add_text(std::string key, std::string value);
  void add_fingerprint(std::string key, std::uint64_t fingerprint);  // written as 16 hexadecimal digits
  void add_all(const RunIdentity& other);

  const std::vector<Fact>& facts() const { return facts_; }  // sorted by key
  std::string_view value(std::string_view key) const;        // empty when the key is not stated

  // The keys with different values, sorted. Keys that only `before` states come last.
  std::vector<Difference> differences_from(const RunIdentity& before) const;

  bool operator==(const RunIdentity&) const = default;

 private:
  std::vector<Fact> facts_;
};

// The key of the instruction set that computes. Another one gives other bits, and nothing else that differs.
inline constexpr std::string_view instruction_set_key = "instruction_set";

// A checkpoint belongs to another run than the one that should continue. what() names the differing keys with both
// values, for example "out/checkpoint-5/trainer_state.json: the run cannot go on with other arguments or data than it
// began with: `learning_rate` was 5e-05, now it is 0.0001".
class OtherRunError : public Error {
 public:
  OtherRunError(const std::string& file, std::vector<RunIdentity::Difference> differences);

  const std::vector<RunIdentity::Difference>& differences() const { return differences_; }

 private:
  std::vector<RunIdentity::Difference> differences_;
};

}  // namespace mini_bert
