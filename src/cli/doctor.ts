import {Command} from 'commander';
import {examineAll, type Report} from '../doctor/doctor.ts';
import type {Finding} from '../doctor/finding.ts';
import {redact} from '../secrets.ts';
import {assertSchedule} from '../serve/schedule.ts';
import {formatCounted} from '../words/count.ts';
import {createHomeOption, resolveHome} from './options.ts';
import {readConfig} from './read-config.ts';
import {formatJson, print} from './terminal.ts';

export function createDoctorCommand(): Command {
  return new Command('doctor')
    .addOption(createHomeOption())
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      `
Asks the publisher for the description and the header of each data set, which
takes half a minute at most. Writes nothing. What it prints holds no secrets and
can be sent as it is. Exit codes: 0 all is well, 1 there is trouble, 3 the
machine is well but the publisher's host can't be reached.`,
    )
    .action(async (options: {home?: string; json?: boolean}) => {
      const {schedule} = readConfig();
      if (schedule) assertSchedule(schedule);
      const report = await examineAll(resolveHome(options));
      print(redact(options.json ? formatJson(report) : formatReport(report)));
      process.exitCode = report.exitCode;
    });
}

const words: Record<Finding['status'], string> = {ok: 'ok', remark: 'remark', trouble: 'TROUBLE'};

function formatReport({version, at, host, findings}: Report): string {
  const width = (pick: (finding: Finding) => string) => Math.max(...findings.map((finding) => pick(finding).length));
  const [ofStatus, ofArea, ofSubject] = [
    width(({status}) => words[status]),
    width(({area}) => area),
    width(({subject}) => subject),
  ];
  const lines = findings.flatMap(({area, subject, status, says, wayOut}) => {
    const start = `${words[status].padEnd(ofStatus)}  ${area.padEnd(ofArea)}  ${subject.padEnd(ofSubject)}`;
    const isShown = wayOut !== undefined && status !== 'ok';
    return [`${start}  ${says}`, ...(isShown ? [`${' '.repeat(start.length)}  → ${wayOut}`] : [])];
  });
  const count = (wanted: Finding['status']) => findings.filter(({status}) => status === wanted).length;
  const sum =
    count('trouble') === 0
      ? `Nothing is wrong (${formatCounted(count('remark'), 'remark')}).`
      : `${formatCounted(count('trouble'), 'problem')}, ${formatCounted(count('remark'), 'remark')}; each → says the way out.`;
  return `Rollcall ${version}, ${at}, ${host ?? 'no host'}

${lines.join('\n')}

${sum}
This text holds no tokens and no passwords, only names of folders and hosts. To ask for help, send all of it.
`;
}
