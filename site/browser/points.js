// @ts-check

/**
 * In charts where each dot is a school, shows the name and figures of the dot nearest the pointer. A click opens the school's page.
 * Keyboards and screen readers use the table below, which links to the same schools.
 */
const home = /** @type {HTMLAnchorElement | null} */ (document.querySelector('a.wordmark'));
const reach = 24;

/** @type {NodeListOf<HTMLElement>} */
const boxes = document.querySelectorAll('[data-schools]');

for (const box of boxes) {
  const ids = (box.dataset['schools'] ?? '').split(' ');
  const dots = [...box.querySelectorAll('.points circle')];
  if (dots.length !== ids.length) continue;
  const names = dots.map((dot) => {
    const title = dot.querySelector('title');
    const text = title?.textContent ?? '';
    title?.remove();
    return text;
  });
  const own = ids.indexOf(new URLSearchParams(location.search).get('school') ?? '');
  const dotOfOwn = dots[own];
  if (dotOfOwn) {
    dotOfOwn.classList.add('own');
    dotOfOwn.parentElement?.append(dotOfOwn);
    const told = document.createElement('p');
    told.className = 'own';
    told.textContent = `Marked: ${names[own]}.`;
    box.before(told);
  }
  const label = document.createElement('p');
  label.className = 'tip';
  label.hidden = true;
  label.setAttribute('aria-hidden', 'true');
  box.classList.add('pointed');
  box.append(label);
  let at = -1;

  /** @param {number} next */
  const show = (next) => {
    if (at >= 0) dots[at]?.classList.remove('at');
    at = next;
    label.hidden = at < 0;
    box.style.cursor = at < 0 ? '' : 'pointer';
    const dot = dots[at];
    if (!dot) return;
    dot.classList.add('at');
    label.textContent = names[at] ?? '';
    const [frame, place] = [box.getBoundingClientRect(), dot.getBoundingClientRect()];
    const left = place.left + place.width / 2 - frame.left;
    label.style.left = `${Math.min(Math.max(0, left - label.offsetWidth / 2), Math.max(0, frame.width - label.offsetWidth))}px`;
    const above = place.top - frame.top - label.offsetHeight - 8;
    label.style.top = `${above > 0 ? above : place.bottom - frame.top + 8}px`;
  };

  /** @param {PointerEvent} event */
  const nearest = ({clientX, clientY}) => {
    let [best, distance] = [-1, reach];
    for (const [index, dot] of dots.entries()) {
      const {left, top, width, height} = dot.getBoundingClientRect();
      const far = Math.hypot(left + width / 2 - clientX, top + height / 2 - clientY);
      if (far < distance) [best, distance] = [index, far];
    }
    return best;
  };

  box.addEventListener('pointermove', (event) => show(nearest(event)));
  box.addEventListener('pointerleave', () => show(-1));
  // On a touch screen, the first tap shows the school and the second opens its page.
  box.addEventListener('pointerup', (event) => {
    const hit = nearest(event);
    if (hit >= 0 && (event.pointerType === 'mouse' || hit === tapped))
      location.href = new URL(`schools/${ids[hit]}/index.html`, home?.href).href;
    tapped = hit;
    show(hit);
  });
  let tapped = -1;
}
