import type {NoticeKind} from '../config.ts';

/** A notice as it is sent: the body of the webhook's request, and what the command gets on standard input. */
export interface Notice {
  event: NoticeKind;
  /** What it is about: a command, a partition, a release of a source. */
  subject: string;
  /** A sentence for people; chat tools that take webhooks (Slack, Mattermost) show `text`. */
  text: string;
  /** UTC. */
  at: string;
  /** The run's number in the ledger; null where it is about none. */
  run: number | null;
  detail: unknown;
}
