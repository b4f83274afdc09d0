// Making elements: data becomes text nodes and nothing else.
const byId = (id) => document.getElementById(id);

const make = (name, settings, ...inside) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(settings ?? {})) {
    if (value === undefined || value === null || value === "") continue;
    if (key === "class") element.className = value;
    else element.setAttribute(key, value);
  }
  for (const child of inside.flat()) {
    if (child === null || child === undefined || child === "") continue;
    element.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return element;
};

const percent = (share) => `${Math.round(share * 100)} %`;
const counted = (n, one) => `${n.toLocaleString("en")} ${n === 1 ? one : `${one}s`}`;

const LABELS = { a: "agree", d: "disagree", s: "silent", u: "unclear" };
const BASES = {
  main: "its main solution",
  stated: "all that it said unprompted",
  explicit: "its answer when shown the solution",
};
