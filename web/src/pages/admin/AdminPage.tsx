import { PageHeader } from "../../shell/PageHeader";
import { useSession } from "../../state/session";
import { State } from "../../ui/State";
import styles from "./AdminPage.module.css";
import { Audit } from "./Audit";
import { Rules } from "./Rules";

export function AdminPage() {
  const { me } = useSession();
  return (
    <>
      <PageHeader title="Administration" />
      {me.capabilities.administer ? (
        <div className={styles.page}>
          <Rules />
          <Audit />
        </div>
      ) : (
        <State title="This page is not here">
          <p>It does not exist, or it is not yours to see.</p>
        </State>
      )}
    </>
  );
}
