import AdmZip from 'adm-zip';

/** Reads the files of an archive, by path. */
export function unzip(archive: Buffer): Record<string, Buffer> {
  return Object.fromEntries(new AdmZip(archive).getEntries().map((entry) => [entry.entryName, entry.getData()]));
}
