// Names for the fields of Datasette's own pages, which have none for those who hear a page instead of seeing it.
"use strict";
const vi = document.documentElement.lang === "vi";
const names = {
  _filter_column: vi ? "Cột" : "Column", _filter_op: vi ? "So sánh" : "Comparison", _filter_value: vi ? "Giá trị" : "Value",
  _sort: vi ? "Sắp xếp theo" : "Sort by", sql: "SQL",
};
const name = () => {
  for (const field of document.querySelectorAll("select, input, textarea")) {
    if (field.type === "hidden" || field.type === "submit" || field.labels?.length || field.ariaLabel) continue;
    const key = (field.name || "").replace(/_\d+$/, "");
    field.ariaLabel = names[key] ?? field.name ?? "SQL";
    if (!field.ariaLabel) field.ariaLabel = "SQL";
  }
};
name();
new MutationObserver(name).observe(document.body, { childList: true, subtree: true });
for (const title of document.querySelectorAll("main h3")) {
  const heading = document.createElement("h2");
  heading.className = "h3";
  heading.append(...title.childNodes);
  title.replaceWith(heading);
}
