/** Account statements as banks write them, in the two versions that they send. */

export interface CamtTransaction {
  readonly amount?: string;
  readonly endToEnd?: string;
  readonly reference?: string;
  readonly text?: readonly string[];
  readonly name?: string;
  readonly iban?: string;
  readonly bankReference?: string;
  /** The code of a return, and what had been collected. */
  readonly returned?: { readonly code: string; readonly collected?: string };
}

export interface CamtEntry {
  readonly amount: string;
  readonly direction?: 'CRDT' | 'DBIT';
  readonly status?: 'BOOK' | 'PDNG';
  readonly reversal?: boolean;
  readonly on?: string;
  /** Family and sub-family of the bank's code: `RCDT/ESCT`. */
  readonly code?: string;
  readonly transactions?: readonly CamtTransaction[];
}

export interface CamtStatement {
  readonly id?: string;
  readonly iban?: string;
  readonly currency?: string;
  readonly opening?: string;
  readonly closing: string;
  readonly entries: readonly CamtEntry[];
}

export type CamtVersion = '02' | '08';

export function camt(statements: readonly CamtStatement[], version: CamtVersion = '08'): Buffer {
  return Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.${version}">
<BkToCstmrStmt><GrpHdr><MsgId>M-1</MsgId><CreDtTm>2026-06-15T20:00:00Z</CreDtTm></GrpHdr>
${statements.map((one) => statementXml(one, version)).join('\n')}
</BkToCstmrStmt></Document>`);
}

function statementXml(statement: CamtStatement, version: CamtVersion): string {
  const { id = 'ST-1', iban = 'DE02120300000000202051', currency = 'EUR', opening = '1000.00' } = statement;
  const balance = (code: string, amount: string) =>
    `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="${currency}">${amount.replace('-', '')}</Amt><CdtDbtInd>${amount.startsWith('-') ? 'DBIT' : 'CRDT'}</CdtDbtInd><Dt><Dt>2026-06-15</Dt></Dt></Bal>`;
  return `<Stmt><Id>${id}</Id><CreDtTm>2026-06-15T20:00:00Z</CreDtTm><Acct><Id><IBAN>${iban}</IBAN></Id><Ccy>${currency}</Ccy></Acct>
${balance('OPBD', opening)}${balance('CLBD', statement.closing)}
${statement.entries.map((entry) => entryXml(entry, currency, version)).join('\n')}</Stmt>`;
}

function entryXml(entry: CamtEntry, currency: string, version: CamtVersion): string {
  const {
    amount,
    direction = 'CRDT',
    status = 'BOOK',
    on = '2026-06-15',
    code = 'RCDT/ESCT',
    transactions = [],
  } = entry;
  const [family, sub] = code.split('/');
  const state = version === '02' ? status : `<Cd>${status}</Cd>`;
  return `<Ntry><Amt Ccy="${currency}">${amount}</Amt><CdtDbtInd>${direction}</CdtDbtInd>${entry.reversal ? '<RvslInd>true</RvslInd>' : ''}<Sts>${state}</Sts><BookgDt><Dt>${on}</Dt></BookgDt>
<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>${family}</Cd><SubFmlyCd>${sub}</SubFmlyCd></Fmly></Domn></BkTxCd>
<NtryDtls>${transactions.map((one) => transactionXml(one, currency, direction, version)).join('')}</NtryDtls></Ntry>`;
}

function transactionXml(one: CamtTransaction, currency: string, direction: string, version: CamtVersion): string {
  const money = (name: string, amount: string) => `<${name}><Amt Ccy="${currency}">${amount}</Amt></${name}>`;
  const collected = one.returned?.collected === undefined ? '' : money('InstdAmt', one.returned.collected);
  const amounts =
    one.amount === undefined
      ? collected && `<AmtDtls>${collected}</AmtDtls>`
      : version === '02'
        ? `<AmtDtls>${collected}${money('TxAmt', one.amount)}</AmtDtls>`
        : `<Amt Ccy="${currency}">${one.amount}</Amt><CdtDbtInd>${direction}</CdtDbtInd>${collected && `<AmtDtls>${collected}</AmtDtls>`}`;
  const name =
    one.name === undefined ? '' : version === '02' ? `<Nm>${one.name}</Nm>` : `<Pty><Nm>${one.name}</Nm></Pty>`;
  return `<TxDtls><Refs>${one.bankReference ? `<AcctSvcrRef>${one.bankReference}</AcctSvcrRef>` : ''}<EndToEndId>${one.endToEnd ?? 'NOTPROVIDED'}</EndToEndId></Refs>${amounts}
<RltdPties><Dbtr>${name}</Dbtr>${one.iban ? `<DbtrAcct><Id><IBAN>${one.iban}</IBAN></Id></DbtrAcct>` : ''}</RltdPties>
<RmtInf>${(one.text ?? []).map((line) => `<Ustrd>${line}</Ustrd>`).join('')}${one.reference ? `<Strd><CdtrRefInf><Ref>${one.reference}</Ref></CdtrRefInf></Strd>` : ''}</RmtInf>
${one.returned ? `<RtrInf><Rsn><Cd>${one.returned.code}</Cd></Rsn></RtrInf>` : ''}</TxDtls>`;
}
