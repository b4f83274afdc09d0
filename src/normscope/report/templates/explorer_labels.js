// The match labels of one dilemma: a grid of those shown, and two responders in words, both ways.
const CELLS = { a: ["a", "A"], d: ["d", "D"], s: ["", "s"], u: ["u", "?"], ".": ["", ""] };

class Labels {
  constructor(study) {
    this.study = study;
    this.basis = byId("ex-basis");
    this.one = byId("ex-one");
    this.other = byId("ex-other");
    this.basis.addEventListener("change", () => this.grid());
    for (const box of [this.one, this.other]) box.addEventListener("change", () => this.two());
  }

  show(whole, rows) {
    this.whole = whole;
    this.rows = rows;
    const bases = Object.keys(BASES).filter((basis) => basis in whole.labels);
    const wanted = this.basis.value;
    this.basis.replaceChildren(...bases.map((basis) => make("option", { value: basis }, BASES[basis])));
    if (bases.includes(wanted)) this.basis.value = wanted;
    byId("ex-basis-line").hidden = bases.length < 2;
    this.grid();
    this.pick();
    this.two();
  }

  // The same two responders stay picked from dilemma to dilemma.
  pick() {
    const names = this.whole.said.map((conversation) => Cards.name(this.study, conversation));
    [[this.one, 0], [this.other, 1]].forEach(([box, first]) => {
      const before = box.selectedOptions[0]?.textContent;
      const kept = names.indexOf(before);
      box.replaceChildren(...names.map((name, row) => make("option", { value: row }, name)));
      box.selectedIndex = kept >= 0 ? kept : first ? this.second() : 0;
    });
  }

  // Whom the first is compared with before anybody is picked: a person, else another responder.
  second() {
    const { isModel } = this.study;
    const [[one]] = this.whole.said.length ? this.whole.said : [[-1]];
    const person = this.whole.said.findIndex(([responder]) => responder !== one && !isModel[responder]);
    return person > 0 ? person : this.whole.said.findIndex(([responder]) => responder !== one);
  }

  // The two that are compared, as responders.
  responders() {
    return [this.one, this.other].map((box) => this.whole.said[Number(box.value)][0]);
  }

  letter(basis, row, column) {
    const letters = this.whole.labels[basis];
    return typeof letters === "string" ? letters[row * this.whole.solutions.length + column] : ".";
  }

  grid() {
    const box = byId("ex-grid");
    const letters = this.whole.labels[this.basis.value];
    if (letters === undefined) {
      box.replaceChildren(make("p", { class: "note" }, "No match labels on this dilemma."));
      return;
    }
    if (typeof letters !== "string") {
      const counts = Object.entries(letters).map(([label, n]) => `${n.toLocaleString("en")} ${label}`);
      box.replaceChildren(make("p", { class: "note" }, `${counts.join(", ")}: too many for a table here.`));
      return;
    }
    const here = new Set(this.rows);
    const columns = [];
    this.whole.solutions.forEach(([row], column) => here.has(row) && columns.push([column, row]));
    const body = this.rows.map((row) => make("tr", {}, this.nameCell(row, "row"), columns.map(([column, owner]) => this.cell(row, column, owner))));
    box.replaceChildren(make("table", { class: "grid" }, make("caption", {}, `Of the row: ${BASES[this.basis.value]}`), make("thead", {}, this.heads(columns)), make("tbody", {}, body)));
  }

  heads(columns) {
    const owners = [];
    for (const [, row] of columns) {
      if (owners.length && owners.at(-1)[0] === row) owners.at(-1)[1] += 1;
      else owners.push([row, 1]);
    }
    const names = owners.map(([row, span]) => this.nameCell(row, "colgroup", span));
    const numbers = columns.map(([column]) => make("th", { scope: "col" }, column + 1));
    return [make("tr", {}, make("td"), names), make("tr", {}, make("td"), numbers)];
  }

  nameCell(row, scope, span) {
    const conversation = this.whole.said[row];
    const kind = this.study.responders[conversation[0]][1];
    const name = make("bdi", { class: kind }, Cards.name(this.study, conversation));
    return make("th", { scope, colspan: span > 1 ? span : null, class: scope === "row" ? "" : "owner" }, make("span", {}, name));
  }

  cell(row, column, owner) {
    if (row === owner) return make("td", { class: "o" }, "·");
    const [kind, letter] = CELLS[this.letter(this.basis.value, row, column)];
    return make("td", { class: kind }, letter);
  }

  two() {
    const [one, other] = [this.one, this.other].map((box) => Number(box.value));
    const box = byId("ex-two");
    if (this.one.value === this.other.value || this.other.value === "") {
      box.replaceChildren(make("p", { class: "note" }, "Choose two different ones."));
      return;
    }
    box.replaceChildren(this.towards(one, other), this.towards(other, one));
  }

  // The labels of one conversation towards each solution of another, in words.
  towards(row, target) {
    const [name, whose] = [row, target].map((one) => Cards.name(this.study, this.whole.said[one]));
    const items = [];
    this.whole.solutions.forEach(([owner, recommended, main, text], column) => {
      if (owner !== target) return;
      const said = Object.keys(BASES)
        .map((basis) => [basis, this.letter(basis, row, column)])
        .filter(([, letter]) => letter !== ".");
      const labels = said.map(([basis, letter], i) => [i ? "; " : "", `${BASES[basis]}: `, make("strong", { class: `key ${CELLS[letter][0]}` }, LABELS[letter])]);
      items.push(
        make(
          "li",
          {},
          make("span", { class: "n" }, column + 1),
          `${recommended ? "recommends" : "advises against"}${main ? " (main)" : ""}: `,
          make("bdi", {}, text),
          make("span", { class: "labels" }, labels.length ? labels.flat() : "not matched"),
        ),
      );
    });
    return make(
      "div",
      {},
      make("p", {}, make("bdi", {}, name), " towards what ", make("bdi", {}, whose), " says:"),
      items.length ? make("ul", { class: "solutions" }, items) : make("p", { class: "note" }, "No solution was read from it."),
    );
  }
}
