/**
 * The server's HTTP API as the console uses it: one function per request, every answer either a value or a problem
 * (RFC 9457). Nothing here throws; a server that cannot be reached is a problem with status 0.
 */
import type { Diagnostic } from '../dsl/diagnostic.ts';
import type { EvidenceFigures } from '../engine/evidence-figures.ts';
import type { Bill, Exception, RatedPortion } from '../engine/model.ts';

export interface Problem {
  readonly title: string;
  /** HTTP status; 0 if no answer came. */
  readonly status: number;
  readonly detail?: string;
  readonly type?: string;
  /** What to do about it, if the server says. */
  readonly remedy?: string;
  /** Of rules that were not released because their own tests fail: the first failures, and how many tests there are. */
  readonly tests?: {
    readonly failed: number;
    readonly passed: number;
    readonly failures: readonly (TestFailureView & { readonly name: string; readonly file: string })[];
  };
}

export type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: Problem };

export interface Page<T> {
  readonly items: readonly T[];
  /** Opaque; goes into `after`. */
  readonly next?: string | null;
  readonly total?: number;
}

export interface Health {
  readonly status: string;
  readonly version: string;
  readonly ruleSet: string | null;
  readonly now: string;
}

export interface ClockView {
  readonly now: string;
  readonly test: boolean;
}

export interface RuleFile {
  readonly path: string;
  readonly text: string;
  readonly hash: string;
}

/** A file as it would be: laid over the folder's own. */
export interface FileOverride {
  readonly path: string;
  readonly text: string;
}

export interface RulesView {
  readonly ruleSet: string | null;
  readonly writable: boolean;
  readonly files: readonly RuleFile[];
  readonly diagnostics: readonly Diagnostic[];
}

export interface TestFailureView {
  readonly line: number;
  readonly expected: string;
  readonly actual: string;
}

export interface TestView {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly passed: boolean;
  readonly failures: readonly TestFailureView[];
}

export interface TestRunView {
  readonly passed: number;
  readonly failed: number;
  readonly tests: readonly TestView[];
  readonly diagnostics: readonly Diagnostic[];
}

export interface SimulatedBill {
  readonly bill: Bill;
  readonly exceptions: readonly Exception[];
}

export interface SimulationView {
  /** By the rules as released; null if none compile. */
  readonly before: SimulatedBill | null;
  readonly after: (SimulatedBill & { readonly trace: readonly RatedPortion[] }) | null;
  readonly diagnostics: readonly Diagnostic[];
}

export interface StepView {
  readonly name: string;
  readonly done: number;
  readonly total: number;
  readonly unit: string;
  readonly state: 'waiting' | 'running' | 'done';
  readonly perSecond?: number;
  readonly secondsLeft?: number;
}

export interface BillRunView {
  readonly id: string;
  readonly closesFrom: string;
  readonly closesUntil: string;
  readonly step: string;
  readonly steps: readonly StepView[];
  readonly accounts: {
    readonly total: number;
    readonly invoiced: number;
    readonly held: number;
    readonly rejected: number;
  };
  readonly error?: string | null;
  /** How many decisions it waits for before anything is rated. */
  readonly awaits?: number | null;
  readonly report?: CycleReport | null;
}

export interface CycleReport {
  readonly runId: string;
  readonly currency: string;
  readonly revenue: { readonly net: string; readonly tax: string; readonly total: string };
  readonly accounts: {
    readonly total: number;
    readonly billed: number;
    readonly held: number;
    readonly rejected: number;
  };
  readonly records: {
    readonly read: number;
    readonly accepted: number;
    readonly duplicate: number;
    readonly quarantined: number;
    readonly late: number;
  };
  readonly delivery: {
    readonly due: number;
    readonly delivered: number;
    readonly bounced: number;
    readonly failed: number;
    /** Sent or still to be sent, without word of what became of it. */
    readonly waiting: number;
    readonly percent: number | string;
  };
  readonly accuracy: { readonly percent: number | string; readonly formula: string };
  readonly dso: { readonly days: number | string; readonly formula: string; readonly periodDays: number };
  readonly payments: { readonly received: string; readonly open: string; readonly overdue: string };
  readonly exceptions: {
    readonly open: number;
    readonly byCode: readonly { readonly code: string; readonly count: number }[];
  };
  readonly revenueBy: {
    readonly plan: readonly { readonly key: string; readonly net: string }[];
    readonly service: readonly { readonly key: string; readonly net: string }[];
    readonly tax: readonly { readonly key: string; readonly tax: string }[];
  };
}

