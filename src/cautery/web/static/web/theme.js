// Runs before the page is drawn: the reader's own choice of day or night and of contrast, kept in this browser alone.
"use strict";
for (const name of ["theme", "contrast"]) {
  const chosen = window.localStorage.getItem(`cautery-${name}`);
  if (chosen) document.documentElement.dataset[name] = chosen;
}
