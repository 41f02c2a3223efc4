/** What marks everything made from a build: whether anything in it is invented, and the label that it was run with. */
export interface Marks {
  isSample: boolean;
  label?: string | undefined;
}

/** The note on everything that shows figures of the sample. */
const sampleNote = 'SAMPLE: invented schools and figures, not data of any real school.';

/** Lists the notes on everything made from a build, as sentences. */
export function listBuildMarks({isSample, label}: Marks): string[] {
  const labels = label === undefined ? [] : [/[.!?]$/.test(label) ? label : `${label}.`];
  return [...(isSample ? [sampleNote] : []), ...labels];
}

/** Returns the columns that each row of a marked build begins with. */
export function createMarkColumns({isSample, label}: Marks): {is_sample?: true; build_label?: string} {
  return {...(isSample && {is_sample: true}), ...(label !== undefined && {build_label: label})};
}

/** Returns the start of the name of each file with figures of a marked build. */
export function chooseFilePrefix({isSample, label}: Marks): string {
  if (isSample) return 'SAMPLE-';
  return label === undefined ? '' : 'LABELED-';
}
