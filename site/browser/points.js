// @ts-check

/**
 * In charts where each dot is a school, shows the name and figures of the dot nearest the pointer. A click opens the school's page;
 * on a touch screen, the first tap shows the school and the second opens its page. Keyboards and screen readers use the tables,
 * which have the same figures and link to the same schools.
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
    // Shown with its drawing, which is one of two for different widths.
    told.className = ['own', ...['narrow', 'wide'].filter((name) => box.classList.contains(name))].join(' ');
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

  /**
   * @param {number} next
   * @param {string} hint
   */
  const show = (next, hint = '') => {
    if (at >= 0) dots[at]?.classList.remove('at');
    at = next;
    label.hidden = at < 0;
    box.style.cursor = at < 0 ? '' : 'pointer';
    const dot = dots[at];
    if (!dot) return;
    dot.classList.add('at');
    label.textContent = `${names[at] ?? ''}${hint}`;
    const [frame, place] = [box.getBoundingClientRect(), dot.getBoundingClientRect()];
    const left = place.left + place.width / 2 - frame.left;
    label.style.left = `${Math.min(Math.max(0, left - label.offsetWidth / 2), Math.max(0, frame.width - label.offsetWidth))}px`;
    const above = place.top - frame.top - label.offsetHeight - 8;
    label.style.top = `${above > 0 ? above : place.bottom - frame.top + 8}px`;
  };

  /**
   * Measures how far a pointer is from a dot.
   *
   * @param {Element | undefined} dot
   * @param {MouseEvent} event
   */
  const measure = (dot, {clientX, clientY}) => {
    if (!dot) return Number.POSITIVE_INFINITY;
    const {left, top, width, height} = dot.getBoundingClientRect();
    return Math.hypot(left + width / 2 - clientX, top + height / 2 - clientY);
  };
  /** @param {MouseEvent} event */
  const findNearest = (event) => {
    const far = dots.map((dot) => measure(dot, event));
    const least = Math.min(...far);
    return least < reach ? far.indexOf(least) : -1;
  };

  // A finger has no place before it taps, and leaves when it is lifted: only its taps count. Scrolling is no tap.
  box.addEventListener('pointermove', (event) => {
    if (event.pointerType !== 'touch') show(findNearest(event));
  });
  box.addEventListener('pointerleave', (event) => {
    if (event.pointerType !== 'touch') show(-1);
  });
  box.addEventListener('click', (event) => {
    // Dots are smaller than a finger, so a second tap need not hit the same one.
    const isTouch = event instanceof PointerEvent && event.pointerType === 'touch';
    const isSecond = at >= 0 && measure(dots[at], event) < reach / 2;
    const hit = isTouch && isSecond ? at : findNearest(event);
    if (hit >= 0 && (isSecond || !isTouch)) location.href = new URL(`schools/${ids[hit]}/index.html`, home?.href).href;
    else show(hit, '. Tap again to open its page.');
  });
  document.addEventListener('click', ({target}) => {
    if (!(target instanceof Node && box.contains(target))) show(-1);
  });
}
