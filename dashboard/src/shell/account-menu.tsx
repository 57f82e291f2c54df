import { signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { accountsApi } from "../api/accounts";
import type { Account } from "../api/projects";
import { signedOut } from "../api/request";
import { useDeed } from "../deed";
import { Field, Said } from "../elements/form";
import "./account.css";

const FEWEST_CHARACTERS = 12;

/** Whether the password is being set: by the menu or by the offer. */
const isSetting = signal(false);

/** Who is signed in, by which role; sets the password, signs out. */
export function AccountMenu({ account }: { account: Account }) {
  const isOpen = useSignal(false);
  const menu = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const signOut = useDeed(async () => {
    await accountsApi.signOut();
    signedOut.value = true;
  });
  useEffect(() => {
    function onPointer(event: Event): void {
      if (!menu.current?.contains(event.target as Node)) isOpen.value = false;
    }
    function onKey(event: KeyboardEvent): void {
      if (event.key !== "Escape" || !isOpen.peek()) return;
      isOpen.value = false;
      opener.current?.focus();
    }
    document.addEventListener("pointerdown", onPointer);
    document.addEventListener("keydown", onKey);
    return () => {
      document.removeEventListener("pointerdown", onPointer);
      document.removeEventListener("keydown", onKey);
    };
  }, [isOpen]);
  return (
    <div class="account-menu" ref={menu}>
      <button
        ref={opener}
        type="button"
        class="icon-button initial"
        aria-expanded={isOpen.value}
        aria-label={`Account: ${account.email}`}
        title={account.email}
        onClick={() => {
          isOpen.value = !isOpen.value;
        }}
      >
        <span aria-hidden="true">{account.email.charAt(0).toUpperCase()}</span>
      </button>
      {isOpen.value && (
        <section class="account-panel" aria-label="Account">
          <p>
            <b class="clip">{account.email}</b>
            <small>{account.role}</small>
          </p>
          <button
            type="button"
            class="button"
            onClick={() => {
              isOpen.value = false;
              isSetting.value = true;
            }}
          >
            {account.has_password ? "Change password" : "Set a password"}
          </button>
          <button type="button" class="button" disabled={signOut.busy} onClick={() => signOut.run()}>
            Sign out
          </button>
          <Said error={signOut.error} />
        </section>
      )}
      {isSetting.value && (
        <SetPassword
          account={account}
          onClose={() => {
            isSetting.value = false;
            opener.current?.focus();
          }}
        />
      )}
    </div>
  );
}

/** To one who came by a link and has no password. */
export function PasswordOffer({ account }: { account: Account }) {
  if (account.has_password) return null;
  return (
    <aside class="password-offer" aria-label="Password">
      <p>A one-time link let you in. With a password you can sign in again, from any browser.</p>
      <button
        type="button"
        class="button"
        onClick={() => {
          isSetting.value = true;
        }}
      >
        Set a password
      </button>
    </aside>
  );
}

function SetPassword({ account, onClose }: { account: Account; onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const current = useSignal("");
  const password = useSignal("");
  useEffect(() => dialog.current?.showModal(), []);
  const set = useDeed(async () => {
    await accountsApi.setPassword(password.value, account.sets_password ? null : current.value);
    window.location.reload();
  });
  const isComplete = password.value.length >= FEWEST_CHARACTERS && (account.sets_password || current.value !== "");
  return (
    <dialog ref={dialog} class="password-dialog" aria-labelledby="password-heading" onClose={onClose}>
      <form
        class="account-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (isComplete && !set.busy) void set.run();
        }}
      >
        <h2 id="password-heading">{account.has_password ? "Change the password" : "Set a password"}</h2>
        <p class="words">
          For {account.email}. All other browsers that are signed in with this account are signed out.
        </p>
        {!account.sets_password && (
          <Field
            label="Current password"
            kind="current-password"
            value={current.value}
            onInput={(to) => {
              current.value = to;
            }}
          />
        )}
        <Field
          label="New password"
          kind="new-password"
          hint={`At least ${FEWEST_CHARACTERS} characters.`}
          value={password.value}
          onInput={(to) => {
            password.value = to;
          }}
        />
        <Said error={set.error} />
        <div class="form-line">
          <button type="submit" class="button main" disabled={!isComplete || set.busy}>
            Keep it
          </button>
          <button type="button" class="button" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
        </div>
      </form>
    </dialog>
  );
}