export interface AccountItem {
  readonly id: string;
  readonly customerName: string;
  readonly category: string;
  readonly zone: string;
  readonly cycleDay: number;
  readonly plans: readonly string[];
  readonly currency: string;
}

export interface AccountView extends AccountItem {
  /** Of zone and cycle day, in order of time. */
  readonly changes: readonly { readonly from: string; readonly zone?: string; readonly cycleDay?: number }[];
  readonly customer: {
    readonly id: string;
    readonly name: string;
    readonly category: string;
    readonly language: string;
    readonly country: string;
    readonly email?: string | null;
    readonly city?: string;
  };
  readonly subscriptions: readonly {
    readonly id: string;
    readonly plan: string;
    readonly msisdn: string;
    readonly payment: string;
    readonly activatedOn: string;
    readonly cancelledOn?: string | null;
    readonly renewsOn?: string | null;
  }[];
  readonly invoices: readonly InvoiceItem[];
  /** Newest first. */
  readonly creditNotes: readonly CreditNoteItem[];
  readonly exceptions: readonly ExceptionView[];
}

export interface InvoiceItem {
  readonly number: string;
  readonly accountId: string;
  readonly customerName: string;
  readonly issuedOn: string;
  readonly dueOn: string;
  /** 0 for the bill of a cycle; else which invoice of it before its end. */
  readonly interim: number;
  readonly currency: string;
  readonly net: string;
  readonly tax: string;
  readonly total: string;
  /** What is still to be paid. */
  readonly open: string;
}

export interface CreditNoteItem {
  readonly number: string;
  /** Number of the invoice that it gives back from. */
  readonly corrects: string;
  readonly issuedOn: string;
  readonly currency: string;
  readonly net: string;
  readonly tax: string;
  readonly total: string;
}

export interface InvoiceView extends InvoiceItem {
  readonly bill: Bill;
}

export type ExceptionState = 'open' | 'approved' | 're-rated' | 'rejected';

export interface ExceptionView {
  readonly id: number;
  readonly code: string;
  readonly action: 'hold' | 'flag' | 'reject';
  readonly severity: 'low' | 'medium' | 'high';
  readonly object: string;
  readonly subject: string;
  readonly accountId?: string | null;
  readonly customerName?: string | null;
  readonly evidence: string;
  readonly figures?: readonly EvidenceFigures[] | null;
  readonly rule?: string | null;
  readonly state: ExceptionState;
  readonly reason?: string | null;
  readonly decidedBy?: string | null;
  readonly draft?: { readonly total: string; readonly currency: string } | null;
}

export type MessageState =
  | 'queued'
  | 'attempting'
  | 'sent'
  | 'delivered'
  | 'opened'
  | 'bounced'
  | 'failed'
  | 'suppressed';

export interface MessageItem {
  readonly key: string;
  readonly template: string;
  readonly purpose: string;
  readonly channel: string;
  readonly recipient: string;
  readonly customerName?: string | null;
  readonly subject?: string | null;
  readonly state: MessageState;
  readonly notBefore: string;
  readonly sentAt?: string | null;
  readonly reason?: string | null;
  readonly rule: string;
  /** False for staff who are told about the customer. */
  readonly toCustomer: boolean;
  /** Why it cannot be rendered, in one line. */
  readonly problem?: string;
}

export interface MessageView extends MessageItem {
  readonly html?: string | null;
  readonly text?: string | null;
}

export type Query = Readonly<Record<string, string | number | undefined>>;

export const getHealth = (signal?: AbortSignal) => request<Health>('/v1/health', { signal });
export const getClock = (signal?: AbortSignal) => request<ClockView>('/v1/clock', { signal });
export const putClock = (now: string) => request<ClockView>('/v1/clock', { method: 'PUT', body: { now } });

export const getRules = (signal?: AbortSignal) => request<RulesView>('/v1/rules', { signal });
export const putRuleFile = (path: string, text: string, hash: string | undefined) =>
  request<{ readonly path: string; readonly hash: string }>(
    `/v1/rules/files/${path.split('/').map(encodeURIComponent).join('/')}`,
    {
      method: 'PUT',
      body: { text, ...(hash !== undefined && { hash }) },
    },
  );
