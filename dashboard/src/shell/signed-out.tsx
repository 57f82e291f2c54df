import "./whole-page.css";

export function SignedOut() {
  return (
    <main class="whole-page">
      <div class="card">
        <h1>You are not signed in</h1>
        <p>
          Open the one-time link that <code>gooddata up</code> printed. It signs this browser in.
        </p>
        <p>
          Each link works once. <code>gooddata sign-in</code> makes another.
        </p>
      </div>
    </main>
  );
}
