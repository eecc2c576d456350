#!/usr/bin/env bash
# Loads the sample report in a headless browser and checks what that makes of it: nothing repaired, nothing complained
# about, nothing cut off on a wide or a narrow page, in English and in Chinese; pictures of it that are not blank.
#
#   tests/apps/report/report_in_browser.sh REPORT_SAMPLE [KEEP]
#
# REPORT_SAMPLE is the program that writes the page; KEEP a folder for page and pictures. Exit code 77 (skipped) where no
# browser is found, 1 if CI=true.
set -euo pipefail
sample=$1

browser=${BROWSER_FOR_TESTS:-}
for name in google-chrome chromium chromium-browser; do
  [[ -n $browser ]] || browser=$(command -v "$name" || true)
done
if [[ -z $browser ]]; then
  echo "no google-chrome or chromium found: report.html has not been looked at (install one, or set BROWSER_FOR_TESTS)"
  [[ ${CI:-} != true ]] || exit 1
  exit 77
fi

# Below the working directory: a browser from a snap sees neither /tmp nor hidden folders.
folder=$(mktemp -d "$PWD/report_in_browser.XXXXXX")
trap 'rm -rf "$folder"' EXIT
page=$folder/report.html
"$sample" "$page"

failures=0
fail() {
  echo "FAILED: $*"
  failures=$((failures + 1))
}
# browse FILE OPTIONS...: what the browser says goes to $folder/log, what it prints to standard output.
browse() {
  timeout 60 "$browser" --lang="${language:-en-US}" --accept-lang="${language:-en-US}" --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --hide-scrollbars \
    --no-first-run --user-data-dir="$folder/profile" --enable-logging=stderr "${@:2}" "file://$1" 2> "$folder/log" || {
    cat "$folder/log"
    echo "FAILED: $browser could not show $1"
    exit 1
  }
}
# tags FILE: how many there are of each start and end tag; what the browser had to add shows. It writes <circle></circle>
# for <circle />, so these end tags do not count.
tags() { grep -oE '</?[a-z][a-z0-9]*' "$1" | grep -vxE '</(line|polyline|circle|rect)' | sort | uniq -c; }
# coordinates FILE: of all polylines.
coordinates() { grep -oE ' points="[^"]*"' "$1" | grep -oE '[0-9.]+,[0-9.]+' | wc -l; }

# 1. The page as the browser understands it is the page as written.
browse "$page" --dump-dom > "$folder/dom.html"
diff <(tags "$page") <(tags "$folder/dom.html") || fail "the browser repaired the page"
written=$(coordinates "$page") shown=$(coordinates "$folder/dom.html")
((written == shown && shown > 200)) || fail "$written points of lines written, $shown in the browser"
for text in 'the training loss fell from 6.052 to 2.135' '2 of 3 probes changed their first answer' '<span>国</span> → <b>茅</b>' \
  'best: 2.963, step 240' 'runs/zhugetao &lt;first&gt; &amp; "best"' '诸葛亮字孔<span class="blank">[MASK]</span>'; do
  grep -qF -- "$text" "$folder/dom.html" || fail "the browser does not show: $text"
done
if grep CONSOLE "$folder/log"; then fail "the browser complains"; fi

# The same page for a Chinese reader, and for one whose browser runs no scripts.
language=zh-CN browse "$page" --dump-dom > "$folder/chinese.html"
for text in '<html lang="zh">' '训练损失从 6.052 降到 2.135' '3 个问题中，2 个换了第一答案' '最好：2.963，第 240 步</text>' \
  'aria-label="全部记录"' '>English</button>'; do
  grep -qF -- "$text" "$folder/chinese.html" || fail "the browser does not show a Chinese reader: $text"
done
if grep -E '<(h2|p|figcaption|th|summary)[^>]*data-zh[^>]*>[A-Za-z ]+<' "$folder/chinese.html"; then
  fail "a translated text is still English"
fi
if grep CONSOLE "$folder/log"; then fail "the browser complains in Chinese"; fi
sed '/<script>/,/<\/script>/d' "$page" > "$folder/no_script.html"
language=zh-CN browse "$folder/no_script.html" --dump-dom > "$folder/still.html"
grep -qF 'the training loss fell from 6.052 to 2.135' "$folder/still.html" || fail "without scripts the page is not English"

