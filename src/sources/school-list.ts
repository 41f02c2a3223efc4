import {rowCountLine, type Source} from './source.ts';

/** The schools of the Road Map Project region with their school types: one row for each school. */
export const schoolList: Source = {
  id: 'school-list',
  title: 'Road Map Project school list',
  publisher: 'Road Map Project',
  state: 'Washington',
  subject: 'school_list',
  table: 'school_list',
  columns: [
    {id: 'school_year', label: 'AcademicYear', kind: 'ending_year', needed: true},
    {id: 'school_code', label: 'SchoolCode', kind: 'code', width: 4, needed: true},
    {id: 'district_code', label: 'DistrictCode', kind: 'code', width: 5, needed: true},
    {id: 'is_in_region', label: 'dRoadMapRegionFlag', aliases: ['RoadMapRegionFlag'], kind: 'flag', needed: true},
    {id: 'is_elementary', label: 'ElementarySchoolFlag', kind: 'flag', needed: true},
    {id: 'is_middle', label: 'MiddleSchoolFlag', kind: 'flag', needed: true},
    {id: 'is_high', label: 'HighSchoolFlag', kind: 'flag', needed: true},
    {id: 'street_address', label: 'StreetAddress', kind: 'text', optional: true},
    {id: 'city', label: 'City', kind: 'place', optional: true},
    {id: 'state', label: 'State', kind: 'text', optional: true},
    {id: 'zip', label: 'ZIP', kind: 'text', optional: true},
    {id: 'latitude', label: 'Lat', aliases: ['Latitude'], kind: 'number', optional: true},
    {id: 'longitude', label: 'Long', aliases: ['Longitude', 'Lon', 'Lng'], kind: 'number', optional: true},
  ],
  recognizedBy: ['is_in_region', 'is_elementary', 'is_middle', 'is_high'],
  key: ['school_year', 'district_code', 'school_code'],
  holdsBeyondItsYear: true,
  // Lines that SQL Server's tools print around the rows.
  furniture: String.raw`^[-,;|\t ]+$|^${rowCountLine}$|^Completion time: `,
  feeds: ['stg_road_map__school_list'],
  checks: [
    {kind: 'region_named', flag: 'is_in_region'},
    {kind: 'schools_found', in: ['ospi-enrollment', 'ospi-teachers']},
    {kind: 'coordinates_differ'},
  ],
};
