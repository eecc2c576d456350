#pragma once

namespace mini_bert {

// Shows the page in the reader's language, and has a button for the next one. Without scripts the page stays English.
// The script contains neither < nor &, so the page stays well-formed.
inline constexpr const char* report_script = R"js(
const page = document.documentElement;
const button = document.getElementById("language");
const names = JSON.parse(button.dataset.names);
const codes = Object.keys(names);
const texts = document.querySelectorAll("[data-" + codes[1] + "]");
const labels = document.querySelectorAll("[data-" + codes[1] + "-label]");
for (const part of texts) part.dataset[codes[0]] = part.textContent;
for (const part of labels) part.dataset[codes[0] + "Label"] = part.getAttribute("aria-label");
function show(code) {
  const next = codes[(codes.indexOf(code) + 1) % codes.length];
  page.lang = code;
  for (const part of texts) part.textContent = part.dataset[code];
  for (const part of labels) part.setAttribute("aria-label", part.dataset[code + "Label"]);
  button.textContent = names[next];
  button.lang = next;
  button.onclick = () => show(next);
}
show(codes.find((code) => navigator.language.startsWith(code)) || codes[0]);
button.hidden = false;
)js";

// The page's policy allows this script alone, by the SHA-256 of its bytes in base64. report_in_browser.sh fails when
// the hash is not that of the script; the browser's message in its log names the right one.
inline constexpr const char* report_script_hash = "R2dMGLCoqALYNNpSwAIk9tUYi5doDQ/9SCAkIJRYiqw=";

}  // namespace mini_bert
