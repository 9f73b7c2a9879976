import type { ReactNode } from 'react';
import { formatInstant, formatMonth } from '../format.ts';
import { inWords, PageHead } from '../parts/pieces.tsx';
import { usePages, useResource } from '../parts/resource.ts';
import { Empty, Loaded } from '../parts/states.tsx';
import { type Column, PagedTable } from '../parts/table.tsx';
import { hrefOf } from '../route.ts';
import { type MonthOfReasons, reasonsByMonth } from './reasons.ts';
import { getSurveyReasons, getSurveys, type SurveyItem, type SurveyReasons } from './survey-api.ts';

const columns: readonly Column<SurveyItem>[] = [
  {
    title: 'Customer',
    heading: true,
    cell: (survey) => (
      <>
        <span className="stacked">{survey.customerName}</span>
        <span className="stacked quiet">{survey.subscriptionId}</span>
      </>
    ),
  },
  {
    title: 'Reason',
    cell: ({ reason }) => (reason === null ? <span className="quiet nowrap">Not answered</span> : inWords(reason)),
  },
  {
    title: 'In their words',
    prose: true,
    cell: ({ comment, kept }) => (
      <>
        {comment && <span className="stacked">{comment}</span>}
        {kept && <span className="stacked quiet">Would have kept them: {kept}</span>}
      </>
    ),
  },
  {
    title: 'When',
    cell: ({ answeredAt, askedAt }) => <span className="nowrap">{formatInstant(answeredAt ?? askedAt)}</span>,
  },
];

/** Why customers leave: reasons over time, and every answer in the customer's own words. */
export function SurveysPage(): ReactNode {
  const { resource, reload } = useResource('survey reasons', getSurveyReasons);
  const pages = usePages('surveys', (after, signal) => getSurveys({ after, limit: 50 }, signal));
  return (
    <>
      <PageHead title="Surveys" intro="What customers were asked, and what they answered." />
      <Loaded resource={resource} what="the reasons" onRetry={reload}>
        {(reasons) => <Reasons reasons={reasons} />}
      </Loaded>
      <h2 className="section-title">Answers</h2>
      <PagedTable
        pages={pages}
        what="surveys"
        caption="Answers"
        columns={columns}
        keyOf={(survey) => survey.id}
        empty={
          <Empty title="Nobody has been asked yet">
            <p>
              A rule asks with <code>send survey</code>: see <a href={hrefOf({ page: 'rules' })}>the rules</a>.
            </p>
          </Empty>
        }
      />
    </>
  );
}

/** A bar for each month and reason, as a table that says the same without them. */
function Reasons({ reasons }: { readonly reasons: SurveyReasons }): ReactNode {
  if (reasons.answered === 0) return null;
  const months = reasonsByMonth(reasons.items);
  const most = Math.max(...months.flatMap(({ reasons: own }) => own.map(({ answers }) => answers)));
  return (
    <section aria-labelledby="reasons">
      <h2 id="reasons" className="section-title">
        Reasons over time
      </h2>
      <p>
        {reasons.answered} of {reasons.asked} answered
      </p>
      {months.map((month) => (
        <Month key={month.month} month={month} most={most} />
      ))}
    </section>
  );
}

function Month({ month, most }: { readonly month: MonthOfReasons; readonly most: number }): ReactNode {
  return (
    <table className="reasons">
      <caption>{formatMonth(month.month)}</caption>
      <tbody>
        {month.reasons.map(({ reason, answers }) => (
          <tr key={reason}>
            <th scope="row">{inWords(reason)}</th>
            <td className="reasons-bar">
              <span style={{ inlineSize: `${(answers / most) * 100}%` }} aria-hidden="true" />
            </td>
            <td className="reasons-count">{answers}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
