import { useState } from "react";
import { useSession } from "../state/session";
import { Icon } from "../ui/Icon";
import styles from "./ScopeChip.module.css";
import { WhyDialog } from "./WhyDialog";

/** Whose rows these are: on every page, opening why. */
export function ScopeChip() {
  const { me } = useSession();
  const [open, setOpen] = useState(false);
  const { state, label } = me.scope;
  return (
    <>
      <button type="button" className={styles.chip} data-state={state} onClick={() => setOpen(true)} title="Why do I see this?">
        <Icon name="shield" size={16} />
        <span className="quiet">Rows you see: </span>
        <span className={styles.label}>{label}</span>
      </button>
      {open && <WhyDialog onClose={() => setOpen(false)} />}
    </>
  );
}
