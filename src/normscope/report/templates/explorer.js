// What is chosen, by which filter it was found, and where it is shown.
const MANY = 24;

class Explorer {
  constructor() {
    this.study = new Study();
    this.chosen = null;
    // who is shown: by a rule (of a button; null = as many as there is room for), and by what was ticked since
    this.rule = null;
    this.ticked = new Map();
    this.list = new List(this.study, (place) => this.choose(place));
    this.cards = new Cards(this.study);
    this.labels = new Labels(this.study);
  }

  // Who spoke about the dilemma is shown; of many the first ones, with half of the room for models and half for people.
  shown() {
    const here = [...new Set(this.whole.said.map(([responder]) => responder))];
    const [models, people] = [true, false].map((kind) => here.filter((i) => this.study.isModel[i] === kind));
    const room = (some, others) => some.slice(0, Math.max(MANY / 2, MANY - others.length));
    const first = new Set([...room(models, people), ...room(people, models)]);
    const rule = this.rule ?? ((i) => first.has(i));
    return [here, new Set(here.filter((i) => this.ticked.get(i) ?? rule(i)))];
  }

  start() {
    const { topics, responders, isModel, outcomes } = this.study;
    byId("ex-topic").append(...topics.map((topic, i) => make("option", { value: i }, topic)));
    byId("ex-against").append(...responders.flatMap(([name], i) => (isModel[i] ? [make("option", { value: i }, name)] : [])));
    const lost = outcomes.slice(1);
    byId("ex-lost").append(make("option", { value: 2 ** lost.length - 1 }, `some ${lost.join(" or ")}`), ...lost.map((outcome, i) => make("option", { value: 2 ** i }, `some ${outcome}`)));
    const form = byId("ex-filter");
    form.addEventListener("input", () => this.filter());
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", () => setTimeout(() => this.filter()));
    byId("ex-back").addEventListener("click", () => this.list.step(-1, false));
    byId("ex-on").addEventListener("click", () => this.list.step(1, false));
    const kinds = { "ex-all": () => true, "ex-none": () => false, "ex-models": (i) => isModel[i], "ex-people": (i) => responders[i][1] === "human" };
    for (const [id, fits] of Object.entries(kinds)) byId(id).addEventListener("click", () => this.tick(fits));
    byId("ex-only").addEventListener("click", () => {
      const two = this.labels.responders();
      this.tick((i) => two.includes(i));
    });
    byId("explorer").hidden = false;
    this.filter();
    this.keys();
    addEventListener("hashchange", () => this.follow());
    this.study.loadTexts().then(() => byId("ex-words").value && this.filter(), (error) => this.tell(error));
    if (!this.follow() && this.list.found.length) this.list.go(0, false);
  }

  keys() {
    document.addEventListener("keydown", (event) => {
      const writes = event.target.closest("input, select, textarea, [contenteditable]");
      // single letters only where the focus is here: who dictates to the browser would press them anywhere else
      const inside = event.target.closest("#dilemmas");
      if (!writes && inside) this.list.key(event);
    });
    // what is folded is unfolded on paper
    let folded = [];
    addEventListener("beforeprint", () => {
      folded = [...document.querySelectorAll("#ex-chosen details:not([open])")];
      for (const part of folded) part.open = true;
    });
    addEventListener("afterprint", () => {
      for (const part of folded) part.open = false;
    });
  }

  wanted() {
    const value = (id) => byId(id).value;
    return {
      words: value("ex-words"),
      everywhere: byId("ex-everywhere").checked,
      topic: value("ex-topic") === "" ? null : Number(value("ex-topic")),
      apart: Number(value("ex-apart")),
      against: value("ex-against"),
      lost: Number(value("ex-lost")),
      order: value("ex-order"),
    };
  }

  filter() {
    const wanted = this.wanted();
    const found = this.study.found(wanted);
    this.list.set(found, this.chosen);
    byId("ex-found").textContent = `${found.length.toLocaleString("en")} of ${counted(this.study.count, "dilemma")}`;
    this.steps();
    if (wanted.everywhere && this.study.said === null) {
      const tell = (words) => {
        if (byId("ex-everywhere").checked) byId("ex-found").textContent = words;
      };
      this.study.loadSaid(tell).then(() => this.filter(), (error) => this.tell(error));
    }
  }

