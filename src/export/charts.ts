import {
  Chart,
  ChartFont,
  ChartFormat,
  ChartLegendPosition,
  ChartLine,
  ChartMarker,
  ChartMarkerType,
  ChartRange,
  ChartSeries,
  ChartSolidFill,
  ChartType,
  Color,
  type Workbook,
} from 'wasm-xlsxwriter';
import type {Marks} from '../words/marks.ts';
import {addWorksheet, headerRow, type Sheet} from './sheet.ts';

export const chartsName = 'Charts';

/** Sheets whose figures the charts show. A chart without its sheet, or with too little to show, is left out. */
interface Charted {
  /** One row a school, with both shares. */
  schools: Sheet | undefined;
  /** The ranking of 7e. */
  ranking: Sheet | undefined;
  /** The region and each district, every school year; an area's rows stand together. */
  areas: Sheet | undefined;
}

/** As in the report. */
const colors = {students: 0x07506f, teachers: 0xb84d08};
/** Pixels. Two stand side by side. */
const size = {width: 720, height: 420};
const rowsBetween = 23;
const columnsBetween = 12;
/** Lines beyond this number can't be told apart. */
const mostLines = 10;

interface Titled {
  chart: Chart;
  title: string;
}

/** Adds a sheet with charts. They draw the cells of other sheets, so they follow an edit or a filter. */
export function addCharts(workbook: Workbook, {schools, ranking, areas}: Charted, build: Marks): void {
  const worksheet = addWorksheet(workbook, chartsName, 'The figures as charts', build);
  worksheet.setPrintFitToPages(1, 1);
  const charts = [
    areas && drawRegion(areas),
    areas && drawDistricts(areas),
    schools && drawSchools(schools),
    ranking && drawRanking(ranking),
  ].filter((chart) => chart !== undefined);
  for (const [index, {chart, title}] of charts.entries()) {
    // A chart is copied without its sheet.
    chart
      .title()
      .setName(build.isSample ? `SAMPLE: ${title}` : title)
      .setFont(new ChartFont().setSize(12).setBold());
    chart.setWidth(size.width).setHeight(size.height);
    chart.legend().setPosition(ChartLegendPosition.Bottom);
    worksheet.insertChart(3 + Math.floor(index / 2) * rowsBetween, (index % 2) * columnsBetween, chart);
  }
}

function drawRegion(areas: Sheet): Titled | undefined {
  const [[name, rows] = []] = findAreas(areas);
  if (rows === undefined || rows.length < 2) return undefined;
  const chart = Chart.newLine().setAltText('Lines: the shares of color among students and teachers, by school year');
  for (const [side, color] of Object.entries(colors))
    chart.pushSeries(
      createSeries(areas, {label: 'school_year', value: `${side}_of_color_share`, rows})
        .setName(nameSide(side))
        .setFormat(createLine(color)),
    );
  return finish(chart, `${name}: shares of color, by school year`, '0%');
}

function drawDistricts(areas: Sheet): Titled | undefined {
  const [, ...districts] = findAreas(areas);
  if (districts.length > mostLines || !districts.some(([, rows]) => rows.length > 1)) return undefined;
  const chart = Chart.newLine().setAltText('A line for each district: the gap in percentage points, by school year');
  for (const [name, rows] of districts)
    chart.pushSeries(createSeries(areas, {label: 'school_year', value: 'gap_pp', rows}).setName(name));
  return finish(chart, 'Gap by district: teachers’ share of color minus students’, in points', '+0;\u22120;0');
}

function drawSchools(schools: Sheet): Titled | undefined {
  if (schools.rows.length < 2) return undefined;
  const marker = new ChartMarker().setType(ChartMarkerType.Circle).setSize(6);
  const chart = new Chart(ChartType.Scatter).setAltText(
    'A dot for each school: its students’ and its teachers’ share of color',
  );
  chart.pushSeries(
    createSeries(schools, {label: 'students_of_color_share', value: 'teachers_of_color_share'})
      .setName('Schools')
      .setMarker(marker),
  );
  chart.xAxis().setName('Students of color, share').setMin(0).setMax(1).setNumFormat('0%');
  chart.yAxis().setName('Teachers of color, share');
  return finish(chart, 'Each school: students and teachers of color', '0%');
}

function drawRanking(ranking: Sheet): Titled | undefined {
  if (ranking.rows.length === 0) return undefined;
  const chart = new Chart(ChartType.Column).setAltText(
    'Two columns for each school of 7e: its teachers’ and its students’ share of color',
  );
  for (const [side, color] of Object.entries(colors).reverse())
    chart.pushSeries(
      createSeries(ranking, {label: 'school_name', value: `${side}_of_color_share`})
        .setName(nameSide(side))
        .setFormat(new ChartFormat().setSolidFill(new ChartSolidFill().setColor(Color.rgb(color)))),
    );
  return finish(chart, 'The schools with the highest share of teachers of color', '0%');
}

const nameSide = (side: string) => (side === 'students' ? 'Students of color' : 'Teachers of color');

/** Lists the areas of a sheet with the positions of their rows: the region, then the districts. */
function findAreas({rows}: Sheet): [name: string, rows: number[]][] {
  const positions = Map.groupBy(rows.keys(), (index) => String(rows[index]?.['area_name']));
  return [...positions];
}

/** Creates a series of a column over rows that follow one another, or over all rows. */
function createSeries(
  sheet: Sheet,
  {label, value, rows = [0, sheet.rows.length - 1]}: {label: string; value: string; rows?: number[]},
): ChartSeries {
  const [first, last] = [headerRow + (rows[0] ?? 0), headerRow + (rows.at(-1) ?? 0)];
  const find = (name: string) => {
    const column = sheet.columns.findIndex((each) => each.name === name);
    return ChartRange.newFromRange(sheet.name, first, column, last, column);
  };
  return new ChartSeries().setCategories(find(label)).setValues(find(value));
}

function createLine(color: number): ChartFormat {
  return new ChartFormat().setLine(new ChartLine().setColor(Color.rgb(color)).setWidth(2.25));
}

function finish(chart: Chart, title: string, numberFormat: string): Titled {
  chart.yAxis().setNumFormat(numberFormat);
  return {chart, title};
}
