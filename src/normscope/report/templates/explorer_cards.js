// One dilemma: a card for each conversation, with the main solution's evidence marked.
class Cards {
  constructor(study) {
    this.study = study;
    this.box = byId("ex-sides");
  }

  // What a conversation is called: its responder, and the draw where there are several.
  static name(study, [responder, draw]) {
    return draw < 0 ? study.responders[responder][0] : `${study.responders[responder][0]}, draw ${draw}`;
  }

  show(whole, place, rows) {
    const language = this.study.languages[place];
    const numbered = new Map();
    whole.solutions.forEach((solution, i) => {
      const [row] = solution;
      if (!numbered.has(row)) numbered.set(row, []);
      numbered.get(row).push([i + 1, solution]);
    });
    this.box.replaceChildren(...rows.map((row) => this.card(whole, row, numbered.get(row) ?? [], language)));
  }

  card(whole, row, solutions, language) {
    const conversation = whole.said[row];
    const [responder, draw, outcome, reason, turns, shown] = conversation;
    const [name, kind] = this.study.responders[responder];
    const ended = outcome < 0 ? "" : this.study.outcomes[outcome];
    const lost = ended === "answered" ? "" : [ended, reason].filter(Boolean).join(": ");
    return make(
      "article",
      { class: `card ${kind}` },
      make("h4", {}, make("bdi", {}, name), " ", make("span", { class: `kind ${kind}` }, kind), draw < 0 ? null : make("span", { class: "draw" }, ` draw ${draw}`)),
      lost ? make("p", { class: "outcome", dir: "auto" }, lost) : null,
      turns.map((turn) => Cards.turn(turn, language)),
      solutions.length ? make("ul", { class: "solutions" }, solutions.map(([number, solution]) => Cards.solution(number, solution))) : null,
      shown.length ? Cards.exchanges(whole, row, shown) : null,
    );
  }

  static turn([who, ...pieces], language) {
    const [before, marked, after] = pieces;
    const inside = pieces.length === 1 ? [before] : [before, make("mark", {}, marked), after];
    return make("p", { class: who ? "said" : "asked", dir: "auto", lang: language }, inside);
  }

  static solution(number, [, recommended, main, text, conditions]) {
    const says = `${recommended ? "recommends" : "advises against"}${main ? " (main)" : ""}: `;
    return make(
      "li",
      {},
      make("span", { class: "n" }, number),
      says,
      make("bdi", {}, text),
      conditions.length ? make("span", { class: "if" }, " if: ", make("bdi", {}, conditions.join(" · "))) : null,
    );
  }

  static exchanges(whole, row, shown) {
    const letters = whole.labels.explicit;
    const columns = whole.solutions.length;
    const items = shown.map(([column, question, answer]) => {
      const letter = column < 0 || typeof letters !== "string" ? "." : letters[row * columns + column];
      const label = answer === null ? "no answer" : letter === "." ? "not labelled" : LABELS[letter];
      return make(
        "li",
        {},
        make("p", { class: "asked", dir: "auto" }, column < 0 ? null : make("span", { class: "n" }, column + 1), question),
        answer === null ? null : make("p", { class: "said", dir: "auto" }, answer),
        make("p", { class: "label" }, label),
      );
    });
    return make("details", { class: "shown" }, make("summary", {}, `Shown ${shown.length} and asked`), make("ol", {}, items));
  }
}
