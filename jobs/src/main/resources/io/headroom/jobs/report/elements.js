"use strict";
/* Makes elements. Text stays text: nothing of the data is ever read as HTML. */
function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null) made.setAttribute(name, value);
  }
  made.append(...children.flat().map(child => child instanceof Node ? child : String(child)));
  return made;
}

/* Lists of those that have the same key, in the order of the first of each. */
function grouped(all, key) {
  const groups = new Map();
  for (const one of all) {
    const value = key(one);
    if (!groups.has(value)) groups.set(value, []);
    groups.get(value).push(one);
  }
  return [...groups.values()];
}

const capitalised = text => text[0].toUpperCase() + text.slice(1);

function plural(count, noun) {
  return `${format.count(count)} ${noun}${count === 1 ? "" : "s"}`;
}
