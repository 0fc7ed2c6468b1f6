import { Link } from "@tanstack/react-router";
import { State } from "../ui/State";
import buttons from "../ui/Button.module.css";

export function NotFoundPage() {
  return (
    <main>
      <State title="This page is not here" actions={<Link to="/" className={buttons.button}>Go to the start</Link>}>
        <p>It does not exist, or it is not yours to see. Check the address, or ask the person who sent it.</p>
      </State>
    </main>
  );
}
