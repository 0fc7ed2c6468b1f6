import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useMemo, useState } from "react";
import { type SavedSettings, type Settings, settingsQuery } from "../../../api/admin";
import { ApiError, call } from "../../../api/client";
import { valuesQuery } from "../../../api/queries";
import type { ValuesRequest } from "../../../api/types";
import { useSession } from "../../../state/session";
import { Button } from "../../../ui/Button";
import { ChecksField, ListField, TextField } from "../../../ui/Field";
import { Skeleton } from "../../../ui/Skeleton";
import { ErrorState } from "../../../ui/State";
import { Unsaved } from "../../../ui/Unsaved";
import styles from "../AdminPage.module.css";
import { FormProblem } from "../FormProblem";
import { Panel } from "../Panel";
import { problemOf } from "../problem";
import { ThresholdsField } from "./ThresholdsField";
import { type Draft, draftOf, settingsOf, wrongIn } from "./draft";
import own from "./Settings.module.css";

export function SettingsPage() {
  const { data, error, refetch } = useQuery(settingsQuery);
  if (error && !data) return <ErrorState error={error} onAgain={() => void refetch()} />;
  if (!data)
    return (
      <div className={styles.page} role="status" aria-busy="true" aria-label="Loading settings">
        <Skeleton height={180} />
        <Skeleton height={280} />
        <Skeleton height={180} />
      </div>
    );
  return <Form key={data.version} saved={data} onTheirs={() => void refetch()} />;
}

const zones = (): string[] => Intl.supportedValuesOf("timeZone");

function names(attribute: string, dataSet: string): ValuesRequest {
  return { attribute, data_set: dataSet, range: { preset: "last_90_days" }, filters: [], limit: 200 };
}

