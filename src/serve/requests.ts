import * as v from 'valibot';
import {describeIssue, schoolYear, strictMapping} from '../schemas.ts';
import {sources} from '../sources/sources.ts';
import type {RunRequest} from './commands.ts';

const only = v.array(
  v.pipe(
    v.string(),
    v.check((id) => sources.some((source) => source.id === id), 'is not a source'),
  ),
);
const runBody = strictMapping({
  years: v.optional(v.array(schoolYear)),
  only: v.optional(only),
  refresh: v.optional(v.boolean()),
  force: v.optional(v.boolean()),
});

/**
 * Parses the body of a run request: `{"years": ["2020-21"], "only": ["ospi-teachers"], "refresh": true, "force": true}`. All
 * properties are optional.
 *
 * @returns a message if the body is not valid
 */
export function parseRunBody(body: unknown, usual: RunRequest): RunRequest | string {
  const result = v.safeParse(runBody, body);
  if (!result.success) {
    const issue = describeIssue(result.issues);
    return `${issue.path.join('.') || 'The request'}: ${issue.message}.`;
  }
  const {years, ...others} = result.output;
  return {...usual, ...others, ...(years && years.length > 0 && {years: years.join(',')})};
}

/** Parses the form of the operations page. */
export function parseRunForm(form: Record<string, unknown>, usual: RunRequest): RunRequest | string {
  const listed = (value: unknown) =>
    typeof value === 'string'
      ? value
          .split(',')
          .map((part) => part.trim())
          .filter(Boolean)
      : [];
  return parseRunBody(
    {
      years: listed(form['years']),
      only: listed(form['only']),
      refresh: form['refresh'] !== undefined,
      force: form['force'] !== undefined,
    },
    usual,
  );
}

/** Returns whether a value looks like a build's id, or the start of one. */
export function isBuild(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{1,12}(-\d+)?$/.test(value);
}
