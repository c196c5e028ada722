// The page works without this: it adds the copy buttons and the search.
for (const button of document.querySelectorAll("button[data-copy]")) {
  const label = button.textContent;
  const source = document.getElementById(button.dataset.copy);
  button.hidden = false;
  button.addEventListener("click", async () => {
    let done = true;
    try {
      await navigator.clipboard.writeText(source.textContent);
    } catch {
      // Over plain http there is no clipboard; select it, so that one key copies it.
      getSelection().selectAllChildren(source);
      done = document.execCommand("copy");
    }
    button.textContent = done ? "Copied" : "Press Ctrl+C";
    setTimeout(() => { button.textContent = label; }, 2000);
  });
}
const search = document.getElementById("search");
const list = document.getElementById("list");
search.parentElement.hidden = false;
search.addEventListener("input", () => {
  const words = search.value.toLowerCase().split(/\s+/);
  let found = 0;
  let heading = null;
  for (const element of list.children) {
    if (element.tagName === "H3") {
      heading = element;
      heading.hidden = true;
      continue;
    }
    const text = element.textContent.toLowerCase();
    const fits = words.every((word) => text.includes(word));
    element.hidden = !fits;
    if (fits) {
      found += 1;
      heading.hidden = false;
    }
  }
  document.getElementById("found").textContent = search.value ? `${found} found` : "";
});
