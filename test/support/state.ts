import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {projectFolder} from '../../src/project-folder.ts';
import {type Socrata, type SocrataOptions, startSocrata} from './socrata.ts';

/** Starts the stand-in for the state's host, with the sample's files under the data set ids of the sources. */
export async function startState(options: SocrataOptions = {}): Promise<Socrata> {
  const file = (name: string) => readFile(join(projectFolder, 'sample', 'files', name), 'utf8');
  const enrollment = async (id: string, year: string) => ({
    id,
    name: `Report Card Enrollment ${year} School Year`,
    csv: await file(`Report_Card_Enrollment_${year}_School_Year.csv`),
    rowsUpdatedAt: 1_640_000_000,
    license: 'PUBLIC_DOMAIN',
  });
  return startSocrata(
    [
      await enrollment('u4gd-6wxx', '2018-19'),
      await enrollment('gtd3-scga', '2019-20'),
      await enrollment('nvpc-yr7b', '2020-21'),
      await enrollment('ymi4-syjv', '2021-22'),
      await enrollment('dij7-mbxg', '2022-23'),
      {
        id: 'y59b-6pu8',
        name: 'Report Card Teacher Demographics 2020-21 School Year',
        csv: await file('Report_Card_Teacher_Demographics_2020-21_School_Year.csv'),
        rowsUpdatedAt: 1_640_000_000,
      },
      {
        id: 'yp28-ks6d',
        name: 'Report Card Teacher Demographics from 2017-18',
        csv: await file('Report_Card_Teacher_Demographics_2017-18_to_2022-23.csv'),
        rowsUpdatedAt: 1_640_000_000,
      },
    ],
    options,
  );
}

/** The school years of the sample. */
export const sampleYears = ['2018-19', '2019-20', '2020-21', '2021-22', '2022-23'];
/** The data sets of these years. */
export const sampleDatasets = 7;
export const sampleList = join(projectFolder, 'sample', 'files', 'SampleSchoolList.txt');
