/** Stands in for /words.js in tests: the source language, unchanged. As Django's, `interpolate` uses its values up. */
globalThis.gettext = (text) => text;
globalThis.interpolate = (format, values) => format.replace(/%s/g, () => String(values.shift()));