# 2. A page that asked for more would be refused it, and this test would see that.
sed 's|</main>|<script>document.title = "ran"</script><img src="https://example.org/x.png" alt="" />&|' "$page" \
  > "$folder/greedy.html"
browse "$folder/greedy.html" --dump-dom > "$folder/greedy_dom.html"
(($(grep -c 'CONSOLE.*Content Security Policy' "$folder/log") >= 2)) || fail "a script and an image were not refused"
if grep -q '<title>ran' "$folder/greedy_dom.html"; then fail "a script ran"; fi

# 3. Measured in the browser, in a copy that allows a script: nothing wider than the page, no text of a chart cut off.
# The frame is 400 wide, as the smallest window may be wider.
cat > "$folder/script" << 'SCRIPT'
<script>
const problems = [];
const wide = document.documentElement.scrollWidth - innerWidth;
if (wide > 0) problems.push(`the page is ${wide} px too wide`);
const charts = [...document.querySelectorAll("svg")].filter((svg) => svg.getBoundingClientRect().width > 0);
for (const svg of charts) {
  const box = svg.viewBox.baseVal;
  for (const text of svg.querySelectorAll("text")) {
    const b = text.getBBox();
    if (b.x < -0.5 || b.y < -0.5 || b.x + b.width > box.width + 0.5 || b.y + b.height > box.height + 0.5) {
      problems.push(`cut off: ${text.textContent}`);
    }
  }
}
const switcher = document.getElementById("language"), heading = document.querySelector("h2");
const seen = [];
for (let i = 0; i !== 3; ++i) {
  seen.push(`${document.documentElement.lang} ${heading.textContent} ${switcher.textContent}`);
  switcher.click();
}
if (seen[0] === seen[1] || seen[0] !== seen[2]) problems.push(`the button does not switch: ${seen}`);
switcher.click();
for (const details of document.querySelectorAll("details")) details.open = true;
if (document.documentElement.scrollWidth > innerWidth) problems.push("too wide with all rows shown");
parent.postMessage(`${innerWidth} px, ${charts.length} charts: ${problems.join("; ") || "fine"}`, "*");
</script>
SCRIPT
grep -v 'Content-Security-Policy' "$page" | sed "/<\/script>/r $folder/script" > "$folder/measured.html"
cat > "$folder/frames.html" << 'FRAMES'
<script>onmessage = (event) => document.body.append(`[${event.data}]`);</script>
<body><iframe src="measured.html" width="400" height="800" style="border: 0"></iframe>
<iframe src="measured.html" width="1100" height="800" style="border: 0"></iframe></body>
FRAMES
for language in en-US zh-CN; do
  browse "$folder/frames.html" --window-size=1600,900 --virtual-time-budget=3000 --dump-dom > "$folder/measures.html"
  for width in 400 1100; do
    grep -qF "[$width px, 6 charts: fine]" "$folder/measures.html" ||
      fail "$language: 6 charts and no problem expected:" \
        "$(grep -oE "\[$width px[^]]*" "$folder/measures.html" || echo "no answer")"
  done
done
language=en-US

# 4. Pictures. A blank one of this size has about 10 kB.
browse "$page" --window-size=1100,1600 --screenshot="$folder/light.png"
language=zh-CN browse "$page" --window-size=1100,1600 --screenshot="$folder/chinese.png"
browse "$page" --window-size=1100,1600 --screenshot="$folder/dark.png" --blink-settings=preferredColorScheme=0
for picture in light dark chinese; do
  size=$(wc -c < "$folder/$picture.png")
  ((size > 60000)) || fail "the $picture picture has $size bytes: is it blank?"
done
if cmp -s "$folder/light.png" "$folder/dark.png"; then fail "dark looks like light"; fi

if [[ -n ${2:-} ]]; then
  mkdir -p "$2"
  cp "$page" "$folder"/{light,dark,chinese}.png "$2"
fi
((failures == 0)) || exit 1
echo "report in browser: ok ($("$browser" --version 2> /dev/null))"
