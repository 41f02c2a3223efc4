/**
 * Why tests are skipped where a tool is missing that they need; false where it is there. In CI it is an error, for CI installs
 * all of them. No quick test takes a tool: test/quick.test.ts holds it.
 */
export function skipWithout(isThere: boolean, why: string): string | false {
  if (isThere) return false;
  if (process.env['CI'] === 'true') throw new Error(`In CI no test is skipped for want of a tool: ${why}`);
  return why;
}
