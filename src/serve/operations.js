// Updates the parts of the page marked data-live. Without this script they stay as they were loaded.
const source = new EventSource('/operations/events');
let isBusy = false;
let isBehind = false;

async function refresh() {
  if (isBusy) {
    isBehind = true;
    return;
  }
  isBusy = true;
  try {
    const response = await fetch(location.pathname, {headers: {accept: 'text/html'}});
    if (response.ok) draw(new DOMParser().parseFromString(await response.text(), 'text/html'));
  } catch {
    // The next event asks again.
  }
  isBusy = false;
  if (isBehind) {
    isBehind = false;
    refresh();
  }
}

function draw(fresh) {
  for (const part of document.querySelectorAll('[data-live]')) {
    const next = fresh.getElementById(part.id);
    // A part with the focus is left alone: its button may be about to be pressed.
    if (next === null || part.contains(document.activeElement)) continue;
    for (const open of part.querySelectorAll('details[open]'))
      next.querySelector(`#${CSS.escape(open.id)}`)?.setAttribute('open', '');
    if (next.innerHTML !== part.innerHTML) part.replaceWith(next);
  }
}

source.addEventListener('change', refresh);
