import {existsSync, readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {join, resolve} from 'node:path';
import * as v from 'valibot';
import {configSchema} from '../config.ts';
import {exit, Failure} from '../failure.ts';
import {projectFolder} from '../project-folder.ts';
import {describeIssue} from '../schemas.ts';

const names = ['rollcall.config.ts', 'rollcall.config.js', 'rollcall.config.json'];

/**
 * Reads and validates the configuration of the current folder, else that of the checkout, else the defaults.
 *
 * @throws Failure (exit 2) that names the wrong setting
 */
export function readConfig(
  folders: readonly string[] = [process.cwd(), projectFolder],
): v.InferOutput<typeof configSchema> {
  const path = folders.flatMap((folder) => names.map((name) => join(folder, name))).find((file) => existsSync(file));
  if (path === undefined) return v.parse(configSchema, {});
  const result = v.safeParse(configSchema, loadConfig(path));
  if (result.success) return result.output;
  const issue = describeIssue(result.issues);
  throw new Failure(`${path}: ${[...issue.path, issue.message].join(' ')}.`, exit.usage);
}

function loadConfig(path: string): unknown {
  try {
    if (path.endsWith('.json')) return JSON.parse(readFileSync(path, 'utf8'));
    const exported: {config?: unknown} = createRequire(import.meta.url)(resolve(path));
    if (exported.config !== undefined) return exported.config;
  } catch (error) {
    throw new Failure(`${path} can't be read: ${(error as Error).message}`, exit.usage);
  }
  throw new Failure(`${path} has no export named config. Write: export const config = {…};`, exit.usage);
}
