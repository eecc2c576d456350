#include "mini_bert/base/error.h"

#include "mini_bert/base/argument_error.h"
#include "mini_bert/base/file_error.h"
#include "tests/catch.h"
#include "tests/files/temporary_folder.h"

using namespace mini_bert;
using namespace std::string_literals;

TEST_CASE("error: a message is one line, whatever it quotes") {
  using test::error_of;
  CHECK(one_line("\n\r\t\x1b[2J\x7f 三\0"s) == "\\x0a\\x0d\\x09\\x1b[2J\\x7f 三\\x00");
  CHECK(one_line(one_line("a\nb")) == "a\\x0ab");
  CHECK(error_of([] { fail("no column '{}'", "ques\n"); }) == "no column 'ques\\x0a'");
  CHECK(error_of([] { require(false, "{}: is a folder", "new\nline.txt"); }) == "new\\x0aline.txt: is a folder");
  CHECK(error_of([] { throw ArgumentError("label", "is \"a\nb\""); }) == "`label` is \"a\\x0ab\"");
  CHECK(error_of([] { fail_with_errno("a\nb", cannot_write, ENOSPC); }).starts_with("a\\x0ab: cannot be written"));
}
