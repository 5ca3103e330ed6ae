/** Stands in for /words.js in tests: the source language, unchanged. */
globalThis.gettext = (text) => text;
globalThis.interpolate = (format, values) => {
  let place = 0;
  return format.replace(/%s/g, () => String(values[place++]));
};
