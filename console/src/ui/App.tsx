import { resume, session, signOut } from "../state/session.ts";
import { Notices } from "./Notices.tsx";
import { ProblemMessage } from "./ProblemMessage.tsx";
import { SignIn } from "./SignIn.tsx";
import { Workspace } from "./Workspace.tsx";

export function App() {
  return (
    <>
      <Content />
      <Notices level={0} />
    </>
  );
}

function Content() {
  const state = session.value;
  switch (state.kind) {
    case "signed-in":
      return <Workspace session={state.session} />;
    case "signed-out":
      return <SignIn reason={state.reason} />;
    case "resuming":
      return (
        <main class="center" aria-busy="true">
          <p class="muted">Signing in…</p>
        </main>
      );
    case "unreachable":
      return (
        <main class="center">
          <div class="card narrow">
            <ProblemMessage problem={state.problem} />
            <div class="buttons">
              <button type="button" class="primary" onClick={() => void resume()}>
                Try again
              </button>
              <button type="button" onClick={() => signOut()}>
                Sign out
              </button>
            </div>
          </div>
        </main>
      );
  }
}
