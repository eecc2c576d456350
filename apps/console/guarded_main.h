#pragma once

namespace mini_bert {

// Does the work of a program's main() and returns its exit code. An exception that leaves `work` ends the program with
// one line on stderr, "<program>: <what went wrong>", and exit code 1. CommandLine::run() reports exceptions as well,
// but flags are declared before it is called, and its own message may need more memory than there is. This function
// allocates nothing.
int guarded_main(const char* program, int argc, char** argv, int (*work)(int argc, char** argv));

}  // namespace mini_bert
