import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { type Connection, connectionsQuery } from "../../../api/identity";
import buttons from "../../../ui/Button.module.css";
import { CopyLine } from "../../../ui/Copy";
import { Icon } from "../../../ui/Icon";
import { Skeleton } from "../../../ui/Skeleton";
import { ErrorState, State } from "../../../ui/State";
import { Tag } from "../../../ui/Tag";
import styles from "../AdminPage.module.css";
import { Panel } from "../Panel";
import people from "../people/People.module.css";
import { kindWords } from "../words";
import { ConnectionForm } from "./ConnectionForm";
import { OnOff } from "./ConnectionsPage";
import { DryRunPanel } from "./DryRunPanel";
import { EnableButton } from "./EnableButton";
import { RemoveConnection } from "./RemoveConnection";

export function ConnectionPage() {
  const { id } = useParams({ from: "/inside/admin/connections/$id" });
  const { data, error, refetch } = useQuery(connectionsQuery);
  const [changed, setChanged] = useState(false);
  const connection = data?.find((one) => one.id === id);
  if (error && !data) return <ErrorState error={error} onAgain={() => void refetch()} />;
  if (data && !connection)
    return (
      <State
        title="This identity provider is not here"
        actions={
          <Link to="/admin/connections" className={buttons.button}>
            To all identity providers
          </Link>
        }
      >
        <p>There is no connection with this address in your workspace. It may have been removed.</p>
      </State>
    );
  return (
    <div className={styles.page}>
      <Link to="/admin/connections" className={people.back}>
        <Icon name="left" size={16} />
        All identity providers
      </Link>
      {connection ? (
        <>
          <div className={people.top}>
            <h2>
              {connection.settings.name}
              <OnOff enabled={connection.settings.enabled} />
              <Tag>{kindWords(connection.settings.saml ? "saml" : "oidc")}</Tag>
            </h2>
            <EnableButton connection={connection} waits={changed} />
          </div>
          <div className={people.columns}>
            <div className={people.column}>
              <Addresses connection={connection} />
              <ConnectionForm key={connection.id} saved={connection} onChanged={setChanged} onTheirs={() => void refetch()} />
            </div>
            <div className={people.column}>
              <DryRunPanel connection={connection} unsaved={changed} />
              <RemoveConnection connection={connection} onRemoving={() => setChanged(false)} />
            </div>
          </div>
        </>
      ) : (
        <div className={people.columns} role="status" aria-busy="true" aria-label="Loading the identity provider">
          <Skeleton height={420} />
          <Skeleton height={420} />
        </div>
      )}
    </div>
  );
}

function Addresses({ connection: { acs_url, metadata_url, callback_url, logout_url } }: { connection: Connection }) {
  return (
    <Panel title="Our addresses" lead="The provider asks for these.">
      <div>
        {acs_url && <CopyLine title="Sign-in address (ACS URL)" value={acs_url} hint="Okta: Single sign-on URL. Entra ID: Reply URL." />}
        {metadata_url && <CopyLine title="Our entity id and metadata" value={metadata_url} hint="Okta: Audience URI. Entra ID: Identifier. Google: Entity ID." />}
        <CopyLine title="Logout address" value={logout_url} hint="Only for signing out at both ends. Okta: Single Logout URL. Entra ID: Logout URL. Keycloak: Valid post logout redirect URI." />
        {callback_url && <CopyLine title="Redirect address" value={callback_url} hint="Keycloak: Valid redirect URI. Okta: Sign-in redirect URI." />}
      </div>
    </Panel>
  );
}
