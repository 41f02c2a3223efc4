import assert from 'node:assert/strict';
import {test} from 'node:test';
import * as Plot from '@observablehq/plot';
import {parseHTML} from 'linkedom';
import {svgDocument} from '../../site/charts/document.ts';

const names = ['A & B', '<script>', '"Quoted"', 'two\nlines', 'ñ'];
const marks = [
  Plot.text(names, {x: names.keys(), y: 1, text: names, title: names, stroke: 'white'}),
  Plot.dot(names, {x: names.keys(), y: 2, r: 4}),
  Plot.lineY([1, 2, null, 4]),
  Plot.barX([1, 2, 3], {y: [1, 2, 3], rx: 3}),
];

function draw(document: Plot.PlotOptions['document'] & object): string {
  return (Plot.plot({marks, document, grid: true}) as {innerHTML: string}).innerHTML;
}

test('a drawing is the markup that a whole document would make of it', () => {
  const {document} = parseHTML('<!doctype html><html><body></body></html>');
  const reread = (markup: string) => parseHTML(`<svg>${markup}</svg>`).document.querySelector('svg').innerHTML;
  assert.equal(reread(draw(svgDocument)), reread(draw(document)));
});
