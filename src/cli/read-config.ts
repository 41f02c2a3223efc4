import {config as written} from '../../rollcall.config.ts';
import {type Config, configSchema} from '../config.ts';
import {exit, Failure} from '../failure.ts';

/**
 * The configuration, checked.
 *
 * @throws Failure that names the setting that is wrong
 */
export function readConfig(): Config {
  const result = configSchema.safeParse(written);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new Failure(`rollcall.config.ts: ${issue?.path.join('.')} ${issue?.message}.`, exit.usage);
}
