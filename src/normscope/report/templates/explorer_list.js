// The list of what was found: a page of rows at a time, one of them reached by Tab, the others by arrow keys, j and k.
const ROWS = 100;

class List {
  constructor(study, choose) {
    this.study = study;
    this.choose = choose;
    this.found = [];
    this.at = -1;
    this.page = 0;
    this.box = byId("ex-rows");
    this.box.addEventListener("click", (event) => {
      const row = event.target.closest("[role=option]");
      if (row) this.go(Number(row.dataset.at), true);
    });
    byId("ex-page-back").addEventListener("click", () => this.show(this.page - 1));
    byId("ex-page-on").addEventListener("click", () => this.show(this.page + 1));
  }

  // Another set of places; what is chosen stays chosen, in the list or not.
  set(found, chosen) {
    this.found = found;
    this.at = chosen === null ? -1 : found.indexOf(chosen);
    this.show(this.at < 0 ? 0 : Math.floor(this.at / ROWS));
  }

  show(page) {
    const pages = Math.max(1, Math.ceil(this.found.length / ROWS));
    this.page = Math.min(Math.max(page, 0), pages - 1);
    const first = this.page * ROWS;
    const here = this.found.slice(first, first + ROWS);
    this.box.replaceChildren(...here.map((place, i) => this.row(place, first + i)));
    this.box.hidden = !here.length;
    this.box.scrollTop = 0;
    byId("ex-pager").hidden = pages === 1;
    byId("ex-page").textContent = `${first + 1}–${first + here.length}`;
    byId("ex-page-back").disabled = this.page === 0;
    byId("ex-page-on").disabled = this.page === pages - 1;
    this.mark();
  }

  row(place, at) {
    const { ids, topics, topic, starts, languages, apart, count } = this.study;
    const share = apart[place];
    return make(
      "div",
      { class: "row", role: "option", "data-at": at, "aria-selected": "false", "aria-posinset": at + 1, "aria-setsize": this.found.length, tabindex: "-1" },
      make("bdi", { class: "id", title: ids[place] }, ids[place]),
      make("bdi", { class: "topic" }, topics[topic[place]]),
      make("span", { class: "share", title: "pairs that do not agree" }, share === null ? "–" : percent(share)),
      make("span", { class: "start", dir: "auto", lang: languages[place] }, starts[place]),
    );
  }

  mark() {
    const rows = this.box.children;
    for (const row of rows) {
      const chosen = Number(row.dataset.at) === this.at;
      row.setAttribute("aria-selected", String(chosen));
      row.tabIndex = chosen ? 0 : -1;
    }
    const inPage = this.at >= this.page * ROWS && this.at < this.page * ROWS + rows.length;
    if (!inPage && rows.length) rows[0].tabIndex = 0;
  }

  // Choose the row at a place of the list; beyond its ends nothing happens.
  go(at, focus) {
    if (!(at >= 0 && at < this.found.length)) return;
    this.at = at;
    const page = Math.floor(at / ROWS);
    if (page === this.page) this.mark();
    else this.show(page);
    const row = this.box.children[at - page * ROWS];
    if (focus) row.focus({ preventScroll: true });
    this.reveal(row);
    this.choose(this.found[at]);
  }

  // Only the box scrolls: the page stays where the reader left it.
  reveal(row) {
    const top = row.offsetTop - this.box.offsetTop;
    if (top < this.box.scrollTop) this.box.scrollTop = top;
    const bottom = top + row.offsetHeight - this.box.clientHeight;
    if (bottom > this.box.scrollTop) this.box.scrollTop = bottom;
  }

  step(by, focus) {
    const from = this.at < 0 ? this.page * ROWS - (by > 0 ? 1 : 0) : this.at;
    this.go(from + by, focus);
  }

  key(event) {
    const focus = this.box.contains(document.activeElement);
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, j: 1, k: -1 };
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const letter = event.key === "j" || event.key === "k";
    if (!focus && !letter) return;
    if (event.key in steps) {
      const last = this.found.length - 1;
      const aim = (this.at < 0 ? -1 : this.at) + steps[event.key];
      this.go(Math.abs(steps[event.key]) > 1 ? Math.min(Math.max(aim, 0), last) : aim, focus);
    } else if (event.key === "Home") this.go(0, focus);
    else if (event.key === "End") this.go(this.found.length - 1, focus);
    else if (event.key === "Enter" || event.key === " ") this.go(Number(document.activeElement.dataset.at), focus);
    else return;
    event.preventDefault();
  }
}
