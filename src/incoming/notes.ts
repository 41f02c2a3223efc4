import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import * as v from 'valibot';
import {exit, Failure, getErrorCode} from '../failure.ts';
import {notesFile} from '../ingest/candidates.ts';
import {describeIssue, mapping} from '../schemas.ts';

const notes = mapping(v.pipe(v.string(), v.trim(), v.minLength(1, 'the note is empty')));

/**
 * Reads the notes on the files of a folder, by file name.
 *
 * @param names the files that they can be about
 * @returns no notes if the folder has no notes.yml
 * @throws Failure (exit 2) that names the entry and the mistake in it
 */
export async function readNotes(folder: string, names: readonly string[]): Promise<Map<string, string>> {
  const text = await readFile(join(folder, notesFile), 'utf8').catch((error: unknown) => {
    if (getErrorCode(error) === 'ENOENT') return undefined;
    throw new Failure(`${notesFile} can't be read (${getErrorCode(error)}).`, exit.usage);
  });
  if (text === undefined) return new Map();
  const {parseYaml} = await import('../yaml.ts');
  const result = v.safeParse(notes, parseYaml(text, notesFile, exit.usage));
  if (!result.success) {
    const issue = describeIssue(result.issues);
    const place = issue.path.join('.') || 'the file';
    throw new Failure(
      `${notesFile}: ${place}: ${issue.message}. Write a line for each file: its name, a colon and a sentence.`,
      exit.usage,
    );
  }
  const found = new Map(Object.entries(result.output));
  const stranger = [...found.keys()].find((name) => !names.includes(name));
  if (stranger === undefined) return found;
  throw new Failure(
    `${notesFile}: "${stranger}" is not among the files of the folder that are read: ${names.join(', ')}. Correct the name, or take the note out.`,
    exit.usage,
  );
}
