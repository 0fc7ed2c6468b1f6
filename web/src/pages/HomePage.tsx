import { useSession } from "../state/session";
import { PageHeader } from "../shell/PageHeader";
import { State } from "../ui/State";
import { NoRight } from "./NoRight";

/** Shown only when there is no dashboard to go to. */
export function HomePage() {
  const { me } = useSession();
  if (me.capabilities.dashboards === "none") return <NoRight />;
  return (
    <>
      <PageHeader title="Dashboards" />
      <State title="No dashboard is shared with you yet">
        <p>Someone who edits dashboards has to share one with you: {me.scope.contact}.</p>
      </State>
    </>
  );
}
