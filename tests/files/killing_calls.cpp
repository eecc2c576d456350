// Arms failing_calls.cpp in a program that preloads both: MINI_BERT_KILL_AT=7 kills it before its 7th call that changes
// a file.
#include <cstdlib>

#include "tests/files/failing_calls.h"

namespace {

__attribute__((constructor)) void arm() {
  if (const char* const call = std::getenv("MINI_BERT_KILL_AT")) {
    mini_bert::test::fault.kill_at = std::atoi(call);
    mini_bert::test::fault.armed = true;
  }
}

}  // namespace
