import { useState } from "react";
import { WhyDialog } from "../shell/WhyDialog";
import { useSession } from "../state/session";
import { Button } from "../ui/Button";
import { State } from "../ui/State";

/** The rules give this person no row of any data set: said once, instead of a page full of dashes. */
export function NothingInScope() {
  const { me } = useSession();
  const [why, setWhy] = useState(false);
  return (
    <>
      <State title="You have no units yet" actions={<Button onClick={() => setWhy(true)}>Why do I see nothing?</Button>}>
        <p>You are signed in, and your role opens dashboards. No rule gives you rows to see: nobody has assigned you a team, department or market.</p>
        <p>To get them, {me.scope.contact}.</p>
      </State>
      {why && <WhyDialog onClose={() => setWhy(false)} />}
    </>
  );
}
