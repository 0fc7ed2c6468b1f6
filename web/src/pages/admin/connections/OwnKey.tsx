import type { Connection } from "../../../api/identity";
import { Button } from "../../../ui/Button";
import { AreaField } from "../../../ui/Field";
import own from "./Connections.module.css";
import { Kept } from "./ProviderFields";
import type { Draft, Secret } from "./draft";

type Props = { draft: Draft; saved: Connection; onSecret: (secret: Secret) => void; error: string | null };

/** Our key towards a SAML provider, for signed requests and encrypted assertions. */
export function OwnKey({ draft: { secret }, saved, onSecret, error }: Props) {
  if (secret.what === "replace")
    return (
      <div className={own.group}>
        <AreaField label="Private key, PEM" value={secret.text} onText={(text) => onSecret({ ...secret, text })} placeholder="-----BEGIN PRIVATE KEY-----" error={error} hint="Goes in and never comes out." />
        <AreaField label="Its certificate, PEM" value={secret.certificate} onText={(certificate) => onSecret({ ...secret, certificate })} placeholder="-----BEGIN CERTIFICATE-----" hint="The provider reads it from our metadata." />
        <div>
          <Button onClick={() => onSecret({ what: "keep" })}>{saved.has_secret ? "Keep the stored key" : "Without a key"}</Button>
        </div>
      </div>
    );
  if (secret.what === "remove") return <Kept title="Private key" words="Is removed when you save." action="Keep" onAct={() => onSecret({ what: "keep" })} />;
  const replace = () => onSecret({ what: "replace", text: "", certificate: "" });
  if (!saved.has_secret)
    return (
      <div className={own.end}>
        <p>None. It is needed only when the provider wants signed requests, or encrypts.</p>
        <Button icon="plus" onClick={replace}>
          Add a key
        </Button>
      </div>
    );
  return (
    <Kept title="Private key" words="Is set. It is never shown." action="Replace" onAct={replace}>
      <Button aria-label="Remove private key" onClick={() => onSecret({ what: "remove" })}>
        Remove
      </Button>
    </Kept>
  );
}
