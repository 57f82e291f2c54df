import { useSignal } from "@preact/signals";
import { accountsApi, type KnownAccount, type Role } from "../../api/accounts";
import { useDeed } from "../../deed";
import { Skeleton } from "../../elements/answer";
import { Field, Pick, Said } from "../../elements/form";
import { OwnerAnswer } from "../../elements/owner-answer";
import { Panel } from "../../elements/panel";
import type { OwnerPageProps } from "../../pages/owner-page";
import { useResource } from "../../resource";
import { Snippet } from "../first-event";

const ROLES: { value: Role; text: string }[] = [
  { value: "viewer", text: "viewer: looks" },
  { value: "analyst", text: "analyst: makes alerts, too" },
  { value: "owner", text: "owner: rules everything" },
];

const NAMES = ROLES.map(({ value }) => ({ value, text: value as string }));

/** Every account with its role; somebody new, by a link to pass on. */
export function AccountList({ project }: OwnerPageProps) {
  const known = useResource("accounts", accountsApi.accounts, { atLeastMs: 60_000 });
  const email = useSignal("");
  const role = useSignal<Role>("viewer");
  const here = useSignal("all");
  const link = useDeed(async (make: () => Promise<{ link: string }>) => {
    const { link: path } = await make();
    known.retry();
    return `${window.location.origin}${path}`;
  });
  const change = useDeed(async (make: () => Promise<unknown>) => {
    try {
      await make();
    } finally {
      known.retry();
    }
  });
  async function invite() {
    const opens = role.value === "owner" || here.value === "all" ? null : [project.id];
    const made = await accountsApi.invite(email.value.trim(), role.value, opens);
    email.value = "";
    return made;
  }
  return (
    <Panel title="Accounts" note="of all projects" class="half">
      <OwnerAnswer of={known} skeleton={<Skeleton rows={2} height={40} />}>
        {({ accounts }) => (
          <ul class="rows">
            {accounts.map((each) => (
              <OneAccount
                key={`${each.account} ${each.role}`}
                of={each}
                busy={change.busy || link.busy}
                onRole={(to) =>
                  change.run(() => accountsApi.change(each.account, to, to === "owner" ? null : each.projects))
                }
                onLink={() => link.run(() => accountsApi.link(each.account))}
                onRemove={() => change.run(() => accountsApi.remove(each.account))}
              />
            ))}
          </ul>
        )}
      </OwnerAnswer>
      <Said error={change.error} />
      <form
        class="form-line"
        onSubmit={(event) => {
          event.preventDefault();
          if (email.value.trim() && !link.busy) void link.run(invite);
        }}
      >
        <Field
          wide
          label="E-mail address of somebody new"
          value={email.value}
          placeholder="ann@example.com"
          onInput={(to) => {
            email.value = to;
          }}
        />
        <Pick
          label="Role"
          value={role.value}
          options={ROLES}
          onPick={(to) => {
            role.value = to;
          }}
        />
        {role.value !== "owner" && (
          <Pick
            label="Opens"
            value={here.value}
            options={[
              { value: "all", text: "all projects" },
              { value: "this", text: `${project.name} alone` },
            ]}
            onPick={(to) => {
              here.value = to;
            }}
          />
        )}
        <button type="submit" class="button" disabled={link.busy || !email.value.trim()}>
          Invite
        </button>
      </form>
      <Said error={link.error}>
        {link.outcome &&
          "Pass this link on. It works once, within 24 hours, for whoever opens it first; it is shown this once."}
      </Said>
      {link.outcome && <Snippet text={link.outcome} />}
    </Panel>
  );
}

interface OneProps {
  of: KnownAccount;
  busy: boolean;
  onRole: (role: Role) => void;
  onLink: () => void;
  onRemove: () => void;
}

function OneAccount({ of: account, busy, onRole, onLink, onRemove }: OneProps) {
  const isSure = useSignal(false);
  return (
    <li class="row">
      <span class="what">
        <b>{account.email}</b>
        <small>
          {account.projects === null ? "all projects" : account.projects.join(", ") || "no project"}
          {!account.has_password && " · no password yet"}
        </small>
      </span>
      <Pick quiet label={`Role of ${account.email}`} value={account.role} options={NAMES} onPick={onRole} />
      <button
        type="button"
        class="button"
        disabled={busy}
        aria-label={`New link for ${account.email}`}
        onClick={onLink}
      >
        New link
      </button>
      <button
        type="button"
        class={isSure.value ? "button danger" : "button"}
        disabled={busy}
        aria-label={`${isSure.value ? "Remove for good" : "Remove"}: ${account.email}`}
        onClick={() => {
          if (isSure.value) onRemove();
          isSure.value = !isSure.value;
        }}
      >
        {isSure.value ? "Remove for good" : "Remove"}
      </button>
    </li>
  );
}
