import type {APIRoute} from 'astro';
import {to, toDistrict, toQuestion, toSchool} from '../links.ts';
import {report} from '../report.ts';
import {asked} from '../words/questions.ts';

/** Every page, for search engines; empty where the report doesn't know the address it is served at. */
export const GET: APIRoute = ({site}) => {
  const paths = [
    ...['', 'questions/', 'schools/', 'districts/', 'exploration/', 'methods/', 'data/', 'data/dictionary/'].map(to),
    ...asked.map(({number}) => toQuestion(number)),
    ...report.districts.map(({district_code}) => toDistrict(district_code)),
    ...report.schools.map(({school_id}) => toSchool(school_id)),
  ];
  const urls = site ? paths.map((path) => `<url><loc>${new URL(path, site).href}</loc></url>`) : [];
  return new Response(
    `<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${urls.join('')}</urlset>\n`,
  );
};
