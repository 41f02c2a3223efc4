/** The path of each style, script and font by its plain name: `assets/points.3f9a0c1d.js` for `points.js`. */
export type AssetPaths = ReadonlyMap<string, string>;

export function findAsset(paths: AssetPaths, name: string): string {
  const path = paths.get(name);
  if (path === undefined) throw new Error(`There is no style, script or font called ${name}.`);
  return path;
}
