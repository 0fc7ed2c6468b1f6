import { PageHeader } from "../shell/PageHeader";
import { useSession } from "../state/session";
import { State } from "../ui/State";

/** The role does not open dashboards, so neither the numbers nor the conversations behind them. */
export function NoRight() {
  const { me } = useSession();
  return (
    <>
      <PageHeader title="Dashboards" />
      <State title="Your role has no dashboards">
        <p>
          You are signed in as {me.person.name} with {roleWords(me.person.roles)}. That role does not open dashboards or conversations.
        </p>
        <p>If you need them, {me.scope.contact}.</p>
      </State>
    </>
  );
}

function roleWords(roles: readonly string[]): string {
  if (roles.length === 0) return "no role";
  return `the ${roles.length === 1 ? "role" : "roles"} ${roles.join(", ")}`;
}
