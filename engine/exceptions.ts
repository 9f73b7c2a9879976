/** The closed catalogue of business failures: what each means and what a person does about it. */
import type { ExceptionCode } from './exception-codes.ts';
import type { Exception } from './model.ts';

export interface ExceptionEntry extends Pick<Exception, 'action' | 'severity' | 'object'> {
  readonly meaning: string;
  readonly whatToDo: string;
}

/** An exception of a code with the action, severity and object that the catalogue gives it. `anomaly` rules say their own. */
export function exceptionOf(
  code: ExceptionCode,
  subject: string,
  evidence: string,
  more: Partial<Pick<Exception, 'object' | 'rule' | 'at'>> = {},
): Exception {
  const { action, severity, object } = exceptionCatalogue[code];
  return { code, action, severity, object, subject, evidence, ...more };
}

export const exceptionCatalogue: Readonly<Record<ExceptionCode, ExceptionEntry>> = {
  anomaly: {
    action: 'hold',
    severity: 'medium',
    object: 'invoice',
    meaning: 'An anomaly rule of the analysts matched.',
    whatToDo: 'Read the evidence. Approve if the figures are right; otherwise correct usage or rules, or reject.',
  },
  'no-rate': {
    action: 'hold',
    severity: 'high',
    object: 'event',
    meaning: 'No rule gives this usage a price, or this line a tax.',
    whatToDo:
      'Add the missing rule (or an `otherwise`) to the plan, or the missing tax rule, and rate the account again.',
  },
  'rule-conflict': {
    action: 'hold',
    severity: 'high',
    object: 'event',
    meaning: 'Several rules match where exactly one may.',
    whatToDo: 'Make the named rules exclude each other, or write `first that fits`, and rate the account again.',
  },
  'unknown-plan': {
    action: 'hold',
    severity: 'high',
    object: 'account',
    meaning: 'The plan of a subscription is not in the rule set, or was not in force.',
    whatToDo: "Correct the subscription's plan, or write the plan, and rate the account again.",
  },
  'unknown-subscriber': {
    action: 'flag',
    severity: 'medium',
    object: 'event',
    meaning: 'Usage of a number that no subscription of the account has.',
    whatToDo: 'Find out whose number it was at that time and correct the subscription or the record.',
  },
  'outside-subscription': {
    action: 'flag',
    severity: 'medium',
    object: 'event',
    meaning: 'Usage of a known number before its activation, after its cancellation, or after the end of the cycle.',
    whatToDo: 'Check the dates of the subscription. Usage of a later cycle is billed by that cycle.',
  },
  'missing-fact': {
    action: 'hold',
    severity: 'high',
    object: 'account',
    meaning:
      'A declared fact that is never missing has no value for this customer or event, or something bought has no value.',
    whatToDo: 'Supply the value, or declare that the fact may be missing and say in the rules what happens then.',
  },
  'credit-exhausted': {
    action: 'flag',
    severity: 'low',
    object: 'account',
    meaning: 'Usage of a prepaid line went on when its credit was used up; what credit did not cover is not charged.',
    whatToDo:
      'Nothing, if the network lets a session end late. If there is much of it, find out why service was not stopped.',
  },
  'part-missing': {
    action: 'flag',
    severity: 'medium',
    object: 'event',
    meaning: 'Of a session that comes in parts, one did not come, though a later one did.',
    whatToDo: 'Ask the source for the record. It is billed when it comes, as a part of the same session.',
  },
  'level-below-zero': {
    action: 'flag',
    severity: 'medium',
    object: 'account',
    meaning: 'More units were taken away than there were; the level is charged as zero.',
    whatToDo: 'Find the change that is missing or came twice, and correct it.',
  },
  'sums-differ': {
    action: 'hold',
    severity: 'high',
    object: 'invoice',
    meaning: 'Lines and taxes do not add up to the total, or rated usage does not add up to its lines.',
    whatToDo: 'Report it: this is a fault of the software. The invoice must not go out.',
  },
  'negative-total': {
    action: 'hold',
    severity: 'high',
    object: 'invoice',
    meaning: 'Refunds and discounts exceed the charges.',
    whatToDo: 'Pay out or carry over the credit by hand, then reject the draft.',
  },
  'currency-mismatch': {
    action: 'hold',
    severity: 'high',
    object: 'account',
    meaning: 'A plan charges, or something bought is worth, another currency than the account is billed in.',
    whatToDo: "Move the subscription to a plan in the account's currency, or have the record corrected.",
  },
  'duplicate-charge': {
    action: 'hold',
    severity: 'high',
    object: 'line',
    meaning: 'The same usage event or the same line occurs twice.',
    whatToDo: 'Find out how the usage came in twice and remove one of the two.',
  },
  'closed-account': {
    action: 'hold',
    severity: 'high',
    object: 'account',
    meaning:
      'There are charges for an account that was closed before the cycle began, or a correction would lower credit that was paid out when it was closed.',
    whatToDo:
      'Cancel its subscriptions, or open the account again. Claim what was paid out too much, or approve to leave it.',
  },
  'missing-usage': {
    action: 'flag',
    severity: 'low',
    object: 'account',
    meaning: 'A line that was used in every past cycle was not used at all in this one.',
    whatToDo: 'Check that its usage has been collected; the customer may also just have stopped.',
  },
  'quantity-too-large': {
    action: 'hold',
    severity: 'high',
    object: 'event',
    meaning: 'A quantity is not a whole number of base units from 0 to 2^53.',
    whatToDo: 'Correct the record at its source and replay it.',
  },
  'repeated-usage': {
    action: 'hold',
    severity: 'high',
    object: 'event',
    meaning: 'Two records agree in everything but their ids: the same use, told twice.',
    whatToDo: 'Ask the source which of them is right. Approve if both are; otherwise have one taken out, or reject.',
  },
  'late-beyond-limit': {
    action: 'flag',
    severity: 'medium',
    object: 'event',
    meaning: 'Usage came later than its plan bills any: it started in a cycle before those within which late usage is.',
    whatToDo: 'Find out why it came so late. Charge it by hand if it should be, or leave it to the customer.',
  },
  'source-gap': {
    action: 'hold',
    severity: 'medium',
    object: 'source',
    meaning: 'A sequence number of a usage source is missing.',
    whatToDo:
      'Ask the source to deliver the missing file again; the run goes on when it is there, or when you approve.',
  },
  'trailer-mismatch': {
    action: 'hold',
    severity: 'medium',
    object: 'source',
    meaning: 'A usage file does not hold the records or the quantities that its header or trailer says.',
    whatToDo:
      'Ask the source whether the file is complete. Approve if it is; reject to take the file out until it comes again.',
  },
  'source-silent': {
    action: 'hold',
    severity: 'high',
    object: 'source',
    meaning: 'A source told of no use, or of much less than ever, on a day of the cycle.',
    whatToDo: 'Ask the source for the files of that day; the run goes on when they are there, or when you approve.',
  },
  'unlike-past': {
    action: 'hold',
    severity: 'high',
    object: 'source',
    meaning:
      "The records of a usage file are unlike those of the source's past files, in a way that a known fault explains.",
    whatToDo:
      'Read what is unlike and ask the source. Approve if the file is right; reject to take it out until it comes again.',
  },
  'mixed-identity': {
    action: 'hold',
    severity: 'high',
    object: 'account',
    meaning:
      'Records name the number of one subscription and the IMSI or id of another, or came of the device of another one that uses it before and after.',
    whatToDo:
      'Find out whom the records served. Correct or replay them and rate the account again; approve if the bill is right as it is.',
  },
  'older-rules': {
    action: 'hold',
    severity: 'high',
    object: 'run',
    meaning: 'The run bills by a rule set that a later release has replaced.',
    whatToDo: 'Release the right rules and start the run again, or approve if the older ones are meant.',
  },
  undeliverable: {
    action: 'flag',
    severity: 'medium',
    object: 'invoice',
    meaning: 'No channel reached the customer.',
    whatToDo: 'Correct the address and send the invoice again.',
  },
  'unknown-payment': {
    action: 'flag',
    severity: 'medium',
    object: 'payment',
    meaning: 'Money came in of which nobody knows whose it is.',
    whatToDo: 'Read the evidence, find the account and assign the payment to it; or send the money back.',
  },
  'duplicate-payment': {
    action: 'flag',
    severity: 'medium',
    object: 'payment',
    meaning: 'An invoice that was paid has been paid again, by the same amount.',
    whatToDo:
      'Ask the customer whether to refund it; until then it is credit of the account, which its open invoices use.',
  },
  'payment-currency': {
    action: 'flag',
    severity: 'medium',
    object: 'payment',
    meaning: 'A payment came in another currency than the account that it is for is kept in.',
    whatToDo: 'Send it back, or have the bank change it and take in what it credits.',
  },
  'unknown-return': {
    action: 'flag',
    severity: 'high',
    object: 'payment',
    meaning: 'A bank took money back, and no payment of ours fits it.',
    whatToDo: 'Find the payment by the names and references in the evidence and return it by hand.',
  },
  'unbookable-payment': {
    action: 'flag',
    severity: 'high',
    object: 'payment',
    meaning:
      'A bank’s statement has a payment or a return that cannot be so, as of a day to come; it is not in the books.',
    whatToDo: 'Ask the bank what is right, and take the payment in, or book the return, by hand.',
  },
};
