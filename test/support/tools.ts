/**
 * Returns why tests are skipped if their tool is missing; false if it is installed. In CI it throws, since CI installs
 * every tool. Quick tests use no tool, which test/quick.test.ts checks.
 */
export function skipWithout(isThere: boolean, why: string): string | false {
  if (isThere) return false;
  if (process.env['CI'] === 'true') throw new Error(`In CI no test is skipped for want of a tool: ${why}`);
  return why;
}
