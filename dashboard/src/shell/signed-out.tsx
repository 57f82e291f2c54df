import { useSignal } from "@preact/signals";
import { accountsApi } from "../api/accounts";
import { useDeed } from "../deed";
import { Field, Said } from "../elements/form";
import "./whole-page.css";
import "./account.css";

/** Signs in by e-mail address and password. The page is loaded anew then: nothing of another account stays on it. */
export function SignedOut() {
  const email = useSignal("");
  const password = useSignal("");
  const signIn = useDeed(async () => {
    await accountsApi.signIn(email.value, password.value);
    window.location.reload();
  });
  const isComplete = email.value.trim() !== "" && password.value !== "";
  return (
    <main class="whole-page">
      <form
        class="card account-form"
        aria-labelledby="sign-in"
        onSubmit={(event) => {
          event.preventDefault();
          if (isComplete && !signIn.busy) void signIn.run();
        }}
      >
        <h1 id="sign-in">Sign in</h1>
        <Field
          label="E-mail address"
          kind="email"
          value={email.value}
          onInput={(to) => {
            email.value = to;
          }}
        />
        <Field
          label="Password"
          kind="current-password"
          value={password.value}
          onInput={(to) => {
            password.value = to;
          }}
        />
        <Said error={signIn.error && sentence(signIn.error)} />
        <button type="submit" class="button main" disabled={!isComplete || signIn.busy}>
          {signIn.busy ? "Signing in…" : "Sign in"}
        </button>
        <p>
          No password yet, or forgotten? Open the one-time link that <code>gooddata up</code> printed, or ask an owner
          for one. Each works once; <code>gooddata sign-in</code> makes another.
        </p>
      </form>
    </main>
  );
}

function sentence(error: Error): Error {
  return new Error(`${error.message.charAt(0).toUpperCase()}${error.message.slice(1)}.`);
}
