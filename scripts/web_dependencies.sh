#!/usr/bin/env bash
# Makes the libraries that the WebAssembly build links, from Debian's packages: scripts/build_web.sh runs it.
#
#   scripts/web_dependencies.sh PREFIX [FLAG…]
#
#   PREFIX  the folder they are installed in; it is left as it is when this script has filled it with the same flags
#   FLAG…   what every object is compiled with, for example -pthread
#
# Eigen, nlohmann/json and fmt consist of headers, which the -dev packages of this system hold. fmt is told its separator
# of thousands; otherwise it brings std::locale and the streams of the C++ library, 30 kB of a page. Of utf8proc, the
# four functions in use are written anew from the tables of this system's library (web/make_unicode.py). Catch2 is
# compiled from Debian's source package, whose signature apt verifies; apt's lists of sources are kept beside PREFIX, so
# that nothing of this system changes.
set -euo pipefail
(($# >= 1)) || { sed -n '4,7s/^# \{0,3\}//p' "${BASH_SOURCE[0]}" >&2; exit 2; }
mkdir -p "$1"
prefix=$(cd "$1" && pwd)
shift
cd "$(dirname "${BASH_SOURCE[0]}")/.."
flags="-O2 -fwasm-exceptions $*"
made_by="$flags $(cksum < scripts/web_dependencies.sh)"
[[ $(cat "$prefix/complete" 2> /dev/null) != "$made_by" ]] || exit 0
rm -rf "${prefix:?}"/*

# What consists of headers. Not /usr/include itself: beside them lie the headers of this system's C library.
mkdir -p "$prefix"/{include,share/cmake,lib/cmake/fmt,work}
cp -a /usr/include/eigen3 /usr/include/nlohmann /usr/include/fmt "$prefix/include/"
cp -a /usr/share/eigen3 "$prefix/share/"
cp -a /usr/share/cmake/nlohmann_json "$prefix/share/cmake/"
cat > "$prefix/lib/cmake/fmt/fmt-config.cmake" << 'END'
add_library(fmt::fmt INTERFACE IMPORTED)
target_include_directories(fmt::fmt INTERFACE ${CMAKE_CURRENT_LIST_DIR}/../../../include)
target_compile_definitions(fmt::fmt INTERFACE FMT_HEADER_ONLY "FMT_STATIC_THOUSANDS_SEPARATOR=','")
END

# fetch PACKAGE: unpacks the source of a package of this Debian as work/PACKAGE.
fetch() {
  local apt=$prefix/../apt
  mkdir -p "$apt"/lists/partial "$prefix/work/$1"
  local options=(-qq -o Dir::State::Lists="$apt/lists" -o Dir::Etc::SourceList="$apt/sources.list"
    -o Dir::Etc::SourceParts=/dev/null -o APT::Sandbox::User=)
  if [[ ! -e $apt/sources.list ]]; then
    # shellcheck disable=SC1091
    local release=$(. /etc/os-release && echo "$VERSION_CODENAME") mirror
    mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.{list,sources} 2> /dev/null |
      grep -oE 'https?://[^ ]+/debian/?( |$)' | head -n 1) || true
    echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]" \
      "${mirror:-http://deb.debian.org/debian} $release main" > "$apt/sources.list"
    apt-get "${options[@]}" update
  fi
  (cd "$prefix/work" && apt-get "${options[@]}" source --download-only "$1" &&
    tar -xf "$1"_*.orig.tar.* -C "$1" --strip-components=1)
}

python3 web/make_unicode.py "$prefix/work/utf8proc.cpp"
cp /usr/include/utf8proc.h "$prefix/include/"
# shellcheck disable=SC2086 # several flags
em++ -std=c++20 $flags -I"$prefix/include" -DUTF8PROC_STATIC -c "$prefix/work/utf8proc.cpp" -o "$prefix/work/utf8proc.o"
emar rcs "$prefix/lib/libutf8proc.a" "$prefix/work/utf8proc.o"

# Its one file for all, which compiles in a fifth of the time that the library's hundred files take.
fetch catch2
mkdir -p "$prefix/include/catch2" "$prefix/lib/cmake/Catch2"
cp "$prefix/work/catch2/extras/catch_amalgamated.hpp" "$prefix/include/catch2/"
for header in catch_all.hpp catch_session.hpp; do
  echo '#include "catch_amalgamated.hpp"' > "$prefix/include/catch2/$header"
done
# shellcheck disable=SC2086
em++ -std=c++20 $flags -O1 -DCATCH_AMALGAMATED_CUSTOM_MAIN -I"$prefix/include/catch2" -c "$prefix/work/catch2/extras/catch_amalgamated.cpp" \
  -o "$prefix/work/catch2.o"
emar rcs "$prefix/lib/libCatch2.a" "$prefix/work/catch2.o"
cat > "$prefix/lib/cmake/Catch2/Catch2Config.cmake" << 'END'
add_library(Catch2::Catch2 STATIC IMPORTED)
set_target_properties(Catch2::Catch2 PROPERTIES
  IMPORTED_LOCATION ${CMAKE_CURRENT_LIST_DIR}/../../libCatch2.a
  INTERFACE_INCLUDE_DIRECTORIES ${CMAKE_CURRENT_LIST_DIR}/../../../include)
END

rm -rf "$prefix/work"
echo "$made_by" > "$prefix/complete"
