// Keeps the parts of the page marked data-live as the server would draw them now. Without this script they are as they were.
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
    // Whoever has moved to a button in it is about to press it.
    if (next === null || part.contains(document.activeElement)) continue;
    for (const open of part.querySelectorAll('details[open]'))
      next.querySelector(`#${CSS.escape(open.id)}`)?.setAttribute('open', '');
    if (next.innerHTML !== part.innerHTML) part.replaceWith(next);
  }
}

source.addEventListener('change', refresh);
