import { useSignal } from "@preact/signals";
import { api } from "../api";
import type { ItemOrder, ShownItem } from "../api/feedback";
import { RangeBar } from "../charts/range-bar";
import { Answer, Skeleton } from "../elements/answer";
import { Panel } from "../elements/panel";
import { amount, count, plural, share } from "../format";
import { paceOf, type Question } from "../pages/question";
import { useResource } from "../resource";
import "./shown-items.css";

const ROWS = 10;

const ORDERS: { value: ItemOrder; text: string }[] = [
  { value: "shown", text: "times shown" },
  { value: "visitors", text: "visitors" },
  { value: "click_rate", text: "share that clicked" },
  { value: "bought", text: "visitors who bought it" },
  { value: "revenue", text: "revenue after it was shown" },
  { value: "revenue_after_click", text: "revenue after a click" },
];

/** Which items were shown, and what each earned. */
export function ShownItemsPanel({ question }: { question: Question }) {
  const sort = useSignal<ItemOrder>("shown");
  const page = useSignal(0);
  const items = useResource(
    `items ${question.key} ${sort.value} ${page.value}`,
    (abort) => {
      const { from, to } = question.window();
      const part = { sort: sort.value, limit: ROWS, offset: page.value * ROWS };
      return api.feedbackItems({ project: question.project, from, to, ...part }, abort);
    },
    paceOf(question),
  );
  return (
    <Panel
      title="What was recommended, item by item"
      note="and what came of it in the same session"
      busy={items.outdated}
      class="shown-items"
      controls={
        <label class="shown-items-order">
          by
          <select
            value={sort.value}
            onChange={(event) => {
              sort.value = event.currentTarget.value as ItemOrder;
              page.value = 0;
            }}
          >
            {ORDERS.map((each) => (
              <option key={each.value} value={each.value}>
                {each.text}
              </option>
            ))}
          </select>
        </label>
      }
    >
      <Answer
        of={items}
        skeleton={<Skeleton rows={5} height={36} />}
        nothing={({ count: all }) => all === 0 && <Nothing />}
      >
        {(answer) => (
          <>
            <ItemTable items={answer.items} by={sort.value} />
            <Pages page={page.value} count={answer.count} onTurn={(next) => (page.value = next)} />
            <p class="shown-items-note">
              An order counts for each item in it that was shown before in the session, whatever made the visitor buy
              it. What showing it changed, stands above, beside those held out.
            </p>
          </>
        )}
      </Answer>
    </Panel>
  );
}

function Nothing() {
  return (
    <p>
      No item was shown in this range. A page that shows some tells so with one <code class="mono">$exposure</code>{" "}
      event for each, with its <code class="mono">item</code>.
    </p>
  );
}

/** Bars are by what they are sorted by. */
function ItemTable({ items, by }: { items: ShownItem[]; by: ItemOrder }) {
  const most = Math.max(...items.map((each) => each[by])) || 1;
  const rate = Math.max(0.01, ...items.map((each) => each.click_interval[1]));
  return (
    <table>
      <caption class="sr-only">Items that were shown</caption>
      <thead>
        <tr>
          <th scope="col">Item</th>
          <th scope="col">Shown</th>
          <th scope="col">Clicked</th>
          <th scope="col">Bought</th>
          <th scope="col">Revenue</th>
          <th scope="col">After a click</th>
        </tr>
      </thead>
      <tbody>
        {items.map((each) => (
          <tr key={each.item}>
            <th scope="row">
              <span class="bar" style={{ transform: `scaleX(${each[by] / most})` }} aria-hidden="true" />
              <span class="name mono">{each.item}</span>
            </th>
            <td data-name="Shown" class="number">
              {count(each.shown)} <small>to {plural(each.visitors, "visitor")}</small>
            </td>
            <td data-name="Clicked" class="number">
              {share(each.click_rate)}{" "}
              <small>
                {share(each.click_interval[0])} to {share(each.click_interval[1])}
              </small>
              <RangeBar value={each.click_rate} interval={each.click_interval} from={0} to={rate} look="shown" />
            </td>
            <td data-name="Bought" class="number">
              {share(each.bought_rate)} <small>{plural(each.orders, "order")}</small>
            </td>
            <td data-name="Revenue" class="number">
              {amount(each.revenue)}
            </td>
            <td data-name="After a click" class="number">
              {amount(each.revenue_after_click)} <small>{plural(each.orders_after_click, "order")}</small>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Pages({ page, count: all, onTurn }: { page: number; count: number; onTurn: (page: number) => void }) {
  const last = Math.ceil(all / ROWS) - 1;
  if (last < 1) return null;
  return (
    <nav class="shown-items-pages" aria-label="Pages of items">
      <button type="button" class="button" disabled={page === 0} onClick={() => onTurn(page - 1)}>
        Back
      </button>
      <span class="number">
        {count(page * ROWS + 1)} to {count(Math.min(all, (page + 1) * ROWS))} of {plural(all, "item")}
      </span>
      <button type="button" class="button" disabled={page >= last} onClick={() => onTurn(page + 1)}>
        Next
      </button>
    </nav>
  );
}
