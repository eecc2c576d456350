#include "tests/apps/program_testing.h"
#include "tests/catch.h"

using namespace mini_bert::testing;

// Only GNU's OpenMP library prints this setting.
#if defined(MINI_BERT_OPENMP) && !defined(__clang__)

namespace {

std::string spin_count(const std::string& environment) {
  const TemporaryFolder folder;
  return run(folder.path(), "unset OMP_WAIT_POLICY GOMP_SPINCOUNT; " + environment +
                                " OMP_DISPLAY_ENV=verbose mini_bert_vocab --version 2>&1 | "
                                "sed -n \"s/.*GOMP_SPINCOUNT = '\\(.*\\)'.*/\\1/p\"")
      .out;
}

}  // namespace

TEST_CASE("threads that wait spin a thousand turns, unless the user chose", "[apps]") {
  CHECK(spin_count("") == "1000\n");
  CHECK(spin_count("GOMP_SPINCOUNT=7") == "7\n");
  CHECK(spin_count("OMP_WAIT_POLICY=passive") == "0\n");
}

TEST_CASE("a program that starts itself again keeps its name, its arguments and its exit code", "[apps]") {
  const TemporaryFolder folder;
  CHECK(run(folder.path(), "mini_bert_vocab --no-such-flag").exit_code == 1);
  CHECK(run(folder.path(), "mini_bert_vocab --no-such-flag").err.find("--no-such-flag") != std::string::npos);
}

#endif
