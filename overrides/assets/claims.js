// The ledger's filters and sorting. Without this script the table is whole, in the order of the listing.
(function () {
  "use strict";
  const ledger = document.querySelector(".claims-ledger");
  if (!ledger) return;
  const form = ledger.querySelector(".ledger-filter");
  const table = ledger.querySelector(".ledger-table");
  const body = table.tBodies[0];
  const rows = Array.from(body.rows);
  const heads = Array.from(table.tHead.rows[0].cells);
  const text = (row, column) => row.cells[column].textContent.trim();
  const selects = [];

  heads.forEach((head, column) => {
    if (head.dataset.filter) selects.push(addFilter(head, column));
    addSorting(head, column);
  });
  readAddress();
  form.hidden = false;
  form.addEventListener("input", show);
  form.addEventListener("reset", () => setTimeout(show));
  form.addEventListener("submit", (event) => event.preventDefault());
  show();

  // A menu with the words that the column holds; a cell may hold several, parted by commas.
  function addFilter(head, column) {
    const label = document.createElement("label");
    const select = document.createElement("select");
    const words = new Set();
    select.name = head.dataset.filter;
    for (const row of rows) cellWords(row, column).forEach((word) => words.add(word));
    label.append(head.textContent, select);
    select.append(new Option("all", ""), ...Array.from(words).sort().map((word) => new Option(word, word)));
    form.insertBefore(label, form.querySelector("output"));
    return { select, column };
  }

  function cellWords(row, column) {
    const whole = text(row, column);
    return heads[column].dataset.filter === "about" ? whole.split(", ") : [whole];
  }

  function show() {
    const wanted = form.elements.text.value.trim().toLowerCase();
    let count = 0;
    for (const row of rows) {
      const fits =
        (!wanted || row.textContent.toLowerCase().includes(wanted)) &&
        selects.every(({ select, column }) => !select.value || cellWords(row, column).includes(select.value));
      row.hidden = !fits;
      if (fits) count += 1;
    }
    form.querySelector("output").value = `${count} of ${rows.length} claims`;
  }

  function addSorting(head, column) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const sorted = rows.slice().sort((a, b) => text(a, column).localeCompare(text(b, column), "en"));
      if (down) sorted.reverse();
      body.append(...sorted);
    });
  }

  // An address such as ?finding=Disputed opens the ledger filtered.
  function readAddress() {
    for (const [name, value] of new URLSearchParams(location.search)) {
      const field = form.elements.namedItem(name);
      if (field) field.value = value;
    }
  }
})();
