import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Knex } from 'knex';
import { DateTime } from 'luxon';
import type { LocalDate } from '../engine/model.ts';
import type { RuleSet } from '../engine/rule-set.ts';
import type { BillRunView } from './api/bill-run-view.ts';
import { askToGoOn, billRunTasks, lookAfterRuns, type RunEffects, shardTasks } from './bill-run/advance.ts';
import { deliverStep } from './bill-run/deliver-step.ts';
import { followRun } from './bill-run/follow-run.ts';
import { type Company, engagementSettings, readCompany } from './company.ts';
import { messageOf } from './database/outage.ts';
import { type DeliveryDeps, deliverDue } from './delivery/deliver.ts';
import { createMailer, type Mailer, noMailServer } from './delivery/mailer.ts';
import { createPostTray } from './delivery/post-tray.ts';
import { createMessageRenderer, type MessageRenderer } from './delivery/render-message.ts';
import { type Clock, createClock } from './engagement/clock.ts';
import type { TickDeps } from './engagement/tick.ts';
import { createInvoicePages, type InvoicePages } from './invoice/invoice-pages.ts';
import { createPdfMaker } from './invoice/pdf/pdf-maker.ts';
import { rememberSeller } from './invoice/seller.ts';
import { startWorker, type Worker } from './queue/worker.ts';
import { readCycleReport } from './report/cycle-report.ts';
import { createReleasedRules, loadReleasedRuleSet, type ReleasedRules } from './rules/released-rule-set.ts';
import { createSurveyPages, type SurveyPages } from './survey/survey-page.ts';
import { mappedCsv } from './usage/mapped-csv.ts';

/** What a Ratebook process is put together from. */
export interface Parts {
  readonly db: Knex;
  readonly rulesFolder: string;
  readonly dataFolder: string;
  /** nodemailer's URL of the mail server; without one, mails wait in the outbox for a process that has one. */
  readonly smtpUrl?: string;
  readonly acceptedIsDelivered: boolean;
  /** Where customers and staff reach this server. */
  readonly publicUrl: string;
}

/** Everything wired: the one place that knows which part needs which. */
export interface Ratebook {
  readonly db: Knex;
  readonly company: Company;
  readonly released: ReleasedRules;
  readonly clock: Clock;
  readonly renderer: MessageRenderer;
  readonly surveyPages: SurveyPages;
  readonly tick: TickDeps;
  readonly publicUrl: string;
  readonly invoices: InvoicePages;
  /** Starts a worker in this process, which takes on bill runs until it is stopped. */
  readonly work: (scope?: 'whole runs' | 'shards only') => Promise<Worker>;
  /** Wants a bill run to go on, and waits until workers, here or elsewhere, have nothing left to do for it. */
  readonly advance: (runId: string, onView?: (view: BillRunView) => void) => Promise<void>;
  /** Today in the company's zone, on the clock in force. */
  readonly today: () => Promise<LocalDate>;
  readonly close: () => Promise<void>;
}

/** @throws Error when `company.json` is missing or wrong. */
export async function composeRatebook(parts: Parts): Promise<Ratebook> {
  const { db } = parts;
  const company = await readCompany(parts.rulesFolder);
  await rememberSeller(db, company);
  const settings = engagementSettings(company);
  const clock = createClock(db, Date.now);
  const now = async () => (await clock.read()).now;
  const released = createReleasedRules(db, parts.rulesFolder);
  const renderer = createMessageRenderer(parts.rulesFolder, company, parts.publicUrl);
  const pdfs = createPdfMaker();
  const mailer: Mailer = parts.smtpUrl === undefined ? noMailServer : createMailer(parts.smtpUrl);
  const invoices = createInvoicePages(db, company, pdfs);
  const usageFormats = (company.usageSources ?? []).map(mappedCsv);
  const delivery: DeliveryDeps = {
    db,
    mailer,
    renderer,
    postTray: createPostTray(join(parts.dataFolder, 'post'), company),
    invoicePdf: invoices.pdf,
    invoiceXml: invoices.xmlForMail,
    now,
    acceptedIsDelivered: parts.acceptedIsDelivered,
    document: () => documentInForce(released),
  };
  const effects: RunEffects = {
    db,
    settings,
    ...(company.incompleteUsage && { incompleteUsage: company.incompleteUsage }),
    usageFormats,
    loadRules: (hash) => loadReleasedRuleSet(db, hash),
    deliver: (context) => deliverStep(context, { ...delivery, document: () => context.rules.document }),
    report: ({ run }) => storeReport(db, run.id),
  };
  return {
    db,
    company,
    released,
    clock,
    renderer,
    surveyPages: createSurveyPages(parts.rulesFolder, company),
    publicUrl: parts.publicUrl,
    invoices,
    tick: {
      db,
      rules: released.inForce,
      randomBytes,
      settings,
      usageFormats,
      sendDueMessages: (at) => sendDue(delivery, at),
    },
    work: (scope = 'whole runs') =>
      startWorker({
        db,
        tasks: scope === 'whole runs' ? billRunTasks(effects) : shardTasks(effects),
        lookAfter: () => lookAfterRuns(db),
        onError: (error) => console.error(`The worker: ${messageOf(error)}`),
      }),
    advance: async (runId, onView) => {
      await askToGoOn(db, runId);
      await followRun(db, runId, onView);
    },
    today: async () => DateTime.fromMillis(await now(), { zone: company.companyZone }).toISODate() ?? '',
    close: async () => {
      mailer.close();
      await pdfs.close();
    },
  };
}

async function storeReport(db: Knex, runId: string): Promise<void> {
  const report = JSON.stringify(await readCycleReport(db, runId));
  await db('bill_run').where({ run_id: runId }).update({ report });
}

function documentInForce(released: ReleasedRules): RuleSet {
  const rules = released.inForce();
  if (!rules) throw new Error('No rules are in force: mend the errors that `ratebook check` shows');
  return rules.document;
}

async function sendDue(delivery: DeliveryDeps, at: number): Promise<number> {
  let sent = 0;
  await deliverDue({ ...delivery, now: async () => at }, {}, (count) => {
    sent += count;
  });
  return sent;
}
