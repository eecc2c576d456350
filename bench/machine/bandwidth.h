#pragma once

namespace mini_bert::bench {

// Bytes per second between memory and the processor, measured on arrays of 256 MB, which no cache holds; the best of
// five runs. Only the bytes that the program names are counted. The hardware also reads each cache line before it is
// written, which is not counted.
struct Bandwidth {
  double read;    // s += x_i                           8 bytes read
  double copy;    // y_i = x_i                          8 read, 8 written
  double triad;   // z_i = x_i + a·y_i                  16 read, 8 written. McCalpin 1995, STREAM
  double update;  // w, m, v from w, m, v, g in place   32 read, 24 written, like AdamW
};

Bandwidth memory_bandwidth(int threads);

}  // namespace mini_bert::bench
