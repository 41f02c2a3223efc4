/**
 * How wide the letters from space to tilde are in Public Sans, in hundredths of the font size: the widths of bold text, since
 * lighter text is never wider. A test in a browser compares them with the font.
 */
const widths = [
  23, 28, 48, 62, 68, 94, 78, 26, 33, 34, 47, 59, 28, 39, 27, 38, 64, 43, 64, 67, 66, 68, 66, 63, 67, 66, 27, 28, 58,
  59, 58, 53, 83, 73, 68, 72, 72, 63, 61, 76, 77, 31, 40, 72, 58, 92, 78, 76, 65, 77, 70, 69, 62, 72, 70, 97, 72, 67,
  67, 34, 38, 34, 48, 55, 26, 57, 61, 55, 61, 58, 40, 63, 59, 27, 29, 58, 33, 90, 59, 58, 61, 61, 41, 53, 42, 60, 52,
  79, 59, 56, 50, 38, 27, 38, 61,
];

/** Estimates the width of a text in pixels. A letter outside of ASCII counts as a wide one. */
export function measureText(text: string, size = 12.5): number {
  let sum = 0;
  for (const letter of text) sum += widths[letter.charCodeAt(0) - 32] ?? 75;
  return (sum * size) / 100;
}

/** Cuts a text to a width. The marks at its end (* †) stay. */
export function fitText(text: string, width: number, size = 12.5): string {
  if (measureText(text, size) <= width) return text;
  const marks = /( [*†])*$/.exec(text)?.[0] ?? '';
  const letters = [...text.slice(0, text.length - marks.length)];
  while (letters.length > 1 && measureText(`${letters.join('')}…${marks}`, size) > width) letters.pop();
  return `${letters.join('').trimEnd()}…${marks}`;
}

/** The room that a text or a dot takes. */
export interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** Returns the room of a text beside or on a point. */
export function boxText(text: string, x: number, y: number, anchor: 'start' | 'middle' | 'end', size = 12.5): Box {
  const width = measureText(text, size);
  const left = x - {start: 0, middle: width / 2, end: width}[anchor];
  return {left, right: left + width, top: y - 0.62 * size, bottom: y + 0.62 * size};
}

export function boxDot(x: number, y: number, radius: number): Box {
  return {left: x - radius, right: x + radius, top: y - radius, bottom: y + radius};
}

/** Says how much of a box others take, in square pixels. */
export function measureOverlap(box: Box, others: readonly Box[]): number {
  return others.reduce((sum, other) => {
    const across = Math.min(box.right, other.right) - Math.max(box.left, other.left);
    const down = Math.min(box.bottom, other.bottom) - Math.max(box.top, other.top);
    return sum + Math.max(0, across) * Math.max(0, down);
  }, 0);
}
