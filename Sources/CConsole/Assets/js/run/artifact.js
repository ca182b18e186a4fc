// What is kept beside the events, by its digest. It is asked for with the key, so it cannot be a link.

import { paths, text } from "../api.js";
import { button, replace } from "../dom.js";

/// A button that puts the text of an artifact into a place, and goes.
export const reveal = (label, digest, place) => button(label, { class: "quiet small" }, async (pressed) => {
  const output = await text(paths.artifact(digest)).catch((error) => error.message);
  replace(place, output);
  place.hidden = false;
  pressed.remove();
});
