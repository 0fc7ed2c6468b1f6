import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type Connection, connectionsQuery } from "../../../api/identity";
import { formatCount } from "../../../format/number";
import { useSession } from "../../../state/session";
import buttons from "../../../ui/Button.module.css";
import { Icon } from "../../../ui/Icon";
import { Skeleton } from "../../../ui/Skeleton";
import { ErrorState, State } from "../../../ui/State";
import { Tag } from "../../../ui/Tag";
import styles from "../AdminPage.module.css";
import { Panel } from "../Panel";
import { When } from "../When";
import { kindWords } from "../words";
import { deviations } from "./switches";

export function ConnectionsPage() {
  const { data, error, refetch } = useQuery(connectionsQuery);
  return (
    <div className={styles.page}>
      <Panel
        title="Identity providers"
        lead="People sign in with your Okta, Entra ID, Google or Keycloak, and arrive with their roles and attributes."
        flush
        actions={
          <Link to="/admin/connections/new" className={`${buttons.button} ${buttons.main}`}>
            <Icon name="plus" size={16} />
            Add
          </Link>
        }
      >
        {error && !data ? (
          <div className={styles.state}>
            <ErrorState error={error} onAgain={() => void refetch()} small />
          </div>
        ) : !data ? (
          <div role="status" aria-busy="true" aria-label="Loading identity providers" className={styles.form}>
            <Skeleton height={40} />
            <Skeleton height={40} />
            <span />
          </div>
        ) : data.length === 0 ? (
          <div className={styles.state}>
            <State small title="No identity provider yet">
              <p>Everybody signs in with a password of this application. Add your provider, try it on somebody, then switch it on.</p>
            </State>
          </div>
        ) : (
          <table className={styles.rows}>
            <thead>
              <tr>
                <th scope="col">Name</th>
                <th scope="col" className={styles.wide}>
                  Kind
                </th>
                <th scope="col" className={styles.wide}>
                  State
                </th>
                <th scope="col" className={styles.wide}>
                  Switches
                </th>
                <th scope="col" className={styles.wide}>
                  Changed
                </th>
              </tr>
            </thead>
            <tbody>
              {data.map((connection) => (
                <Row key={connection.id} connection={connection} />
              ))}
            </tbody>
          </table>
        )}
      </Panel>
    </div>
  );
}

function Row({ connection }: { connection: Connection }) {
  const { settings } = connection;
  const kind = kindWords(settings.saml ? "saml" : "oidc");
  return (
    <tr data-link data-off={settings.enabled ? undefined : true}>
      <td>
        <Link to="/admin/connections/$id" params={{ id: connection.id }} className={styles.name}>
          {settings.name}
        </Link>
        <span className={styles.sub}>{settings.saml?.entity_id ?? settings.oidc?.issuer}</span>
        <span className={styles.phone}>
          <span className={styles.tags}>
            <OnOff enabled={settings.enabled} />
            <Tag>{kind}</Tag>
          </span>
          <Deviations connection={connection} />
        </span>
      </td>
      <td className={styles.wide} data-tight>
        {kind}
      </td>
      <td className={styles.wide}>
        <OnOff enabled={settings.enabled} />
      </td>
      <td className={styles.wide}>
        <Deviations connection={connection} />
      </td>
      <td className={styles.wide} data-tight>
        <When at={connection.changed_at} />
      </td>
    </tr>
  );
}

export function OnOff({ enabled }: { enabled: boolean }) {
  return enabled ? <Tag look="accent">On</Tag> : <Tag>Off</Tag>;
}

function Deviations({ connection }: { connection: Connection }) {
  const { locale } = useSession();
  const words = deviations(connection.settings);
  if (words.length === 0) return <span className={styles.sub}>All as usual</span>;
  return (
    <>
      {formatCount(words.length, locale)} {words.length === 1 ? "differs" : "differ"} from the usual
      {words.map((one) => (
        <span key={one} className={styles.sub}>
          {one}
        </span>
      ))}
    </>
  );
}
