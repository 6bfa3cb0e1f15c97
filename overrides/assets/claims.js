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
  const columns = new Map(heads.map((head, column) => [head.dataset.filter, column]));
  const selects = Array.from(form.querySelectorAll("select"));

  heads.forEach(addSorting);
  readAddress();
  form.hidden = false;
  form.addEventListener("input", show);
  form.addEventListener("reset", () => setTimeout(show));
  form.addEventListener("submit", (event) => event.preventDefault());
  show();

  // A cell may hold several words, parted by commas.
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
        selects.every(({ name, value }) => !value || cellWords(row, columns.get(name)).includes(value));
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
      if (!field) continue;
      field.value = value;
      if (field.closest("details")) field.closest("details").open = true;
    }
  }
})();
