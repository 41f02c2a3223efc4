/** A page or file of the report, wherever the report is served: `to('schools/')`. */
export function to(path: string): string {
  const base = import.meta.env.BASE_URL;
  return `${base.endsWith('/') ? base : `${base}/`}${path}`;
}

export const toSchool = (id: string) => to(`schools/${encodeURIComponent(id)}/`);
export const toDistrict = (id: string) => to(`districts/${encodeURIComponent(id)}/`);
export const toQuestion = (number: string) => to(`questions/${number}/`);
