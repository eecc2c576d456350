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
#include <iterator>

namespace {{

// Two tables in a row: kinds[blocks[c / {block}]][c % {block}] is the index of a property.
constexpr unsigned char blocks[] = {{{blocks}}};
constexpr unsigned char kinds[][{block}] = {{{kinds}}};
struct Property {{
  unsigned char category, combining_class;
}};
constexpr Property properties[] = {{{properties}}};

struct Lower {{
  utf8proc_int32_t upper, lower;
}};
constexpr Lower lower_case[] = {{{lower}}};

struct Decomposition {{
  utf8proc_int32_t composed, parts[{most_parts}];
}};
constexpr Decomposition decompositions[] = {{{decompositions}}};

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
  const auto* const found = std::ranges::lower_bound(lower_case, c, {{}}, &Lower::upper);
  return found != std::end(lower_case) && found->upper == c ? found->lower : c;
}}

// The full canonical decomposition, the only one that is asked for.
utf8proc_ssize_t utf8proc_decompose_char(utf8proc_int32_t c, utf8proc_int32_t* parts, utf8proc_ssize_t size,
                                         utf8proc_option_t, int*) {{
  utf8proc_int32_t whole[{most_parts}] = {{c}};
  utf8proc_ssize_t count = 1;
  if (c >= 0xac00 && c < 0xac00 + 11172) {{
    const utf8proc_int32_t syllable = c - 0xac00, trailing = syllable % 28;
    whole[0] = 0x1100 + syllable / 588;
    whole[1] = 0x1161 + syllable % 588 / 28;
    whole[2] = 0x11a7 + trailing;
    count = trailing == 0 ? 2 : 3;
  }} else if (const auto* const found = std::ranges::lower_bound(decompositions, c, {{}}, &Decomposition::composed);
             found != std::end(decompositions) && found->composed == c) {{
    std::ranges::copy(found->parts, whole);
    count = std::ranges::find(found->parts, 0) - found->parts;
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
    rows = lambda values: ",".join("{" + ",".join(map(str, row)) + "}" for row in values)
    text = TEMPLATE.format(
        version=library.utf8proc_version().decode(), block=BLOCK, blocks=",".join(map(str, blocks)),
        kinds=rows(kinds), properties=rows(properties), lower=rows(lower),
        most_parts=max(len(parts) for _, parts in decomposed) + 1,  # a zero ends them
        decompositions=rows([c, "{" + ",".join(map(str, parts)) + "}"] for c, parts in decomposed))
    with open(sys.argv[1], "w", encoding="utf-8") as file:
        file.write(text)


if __name__ == "__main__":
    main()