function Form({ saved, onTheirs }: { saved: SavedSettings; onTheirs: () => void }) {
  const client = useQueryClient();
  const { me } = useSession();
  const enabled = me.capabilities.dashboards !== "none";
  const { data: queues } = useQuery({ ...valuesQuery(names("queue", "conversations")), enabled });
  const { data: channels } = useQuery({ ...valuesQuery(names("channel", "conversations")), enabled });
  const { data: activities } = useQuery({ ...valuesQuery(names("activity", "activities")), enabled });
  const [draft, setDraft] = useState<Draft>(() => draftOf(saved.settings));
  const allZones = useMemo(zones, []);
  const save = useMutation({
    mutationFn: (settings: Settings) => call<SavedSettings>("/settings", { method: "PUT", body: { version: saved.version, settings } }),
    onSuccess: async (now) => {
      client.setQueryData(settingsQuery.queryKey, now);
      // Every number may have changed.
      await client.invalidateQueries({ predicate: (query) => query.queryKey[0] !== "settings" });
    },
  });
  const problem = problemOf(save.error, Object.keys(saved.settings));
  const conflict = save.error instanceof ApiError && save.error.status === 409;
  const wrong = wrongIn(draft, allZones);
  const said = (field: keyof Settings): string | null => wrong[field] ?? (problem?.field === field ? problem.text : null);
  const put = (patch: Partial<Draft>) => {
    setDraft({ ...draft, ...patch });
    if (save.error) save.reset();
  };
  const changed = JSON.stringify(draft) !== JSON.stringify(draftOf(saved.settings));
  const list = (answer: { values: { value: string | null }[] } | undefined) => answer?.values.flatMap(({ value }) => (value ? [value] : [])) ?? [];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (Object.keys(wrong).length === 0) save.mutate(settingsOf(draft, saved.settings));
  };
  return (
    <form className={styles.page} onSubmit={submit} noValidate aria-label="Workspace settings">
      <Unsaved changed={changed} />
      <Panel title="Company">
        <div className={styles.pair}>
          <TextField label="Name" value={draft.name} onText={(name) => put({ name })} error={said("name")} autoComplete="off" />
          <TextField label="Whom to ask" value={draft.contact} onText={(contact) => put({ contact })} error={said("contact")} autoComplete="off" hint="Shown to people who see nothing, after “ask”." />
          <TextField
            label="Time zone"
            value={draft.time_zone}
            onText={(time_zone) => put({ time_zone })}
            list="time-zones"
            autoComplete="off"
            spellCheck={false}
            error={said("time_zone")}
            hint="Decides what a day is, in every number of every report."
          />
          <datalist id="time-zones">
            {allZones.map((zone) => (
              <option key={zone} value={zone} />
            ))}
          </datalist>
        </div>
      </Panel>
      <Panel title="Service level" lead="The share of conversations that are answered in time.">
        <div className={styles.form}>
          <div className={styles.pair}>
            <TextField label="Answered in time means within" unit="seconds" inputMode="numeric" value={draft.service_level_seconds} onText={(service_level_seconds) => put({ service_level_seconds })} error={said("service_level_seconds")} />
            <TextField
              label="Short abandons are below"
              unit="seconds"
              inputMode="numeric"
              value={draft.short_abandon_seconds}
              onText={(short_abandon_seconds) => put({ short_abandon_seconds })}
              error={said("short_abandon_seconds")}
              hint="Callers who leave sooner are left out of the service level."
            />
          </div>
          <ThresholdsField rows={draft.service_level_overrides} onRows={(service_level_overrides) => put({ service_level_overrides })} queues={list(queues)} channels={list(channels)} error={said("service_level_overrides")} />
        </div>
      </Panel>
      <Panel title="Activities" lead="As the contact centre names them, capital letters included.">
        <div className={styles.pair}>
          <ListField label="Available" values={draft.available_activities} onValues={(available_activities) => put({ available_activities })} suggestions={list(activities)} error={said("available_activities")} hint="In these an agent waits for work." />
          <ListField label="Offline" values={draft.offline_activities} onValues={(offline_activities) => put({ offline_activities })} suggestions={list(activities)} error={said("offline_activities")} hint="In these an agent is not at work." />
        </div>
      </Panel>
      <Panel title="Sign-in" lead="For everybody. Shorter limits hold for open sessions too, longer ones from the next sign-in on.">
        <div className={styles.form}>
          <div className={styles.pair}>
            <TextField label="Signed out when idle for" unit="minutes" inputMode="numeric" value={draft.session_idle_minutes} onText={(session_idle_minutes) => put({ session_idle_minutes })} error={said("session_idle_minutes")} />
            <TextField label="Signed out in any case after" unit="hours" inputMode="numeric" value={draft.session_hours} onText={(session_hours) => put({ session_hours })} error={said("session_hours")} />
          </div>
          <ChecksField
            legend="Second factor"
            options={[{ value: "required", title: "Everybody with a password needs a second factor", note: "Who has none sets one up before anything else opens. Identity providers ask for their own." }]}
            values={draft.second_factor_required ? ["required"] : []}
            onValues={(values) => put({ second_factor_required: values.length > 0 })}
            error={said("second_factor_required")}
          />
        </div>
      </Panel>
      <div className={own.bar} data-changed={changed || undefined}>
        <FormProblem problem={conflict ? { field: null, text: "Someone else saved other settings meanwhile. Load theirs, and put your change in again." } : problem} />
        <div className={styles.actions}>
          <span role="status">{save.isSuccess && !changed ? "Saved. Numbers follow the new settings from now on." : changed ? "Not saved yet" : `Version ${saved.version}`}</span>
          {conflict && <Button onClick={onTheirs}>Load theirs</Button>}
          {changed && !conflict && (
            <Button
              onClick={() => {
                save.reset();
                setDraft(draftOf(saved.settings));
              }}
            >
              Undo my changes
            </Button>
          )}
          <Button look="main" type="submit" disabled={!changed || save.isPending || conflict || Object.keys(wrong).length > 0}>
            {save.isPending ? "Saving…" : "Save settings"}
          </Button>
        </div>
      </div>
    </form>
  );
}
