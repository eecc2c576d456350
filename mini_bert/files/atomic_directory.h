#pragma once

#include <filesystem>
#include <memory>
#include <string_view>

namespace mini_bert {

// Writes a folder of files (a checkpoint) so that its path always holds either the old folder or all of the new one.
// The files are written to "<path>.tmp/"; commit() syncs each of them and renames the folder into place. Without
// commit() the temporary folder is removed. A temporary folder that a killed process left behind is removed by the next
// AtomicDirectory of the same path. A second process that builds the same path at the same time gets an Error.
//
//   AtomicDirectory checkpoint("out/checkpoint-500");
//   write_safetensors(checkpoint.staging() / "model.safetensors", …);
//   checkpoint.commit();
//
// When a folder of that name exists, Linux swaps the two in one step. Some network file systems cannot swap. There the
// old folder is first moved to "<path>.old.tmp", and for an instant the path does not exist. If the process is killed
// at that instant, the next AtomicDirectory of the path moves the old folder back.
class AtomicDirectory {
 public:
  // `mark` stands before ".tmp" in the names of temporary folders. Where the path is not in a folder of ours, it keeps
  // them from having the name of a folder of somebody else.
  explicit AtomicDirectory(std::filesystem::path path, std::string_view mark = "");
  ~AtomicDirectory();
  AtomicDirectory(AtomicDirectory&&) noexcept;
  AtomicDirectory& operator=(AtomicDirectory&&) noexcept;

  const std::filesystem::path& staging() const;  // where to put the files
  void commit();                                 // once
  // commit() of a folder that replaces another one, but only in one step. Returns false where that is impossible; then
  // the old folder stays, and the new one is removed with this object.
  bool commit_by_exchange();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace mini_bert
