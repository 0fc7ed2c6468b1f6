import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Button, IconButton } from "../../../ui/Button";
import { AreaField } from "../../../ui/Field";
import { FileButton } from "../../../ui/FileButton";
import { Icon } from "../../../ui/Icon";
import styles from "./Connections.module.css";
import { certificatesIn } from "./draft";

type Props = { certificates: readonly string[]; onCertificates: (certificates: string[]) => void; error?: string | null };

const MOST = 64 * 1024;

/** Certificates that may sign. Several while the provider changes from one to the next; each is known by its fingerprint. */
export function Certificates({ certificates, onCertificates, error }: Props) {
  const [text, setText] = useState("");
  const [adding, setAdding] = useState(certificates.length === 0);
  const [wrong, setWrong] = useState<string | null>(null);
  const add = (more: string) => {
    const found = certificatesIn(more).filter((one) => !certificates.includes(one));
    if (found.length === 0) return setWrong(certificatesIn(more).length > 0 ? "That certificate is here already." : "That is not a certificate. It begins with -----BEGIN CERTIFICATE-----, or is its base64 text.");
    onCertificates([...certificates, ...found]);
    setText("");
    setWrong(null);
    setAdding(false);
  };
  return (
    <fieldset className={styles.group}>
      <legend>Certificates of the provider</legend>
      {certificates.map((certificate, at) => (
        <div key={certificate} className={styles.kept}>
          <div>
            Certificate {at + 1}
            <Fingerprint certificate={certificate} />
          </div>
          <IconButton icon="close" label={`Remove certificate ${at + 1}`} onClick={() => onCertificates(certificates.filter((one) => one !== certificate))} />
        </div>
      ))}
      {adding ? (
        <>
          <AreaField
            label="Another certificate"
            value={text}
            onText={(now) => {
              setText(now);
              setWrong(null);
            }}
            placeholder="-----BEGIN CERTIFICATE-----"
            error={wrong}
            hint="PEM, or the base64 text of the provider's page. Add the next one before the provider changes to it."
          />
          <div className={styles.line}>
            <Button disabled={text.trim() === ""} onClick={() => add(text)}>
              Add this certificate
            </Button>
            <FileButton accept=".pem,.crt,.cer,.cert" most={MOST} onFile={add} onProblem={setWrong}>
              Choose a file
            </FileButton>
            {certificates.length > 0 && (
              <Button look="quiet" onClick={() => setAdding(false)}>
                Cancel
              </Button>
            )}
          </div>
        </>
      ) : (
        <div>
          <Button icon="plus" onClick={() => setAdding(true)}>
            Add a certificate
          </Button>
        </div>
      )}
      {error && !wrong && (
        <p className={styles.error}>
          <Icon name="alert" size={14} />
          {error}
        </p>
      )}
    </fieldset>
  );
}

/** SHA-256 of the certificate, as providers show it. Some browsers give it on safe addresses only. */
function Fingerprint({ certificate }: { certificate: string }) {
  const { data } = useQuery({ queryKey: ["fingerprint", certificate], queryFn: () => fingerprint(certificate), staleTime: Infinity, retry: false });
  return <span className={styles.code}>{data ? `SHA-256 ${data}` : `${bare(certificate).slice(0, 40)}…`}</span>;
}

function bare(certificate: string): string {
  return certificate.replace(/-----[^-]+-----/g, "").replace(/\s+/g, "");
}

async function fingerprint(certificate: string): Promise<string | null> {
  try {
    const bytes = Uint8Array.from(atob(bare(certificate)), (letter) => letter.charCodeAt(0));
    const digest = await crypto.subtle.digest("SHA-256", bytes);
    return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0").toUpperCase()).join(":");
  } catch {
    return null;
  }
}
