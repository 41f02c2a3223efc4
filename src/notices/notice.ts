import type {NoticeKind} from '../config.ts';

/** The body of the webhook's request, and the command's standard input. */
export interface Notice {
  event: NoticeKind;
  /** What it is about: a command, a partition or a release of a source. */
  subject: string;
  /** A sentence for people. Chat tools with webhooks (Slack, Mattermost) show `text`. */
  text: string;
  /** UTC. */
  at: string;
  /** The run's number in the ledger; null if it is about no run. */
  run: number | null;
  detail: unknown;
  /** The address of the report, if the configuration has it. */
  link?: string;
}