  tell(error) {
    byId("ex-note").textContent = `The texts cannot be shown: ${error.message}.`;
    byId("ex-chosen").hidden = false;
  }

  // Go to the dilemma that the address names; false where it names none.
  follow() {
    const named = /^#d-(\d+)$/.exec(location.hash);
    if (!named) return false;
    const place = this.study.places.get(Number(named[1]));
    if (place === undefined) {
      byId("ex-found").textContent = `Dilemma ${named[1]} is not in this file`;
      return false;
    }
    if (!this.list.found.includes(place)) {
      byId("ex-filter").reset();
      this.filter();
    }
    this.list.go(this.list.found.indexOf(place), false);
    byId("dilemmas").scrollIntoView();
    return true;
  }

  async choose(place) {
    this.chosen = place;
    const hash = `#d-${this.study.numbers[place]}`;
    if (this.started && location.hash !== hash) history.replaceState(null, "", hash);
    this.started = true;
    this.steps();
    try {
      const [texts, whole] = await Promise.all([this.study.loadTexts(), this.study.whole(place)]);
      if (this.chosen === place) this.show(place, texts[place], whole);
    } catch (error) {
      this.tell(error);
    }
  }

  steps() {
    byId("ex-back").disabled = this.list.at < 1;
    byId("ex-on").disabled = this.list.at >= this.list.found.length - 1;
  }

  show(place, text, whole) {
    const { study } = this;
    this.whole = whole;
    this.place = place;
    byId("ex-title").replaceChildren(`Dilemma ${study.numbers[place].toLocaleString("en")} `, make("bdi", { class: "id" }, study.ids[place]));
    byId("ex-about").replaceChildren(make("bdi", {}, study.topics[study.topic[place]]), this.about(place));
    const quote = byId("ex-text");
    quote.textContent = text;
    quote.lang = study.languages[place];
    this.sides();
    byId("ex-chosen").hidden = false;
  }

  // How far people and models agree on a dilemma, in words.
  about(place) {
    const counts = this.study.pairs[place];
    const names = ["people with each other", "models with people", "models with each other"];
    const parts = names.flatMap((name, i) => (counts[2 * i + 1] ? [`${name} ${counts[2 * i]} of ${counts[2 * i + 1]}`] : []));
    const letters = this.study.against[place];
    const against = this.study.responders.flatMap(([name], i) => (letters[i] === "x" ? [name] : []));
    const all = against.length && !letters.includes("o");
    const said = [parts.length ? ` · Pairs that agree: ${parts.join(", ")}.` : " · No pair was matched."];
    if (all) said.push(" All models are against the people.");
    else if (against.length) said.push(` Against the people: ${against.join(", ")}.`);
    return said.join("");
  }

  tick(fits) {
    this.rule = fits;
    this.ticked.clear();
    this.sides();
  }

  sides() {
    if (!this.whole) return;
    const [here, shown] = this.shown();
    this.ticks(here, shown);
    const rows = this.whole.said.flatMap(([responder], row) => (shown.has(responder) ? [row] : []));
    byId("ex-note").textContent = this.note(here.length, rows.length);
    this.cards.show(this.whole, this.place, rows);
    this.labels.show(this.whole, rows);
  }

  note(here, rows) {
    const left = this.whole.left_out;
    const said = left ? [`${counted(left, "conversation")} on this dilemma left out here; all are in study.db.`] : [];
    if (!here) said.push("Nobody said anything about it.");
    else if (!rows) said.push("Nobody who is ticked under Responders said anything about it.");
    return said.join(" ");
  }

  ticks(here, shown) {
    byId("ex-who").textContent = `Responders: ${shown.size} of ${here.length} shown`;
    const box = byId("ex-ticks");
    const before = box.contains(document.activeElement) ? document.activeElement.value : null;
    box.replaceChildren(
      ...here.map((i) => {
        const [name, kind] = this.study.responders[i];
        const tick = make("input", { type: "checkbox", value: i });
        tick.checked = shown.has(i);
        tick.addEventListener("change", () => {
          this.ticked.set(i, tick.checked);
          this.sides();
        });
        return make("label", { class: "tick" }, tick, " ", make("bdi", { class: kind }, name));
      }),
    );
    // made anew, the box that was just ticked keeps the keyboard
    if (before !== null) box.querySelector(`[value="${before}"]`)?.focus();
  }
}

new Explorer().start();
