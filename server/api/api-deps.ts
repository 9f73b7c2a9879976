import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { AccountCycle, LocalDate } from '../../engine/model.ts';
import type { Clock } from '../engagement/clock.ts';
import type { TickDeps } from '../engagement/tick.ts';
import type { InvoicePages } from '../invoice/invoice-pages.ts';
import type { ReleasedRules } from '../rules/released-rule-set.ts';
import type { SurveyPages } from '../survey/survey-page.ts';
import type { BillRunView } from './bill-run-view.ts';

/** The server with its type provider: what every routes function gets. */
export type Api = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** Everything the API needs from the rest of the server; put together once, in the composition root. */
export interface ApiDeps {
  readonly version: string;
  readonly engagement: TickDeps;
  readonly clock: Clock;
  readonly released: ReleasedRules;
  readonly billRuns: BillRuns;
  /** The account's cycle as a bill run would load it; the open one without `periodFrom`. Absent for an unknown account. */
  readonly loadAccountCycle: (accountId: string, periodFrom?: LocalDate) => Promise<AccountCycle | undefined>;
  /** The rendered invoice; called for invoices that exist. */
  readonly invoices: Pick<InvoicePages, 'html' | 'pdf' | 'xml' | 'itemisation'>;
  readonly surveyPages: SurveyPages;
  readonly renderMessage: (message: StoredMessage) => Promise<RenderedMessage>;
  /** Folder of the built editor, served at `/`; absent if it has not been built. */
  readonly editorFolder?: string;
  /** Names, without ports, under which the server is reached besides the machine's own (localhost, 127.0.0.1, ::1). */
  readonly allowedHosts?: readonly string[];
  /** What payment providers sign their messages with; absent if none is connected. */
  readonly paymentSecret?: string;
  /** Milliseconds that have really passed since some moment, whatever a test clock says: for limits on rate. */
  readonly elapsedMs: () => number;
  /** After so many moments at which something is due, one move of the test clock ends; 20,000 unless told. */
  readonly mostMoments?: number;
  /** How often a progress stream looks for news. */
  readonly progressIntervalMs: number;
  /** Takes note of what went wrong inside, under the request's id. */
  readonly log: (requestId: string, error: unknown) => void;
}

export interface BillRuns {
  /** Starts the run of the cycles that close in [from, until) and returns at once; the same bounds are the same run. */
  readonly start: (
    closesFrom: LocalDate,
    closesUntil: LocalDate,
  ) => Promise<{ readonly created: boolean; readonly run: BillRunView }>;
  /** Newest first. */
  readonly list: () => Promise<readonly BillRunView[]>;
  readonly read: (runId: string) => Promise<BillRunView | undefined>;
  /** Goes on with a run whose held accounts have been decided; returns at once. */
  readonly continue: (runId: string) => Promise<void>;
}

/** What a message is rendered from. */
export interface StoredMessage {
  readonly key: string;
  readonly template: string;
  readonly channel: string;
  readonly language: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly invoiceNumber: string | null;
}

export interface RenderedMessage {
  /** Empty for a channel without subjects. */
  readonly subject: string;
  /** Empty for a text channel. */
  readonly html: string;
  readonly text: string;
}
