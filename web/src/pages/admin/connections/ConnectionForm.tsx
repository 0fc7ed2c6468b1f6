import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useEffect, useState } from "react";
import { type Connection, type ConnectionSettings, connectionsQuery, saveConnection } from "../../../api/identity";
import { ApiError } from "../../../api/client";
import { meQuery } from "../../../api/queries";
import { Button } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import { ChecksField, TextField } from "../../../ui/Field";
import { Unsaved } from "../../../ui/Unsaved";
import styles from "../AdminPage.module.css";
import { FormProblem } from "../FormProblem";
import { Panel } from "../Panel";
import { problemOf } from "../problem";
import bar from "../settings/Settings.module.css";
import { MappingFields } from "./MappingFields";
import { OwnKey } from "./OwnKey";
import { ProviderFields } from "./ProviderFields";
import { type Draft, FIELDS, type Field, draftOf, explained, settingsOf, wrongIn } from "./draft";
import { isOn, switchesOf } from "./switches";

type Props = { saved: Connection; onChanged: (changed: boolean) => void; onTheirs: () => void };

/** Everything about a connection but whether it is on, which has a button of its own. */
export function ConnectionForm({ saved: newest, onChanged, onTheirs }: Props) {
  const client = useQueryClient();
  // What the draft was made from. A newer version takes its place only when nothing was typed, else it would be written over.
  const [saved, setSaved] = useState(newest);
  const [draft, setDraft] = useState<Draft>(() => draftOf(saved));
  const [asking, setAsking] = useState(false);
  const save = useMutation({
    mutationFn: (settings: ConnectionSettings) => saveConnection(saved.id, saved.version, settings),
    // A secret may be in what was sent.
    gcTime: 0,
    onSuccess: async (now) => {
      client.setQueryData(connectionsQuery.queryKey, (all) => all?.map((one) => (one.id === now.id ? now : one)));
      setSaved(now);
      setDraft(draftOf(now));
      await Promise.all([client.invalidateQueries({ queryKey: ["origin"] }), client.invalidateQueries(meQuery)]);
    },
    onSettled: () => setAsking(false),
  });
  const problem = explained(problemOf(save.error, FIELDS));
  const conflict = save.error instanceof ApiError && save.error.status === 409;
  const wrong = wrongIn(draft, saved);
  const said = (field: Field): string | null => wrong[field] ?? (problem?.field === field ? problem.text : null);
  const changed = JSON.stringify(draft) !== JSON.stringify(draftOf(saved));
  if (newest.version > saved.version && !changed) {
    setSaved(newest);
    setDraft(draftOf(newest));
  }
  useEffect(() => onChanged(changed), [changed, onChanged]);
  const put = (patch: Partial<Draft>) => {
    setDraft({ ...draft, ...patch });
    if (save.error && !conflict) save.reset();
  };
  // Whoever forbids passwords may lock people out: that is asked about.
  const locks = draft.on.includes("forbids_local_sign_in") && !isOn(saved.settings, "forbids_local_sign_in");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (Object.keys(wrong).length > 0) return;
    if (locks) setAsking(true);
    else save.mutate(settingsOf(draft, saved.settings));
  };
  return (
    <form className={styles.form} onSubmit={submit} noValidate aria-label={`Settings of ${saved.settings.name}`}>
      <Unsaved changed={changed} />
      <Panel title="Provider">
        <div className={styles.form}>
          <TextField label="Name" value={draft.name} onText={(name) => put({ name })} error={said("name")} autoComplete="off" hint={`The button on the sign-in page says: Sign in with ${draft.name.trim() || "…"}`} />
          <ProviderFields draft={draft} onDraft={put} said={said} saved={saved} />
        </div>
      </Panel>
      <Panel title="Switches" lead="All of them are off as usual. Switch on what your provider or your policy needs.">
        <ChecksField legend="Switched on" options={switchesOf(saved.settings)} values={draft.on} onValues={(on) => put({ on: switchesOf(saved.settings).flatMap(({ value }) => (on.includes(value) ? [value] : [])) })} error={said("switches")} />
      </Panel>
      {draft.saml && (
        <Panel title="Our key" lead="With it our requests are signed, and what is encrypted for us is read.">
          <OwnKey draft={draft} saved={saved} onSecret={(secret) => put({ secret })} error={said("private_key")} />
        </Panel>
      )}
      <Panel title="Names of what arrives" lead="The names under which the provider sends what we need. A person is known by the provider's own name for them, never by e-mail.">
        <div className={styles.form}>
          <MappingFields draft={draft} onDraft={put} error={said("mapping")} />
        </div>
      </Panel>
      <div className={bar.bar} data-changed={changed || undefined}>
        <FormProblem problem={conflict ? { field: null, text: "Someone else changed this identity provider meanwhile. Load theirs, and put your change in again." } : problem} />
        <div className={styles.actions}>
          <span role="status">{changed ? (Object.keys(wrong).length > 0 ? "Something above is not right yet" : "Not saved yet") : save.isSuccess ? "Saved. It holds from the next sign-in on." : `Version ${saved.version}`}</span>
          {conflict && (
            <Button
              onClick={() => {
                save.reset();
                setDraft(draftOf(saved));
                onTheirs();
              }}
            >
              Load theirs
            </Button>
          )}
          {changed && !conflict && (
            <Button
              onClick={() => {
                save.reset();
                setDraft(draftOf(saved));
              }}
            >
              Undo my changes
            </Button>
          )}
          <Button look="main" type="submit" disabled={!changed || save.isPending || conflict || Object.keys(wrong).length > 0}>
            {save.isPending ? "Saving…" : "Save"}
          </Button>
        </div>
      </div>
      {asking && (
        <Dialog title="Close the door for passwords?" onClose={() => setAsking(false)}>
          <div className={styles.form}>
            <p>Once {saved.settings.name} is on, nobody signs in with a password of this application any more, but administrators who were given that role here and are linked to no provider.</p>
            <p>Check first that one of them knows their password: they are the way in on the day the provider is broken.</p>
            <div className={styles.actions}>
              <Button onClick={() => setAsking(false)}>Cancel</Button>
              <Button look="danger" disabled={save.isPending} onClick={() => save.mutate(settingsOf(draft, saved.settings))}>
                {save.isPending ? "Saving…" : "Save, and close that door"}
              </Button>
            </div>
          </div>
        </Dialog>
      )}
    </form>
  );
}
