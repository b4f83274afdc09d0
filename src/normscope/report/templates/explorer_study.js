// The study as it is packed in the page: the index at once, texts and blocks when they are asked for.
const KEPT = 6;

const unpack = async (id) => {
  if (typeof DecompressionStream === "undefined") {
    throw new Error("this browser is too old to unpack the texts (Firefox 113, Safari 16.4, Chrome 80 or newer can)");
  }
  const letters = atob(document.getElementById(id).textContent);
  const bytes = new Uint8Array(letters.length);
  for (let i = 0; i < letters.length; i += 1) bytes[i] = letters.charCodeAt(i);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
};

class Study {
  constructor() {
    Object.assign(this, JSON.parse(document.getElementById("ex-index").textContent));
    this.count = this.ids.length;
    this.places = new Map(this.numbers.map((number, place) => [number, place]));
    this.isModel = this.responders.map(([, kind]) => kind === "model");
    this.apart = this.pairs.map((counts) => Study.apart(counts));
    this.blocks = new Map();
    this.texts = null;
    this.said = null;
  }

  // The share of pairs that do not agree; null where none counts.
  static apart(counts) {
    let agree = 0;
    let all = 0;
    for (let i = 0; i < counts.length; i += 2) {
      agree += counts[i];
      all += counts[i + 1];
    }
    return all ? 1 - agree / all : null;
  }

  async loadTexts() {
    if (this.texts === null) {
      this.texts = await unpack("ex-texts");
      this.lower = this.texts.map((text, i) => `${this.ids[i]}\n${text}`.toLowerCase());
    }
    return this.texts;
  }

  // What was said of one dilemma: `said`, `solutions`, `labels`, `left_out`.
  async whole(place) {
    const block = await this.block(Math.floor(place / this.per_block));
    return block[place % this.per_block];
  }

  block(number) {
    let block = this.blocks.get(number);
    if (block === undefined) {
      block = unpack(`ex-block-${number}`);
      if (this.blocks.size >= KEPT) this.blocks.delete(this.blocks.keys().next().value);
      this.blocks.set(number, block);
      block.catch(() => this.blocks.delete(number));
    }
    return block;
  }

  // Everything that was said, in small letters, for searching; unpacked once, telling how far it is.
  loadSaid(tell) {
    this.reading ??= this.readAll(tell);
    return this.reading;
  }

  async readAll(tell) {
    const said = [];
    const blocks = Math.ceil(this.count / this.per_block);
    for (let number = 0; number < blocks; number += 1) {
      tell(`Unpacking what was said: ${number * this.per_block} of ${this.count} dilemmas`);
      for (const whole of await unpack(`ex-block-${number}`)) said.push(Study.words(whole).toLowerCase());
    }
    this.said = said;
  }

  static words(whole) {
    const parts = [];
    for (const [, , , reason, turns, shown] of whole.said) {
      parts.push(reason, ...turns.map(([, ...pieces]) => pieces.join("")));
      for (const [, question, answer] of shown) parts.push(question, answer ?? "");
    }
    for (const [, , , text] of whole.solutions) parts.push(text);
    return parts.join("\n");
  }

  // Which dilemmas fit, as places, in the order asked for. `wanted` is what the filter's fields say.
  found(wanted) {
    const words = wanted.words.toLowerCase().split(/\s+/).filter(Boolean);
    const places = [];
    for (let i = 0; i < this.count; i += 1) {
      if (wanted.topic !== null && this.topic[i] !== wanted.topic) continue;
      if (wanted.apart && (this.apart[i] === null || this.apart[i] * 100 < wanted.apart - 1e-9)) continue;
      if (wanted.lost && !(this.lost[i] & wanted.lost)) continue;
      if (wanted.against && !this.isAgainst(i, wanted.against)) continue;
      if (words.length && !words.every((word) => this.holds(i, word, wanted.everywhere))) continue;
      places.push(i);
    }
    return this.ordered(places, wanted.order);
  }

  holds(i, word, everywhere) {
    if (this.texts === null) return `${this.ids[i]} ${this.starts[i]}`.toLowerCase().includes(word);
    return this.lower[i].includes(word) || (everywhere && this.said !== null && this.said[i].includes(word));
  }

  // `who` is all, some, or the number of a model.
  isAgainst(i, who) {
    const letters = this.against[i];
    if (who === "all") return letters.includes("x") && !letters.includes("o");
    if (who === "some") return letters.includes("x");
    return letters[Number(who)] === "x";
  }

  ordered(places, order) {
    const key = {
      apart: (i) => this.apart[i],
      together: (i) => (this.apart[i] === null ? null : -this.apart[i]),
      models: (i) => this.behind(i),
    }[order];
    if (!key) return places;
    // what cannot be said comes last; equal ones stay in the order of the study
    const keys = new Map(places.map((i) => [i, key(i) ?? -Infinity]));
    return places.sort((a, b) => (keys.get(a) === keys.get(b) ? a - b : keys.get(b) > keys.get(a) ? 1 : -1));
  }

  // How much less models agree with people than people with each other.
  behind(i) {
    const [a, m, b, n] = this.pairs[i];
    return m && n ? a / m - b / n : null;
  }
}
