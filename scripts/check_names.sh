#!/usr/bin/env bash
# A parameter is a thing, a name is a spelling: the names of checkpoints are spelled in mini_bert/bert/names/ and nowhere
# else. Fails when a string literal in mini_bert/ or apps/ spells such a name, or part of one, and when code compares the
# path of a parameter. Only the calls of modules' register_ functions may spell paths. Comments are not looked at.
#
#   scripts/check_names.sh [ROOT]
set -euo pipefail
cd "${1:-"$(dirname "${BASH_SOURCE[0]}")/.."}"

[[ -d mini_bert ]] || { echo "$PWD has no folder mini_bert" >&2; exit 2; }
folders=(mini_bert)
[[ ! -d apps ]] || folders+=(apps)

find "${folders[@]}" \( -name '*.h' -o -name '*.cpp' \) -not -path 'mini_bert/bert/names/*' -exec awk '
  BEGIN {
    # Parts of names, inside a literal.
    spelled = "\"[^\"]*(bert[./](encoder|embeddings|pooler)|encoder[./]layer|embeddings\\.(word|norm)|cls[./](predictions|seq_relationship|squad)|pooler[./](dense|weight|bias)|qa_outputs|seq_relationship|masked_words|next_sentence\\.|classifier[./]|attention\\.(self|output|query|key|value|norm)|intermediate\\.|feed_forward\\.|output\\.dense|adam_[mv])"
    table = "\"([^\"]*[./])?(word|position|token_type)_embeddings"
    norm = "\"([^\" ]*[./])?LayerNorm([./][^\"]*)?\""
    # Endings, and comparisons with them.
    ending = "\"[^\"]*[./](weight|bias|gamma|beta|kernel|scale|shift)\""
    bare = "(==|!=|_with\\(|find\\(|contains\\(|compare\\() *\"(weight|bias|gamma|beta|kernel|scale|shift|LayerNorm)\""
    compared = "(\\.|->)path(\\.(starts_with|ends_with|find|contains|compare)\\(| *[!=]= *\"|\\.substr\\()"
  }
  {
    line = $0
    sub(/^[ \t]*#[ \t]*include.*/, "", line)
    gsub(/\\"/, "", line)
    # A comment begins at // outside a literal. `literals` holds the literals alone.
    quoted = 0
    literals = ""
    for (i = 1; i <= length(line); ++i) {
      c = substr(line, i, 1)
      if (!quoted && substr(line, i, 2) == "//") { line = substr(line, 1, i - 1); break }
      if (c == "\"") quoted = !quoted
      if (quoted || c == "\"") literals = literals c
      if (c == "\"" && !quoted) literals = literals " "
    }
    if (line ~ /register_(parameter|table|module|head)\(/) next
    if (literals ~ spelled || literals ~ table || literals ~ norm || literals ~ ending || line ~ bare || line ~ compared) {
      printf "%s:%d: spells or compares the name of a parameter; ask the Parameter, or see mini_bert/bert/names/: %s\n", FILENAME, FNR, $0
      bad = 1
    }
  }
  END { exit bad }
' {} +
echo "names: ok"
