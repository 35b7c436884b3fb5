"use strict";
/* Numbers as people read them; a dash for what is not known. */
const format = (() => {
  const none = "–";
  /* No line breaks between a number and its unit. */
  const space = "\u00a0";
  const known = value => typeof value === "number" && Number.isFinite(value);

  function threeDigits(value) {
    if (!known(value)) return none;
    if (value === Math.round(value) && Math.abs(value) < 1e6 || Math.abs(value) >= 100) {
      return value.toLocaleString("en", {maximumFractionDigits: 0});
    }
    if (Math.abs(value) >= 1) return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
    return String(Number(value.toPrecision(2)));
  }

  function scaled(value, base, units) {
    if (!known(value)) return none;
    let unit = 0;
    while (Math.abs(value) >= base && unit < units.length - 1) {
      value /= base;
      unit++;
    }
    return `${threeDigits(value)}${space}${units[unit]}`;
  }

  return {
    none,
    known,
    threeDigits,
    bytes: value => scaled(value, 1024, ["B", "KiB", "MiB", "GiB", "TiB", "PiB"]),
    nanos: value => scaled(value, 1000, ["ns", "µs", "ms", "s"]),
    count: value => known(value) ? value.toLocaleString("en") : none,
    percent: value => known(value) ? `${threeDigits(100 * value)}${space}%` : none,
    ratio: value => known(value) ? `${value.toFixed(2)}${space}×` : none,
    text: value => value === null || value === undefined || value === "" ? none : String(value),
    /* One value, or the two ends of several. */
    range(values, one) {
      const sorted = values.filter(known).sort((a, b) => a - b);
      if (sorted.length === 0) return none;
      const low = one(sorted[0]);
      const high = one(sorted[sorted.length - 1]);
      if (low === high) return low;
      const unit = /\u00a0%$/;
      return `${unit.test(high) ? low.replace(unit, "") : low}–${high}`;
    },
    median(values) {
      const sorted = values.filter(known).sort((a, b) => a - b);
      const middle = sorted.length >> 1;
      if (sorted.length === 0) return null;
      return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    },
  };
})();