/** Puts the saved rules in force; from then on everything is decided by them. */
export const releaseRules = (despiteFailingTests: boolean) =>
  request<{ readonly ruleSet: string | null }>('/v1/rules/release', {
    method: 'POST',
    body: { ...(despiteFailingTests && { despiteFailingTests }) },
  });
export const testRules = (files: readonly FileOverride[]) =>
  request<TestRunView>('/v1/rules/test', { method: 'POST', body: { files } });
export const simulate = (accountId: string, files: readonly FileOverride[]) =>
  request<SimulationView>('/v1/rules/simulate', { method: 'POST', body: { accountId, files } });

export const getBillRuns = (signal?: AbortSignal) => request<Page<BillRunView>>('/v1/bill-runs', { signal });
export const getBillRun = (id: string, signal?: AbortSignal) =>
  request<BillRunView>(`/v1/bill-runs/${encodeURIComponent(id)}`, { signal });
export const getReport = (id: string, signal?: AbortSignal) =>
  request<CycleReport>(`/v1/bill-runs/${encodeURIComponent(id)}/report`, { signal });
export const startBillRun = (closesFrom: string, closesUntil: string) =>
  request<BillRunView>('/v1/bill-runs', { method: 'POST', body: { closesFrom, closesUntil } });

export const getAccounts = (query: Query, signal?: AbortSignal) =>
  request<Page<AccountItem>>(`/v1/accounts${search(query)}`, { signal });
export const getAccount = (id: string, signal?: AbortSignal) =>
  request<AccountView>(`/v1/accounts/${encodeURIComponent(id)}`, { signal });

export const getInvoices = (query: Query, signal?: AbortSignal) =>
  request<Page<InvoiceItem>>(`/v1/invoices${search(query)}`, { signal });
export const getInvoice = (number: string, signal?: AbortSignal) =>
  request<InvoiceView>(`/v1/invoices/${encodeURIComponent(number)}`, { signal });

export const getExceptions = (query: Query, signal?: AbortSignal) =>
  request<Page<ExceptionView>>(`/v1/exceptions${search(query)}`, { signal });
/** With the invoice as it would be, while it is not issued. */
export const getException = (id: number, signal?: AbortSignal) =>
  request<ExceptionView & { readonly bill?: Bill }>(`/v1/exceptions/${id}`, { signal });
export const decideException = (id: number, verdict: 'approve' | 're-rate' | 'reject', reason: string, by: string) =>
  request<ExceptionView>(`/v1/exceptions/${id}/${verdict}`, {
    method: 'POST',
    body: { reason, by },
  });

export const getMessages = (query: Query, signal?: AbortSignal) =>
  request<Page<MessageItem>>(`/v1/messages${search(query)}`, { signal });
export const getMessage = (key: string, signal?: AbortSignal) =>
  request<MessageView>(`/v1/messages/${encodeURIComponent(key)}`, { signal });

interface RequestOptions {
  readonly method?: 'GET' | 'PUT' | 'POST';
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

export async function request<T>(url: string, options: RequestOptions = {}): Promise<Answer<T>> {
  let response: Response;
  try {
    response = await fetch(url, {
      method: options.method ?? 'GET',
      headers: {
        accept: 'application/json',
        ...(options.body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(options.body !== undefined && { body: JSON.stringify(options.body) }),
      ...(options.signal && { signal: options.signal }),
    });
  } catch {
    return {
      ok: false,
      problem: { title: 'The server does not answer', status: 0, detail: `${url} could not be reached.` },
    };
  }
  const content: unknown = await response.json().catch(() => undefined);
  if (response.ok && content !== undefined) return { ok: true, value: content as T };
  return { ok: false, problem: problemOf(response, content) };
}

function problemOf(response: Response, content: unknown): Problem {
  const said = typeof content === 'object' && content !== null ? (content as Readonly<Record<string, unknown>>) : {};
  return {
    title:
      typeof said.title === 'string' ? said.title : response.ok ? 'The answer cannot be read' : 'The request failed',
    status: response.status,
    detail:
      typeof said.detail === 'string' ? said.detail : `${new URL(response.url).pathname} answered ${response.status}.`,
    ...(typeof said.type === 'string' && { type: said.type }),
    ...(typeof said.remedy === 'string' && { remedy: said.remedy }),
    ...(said.type === '/v1/problems/tests-fail' && { tests: said as unknown as NonNullable<Problem['tests']> }),
  };
}

export function search(query: Query): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== undefined && value !== '') params.set(name, String(value));
  const text = params.toString();
  return text && `?${text}`;
}
