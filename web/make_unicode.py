#!/usr/bin/env python3
"""Writes the part of utf8proc that the tokenizer calls, as one C++ file for the WebAssembly build.

    web/make_unicode.py OUTPUT.cpp

Asks this system's libutf8proc (Debian's libutf8proc-dev) about every code point, so that a page tokenizes as the native
programs do. Debian's binary package holds no source, and the tables of the whole library are three times as large.
"""
import ctypes
import ctypes.util
import sys

HANGUL = range(0xAC00, 0xD7A4)  # decomposed by arithmetic: The Unicode Standard 15.0, section 3.12
DECOMPOSE = 1 << 4  # UTF8PROC_DECOMPOSE
BLOCK = 128  # code points that share one entry of the first table

TEMPLATE = """// Written by web/make_unicode.py from utf8proc {version}.
#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <numeric>

namespace {{

// Two tables in a row: kinds[blocks[c / {block}]][c % {block}] is the index of a property.
constexpr unsigned char blocks[] = {{{blocks}}};
constexpr unsigned char kinds[][{block}] = {{{kinds}}};
struct Property {{
  unsigned char category, combining_class;
}};
constexpr Property properties[] = {{{properties}}};

// The tables of what a page downloads are columns, because similar numbers side by side shrink most. A column of
// ascending numbers holds their steps: sums() adds them up when the table is asked for the first time.
template <std::size_t N>
using Column = std::array<utf8proc_int32_t, N>;
template <std::size_t N>
Column<N> sums(const Column<N>& steps) {{
  Column<N> result;
  std::partial_sum(steps.begin(), steps.end(), result.begin());
  return result;
}}

constexpr Column<{lower_count}> upper_steps = {{{upper_steps}}};
constexpr Column<{lower_count}> lower_distances = {{{lower_distances}}};  // lower case minus upper case

constexpr Column<{count}> composed_steps = {{{composed_steps}}};
constexpr Column<{count}> parts_of[] = {{{part_columns}}};  // the first code point of each, the second, …, or 0

// Where c is in an ascending column; its size if it is not there.
template <std::size_t N>
std::size_t find(const Column<N>& column, utf8proc_int32_t c) {{
  const auto found = std::ranges::lower_bound(column, c);
  return found != column.end() && *found == c ? static_cast<std::size_t>(found - column.begin()) : N;
}}

Property property_of(utf8proc_int32_t c) {{
  if (c < 0 || c > 0x10ffff) return {{UTF8PROC_CATEGORY_CN, 0}};
  return properties[kinds[blocks[c / {block}]][c % {block}]];
}}

}}  // namespace

extern "C" {{

utf8proc_category_t utf8proc_category(utf8proc_int32_t c) {{
  return static_cast<utf8proc_category_t>(property_of(c).category);
}}

// The caller reads these two members and looks at one property at a time.
const utf8proc_property_t* utf8proc_get_property(utf8proc_int32_t c) {{
  thread_local utf8proc_property_t result{{}};
  const Property property = property_of(c);
  result.category = property.category;
  result.combining_class = property.combining_class;
  return &result;
}}

utf8proc_int32_t utf8proc_tolower(utf8proc_int32_t c) {{
  static const auto upper_case = sums(upper_steps);
  const std::size_t found = find(upper_case, c);
  return found < upper_case.size() ? c + lower_distances[found] : c;
}}

// The full canonical decomposition, the only one that is asked for.
utf8proc_ssize_t utf8proc_decompose_char(utf8proc_int32_t c, utf8proc_int32_t* parts, utf8proc_ssize_t size,
                                         utf8proc_option_t, int*) {{
  static const auto composed = sums(composed_steps);
  utf8proc_int32_t whole[std::max<std::size_t>(std::size(parts_of), 3)] = {{c}};
  utf8proc_ssize_t count = 1;
  if (c >= 0xac00 && c < 0xac00 + 11172) {{
    const utf8proc_int32_t syllable = c - 0xac00, trailing = syllable % 28;
    whole[0] = 0x1100 + syllable / 588;
    whole[1] = 0x1161 + syllable % 588 / 28;
    whole[2] = 0x11a7 + trailing;
    count = trailing == 0 ? 2 : 3;
  }} else if (const std::size_t found = find(composed, c); found < composed.size()) {{
    for (count = 0; count < std::ssize(parts_of) && parts_of[count][found] != 0; ++count) {{
      whole[count] = parts_of[count][found];
    }}
  }}
  std::copy_n(whole, std::min(count, size), parts);
  return count;
}}

}}  // extern "C"
"""


class Property(ctypes.Structure):
    """The first members of utf8proc_property_t."""

    _fields_ = [("category", ctypes.c_int16), ("combining_class", ctypes.c_int16)]


def load_library():
    library = ctypes.CDLL(ctypes.util.find_library("utf8proc") or "libutf8proc.so")
    library.utf8proc_version.restype = ctypes.c_char_p
    library.utf8proc_get_property.restype = ctypes.POINTER(Property)
    library.utf8proc_decompose_char.restype = ctypes.c_ssize_t
    library.utf8proc_decompose_char.argtypes = [
        ctypes.c_int32, ctypes.POINTER(ctypes.c_int32), ctypes.c_ssize_t, ctypes.c_int, ctypes.POINTER(ctypes.c_int)]
    return library


def decomposition(library, c):
    parts, boundary = (ctypes.c_int32 * 8)(), ctypes.c_int()
    count = library.utf8proc_decompose_char(c, parts, len(parts), DECOMPOSE, ctypes.byref(boundary))
    return list(parts[:count])


def listed(values):
    return ",".join(map(str, values))


def rows(values):
    return ",".join("{" + listed(row) + "}" for row in values)


def steps(values):
    return [value - before for value, before in zip(values, [0, *values])]


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    library = load_library()
    properties, blocks, kinds, lower, decomposed = {}, [], {}, [], []
    for first in range(0, 0x110000, BLOCK):
        row = []
        for c in range(first, first + BLOCK):
            found = library.utf8proc_get_property(c).contents
            row.append(properties.setdefault((found.category, found.combining_class), len(properties)))
            if library.utf8proc_tolower(c) != c:
                lower.append((c, library.utf8proc_tolower(c)))
            if c not in HANGUL and not 0xD800 <= c < 0xE000 and (parts := decomposition(library, c)) != [c]:
                decomposed.append((c, parts))
        blocks.append(kinds.setdefault(tuple(row), len(kinds)))
    if len(properties) > 256 or len(kinds) > 256:
        sys.exit(f"{len(properties)} properties and {len(kinds)} blocks do not fit in a byte: change BLOCK")
    composed, parts = zip(*decomposed)
    upper = [c for c, _ in lower]
    text = TEMPLATE.format(
        version=library.utf8proc_version().decode(), block=BLOCK, blocks=listed(blocks), kinds=rows(kinds),
        properties=rows(properties), lower_count=len(lower), upper_steps=listed(steps(upper)),
        lower_distances=listed(after - before for before, after in lower), count=len(decomposed),
        composed_steps=listed(steps(composed)),
        part_columns=rows(zip(*((row + [0] * 8)[:max(map(len, parts))] for row in parts))))
    with open(sys.argv[1], "w", encoding="utf-8") as file:
        file.write(text)


if __name__ == "__main__":
    main()
