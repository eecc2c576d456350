#pragma once

#include <filesystem>
#include <memory>

namespace mini_bert {

// Writes a folder of files (a checkpoint) so that its path holds either the old folder or all of the new one. The files
// are built in "<path>.tmp/"; commit() syncs each of them and renames the folder into place. Without commit() the
// temporary folder is removed; one that a killed process left behind is removed by the next AtomicDirectory of the same
// path. A second process that builds the same path at the same time gets an Error.
//
//   AtomicDirectory checkpoint("out/checkpoint-500");
//   write_safetensors(checkpoint.staging() / "model.safetensors", …);
//   checkpoint.commit();
//
// Where a folder of that name exists already, Linux swaps the two in one step. On file systems that cannot (some
// network ones), the old folder is first moved to "<path>.old.tmp", and for an instant neither is in place; a process
// killed right then leaves it there, and the next AtomicDirectory of the path moves it back.
class AtomicDirectory {
 public:
  explicit AtomicDirectory(std::filesystem::path path);
  ~AtomicDirectory();
  AtomicDirectory(AtomicDirectory&&) noexcept;
  AtomicDirectory& operator=(AtomicDirectory&&) noexcept;

  const std::filesystem::path& staging() const;  // where to put the files
  void commit();                                 // once

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace mini_bert
