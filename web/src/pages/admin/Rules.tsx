import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ApiError, call } from "../../api/client";
import { meQuery, separationQuery } from "../../api/queries";
import type { Separation } from "../../api/types";
import { Button } from "../../ui/Button";
import { Skeleton } from "../../ui/Skeleton";
import { ErrorState } from "../../ui/State";
import { Unsaved } from "../../ui/Unsaved";
import styles from "./AdminPage.module.css";

/** The separation rules as text, with a guard against writing over someone else's change. */
export function Rules() {
  const client = useQueryClient();
  const { data, error, refetch } = useQuery({ ...separationQuery, refetchOnWindowFocus: false });
  const [draft, setDraft] = useState<{ yaml: string; version: number } | null>(null);
  const save = useMutation({
    mutationFn: (body: Separation) => call<Separation | undefined>("/separation", { method: "PUT", body }),
    onSuccess: async (saved) => {
      if (saved) client.setQueryData(separationQuery.queryKey, saved);
      else await refetch();
      setDraft(null);
      // The rules hold for this person too: everything on screen may have changed.
      await client.invalidateQueries({ predicate: (query) => query.queryKey[0] !== "separation" });
      await client.invalidateQueries(meQuery);
    },
  });
  const problem = save.error instanceof ApiError ? save.error : null;
  const conflict = problem?.status === 409;
  const changed = Boolean(draft && data && draft.yaml !== data.yaml);
  const text = draft?.yaml ?? data?.yaml ?? "";

  return (
    <section className={styles.panel} aria-labelledby="rules-title">
      <Unsaved changed={changed} />
      <header className={styles.head}>
        <div>
          <h2 id="rules-title">Separation rules</h2>
          <p>Who sees which rows. They hold on every page, in every list, total and link.</p>
        </div>
        {data && <span className={styles.version}>Version {data.version}</span>}
      </header>
      {error && !data ? (
        <ErrorState error={error} onAgain={() => void refetch()} small />
      ) : !data ? (
        <Skeleton height={320} />
      ) : (
        <>
          <textarea
            className={styles.editor}
            aria-label="Separation rules, as YAML"
            aria-invalid={problem?.status === 422 || undefined}
            aria-describedby={problem ? "rules-problem" : undefined}
            spellCheck={false}
            wrap="off"
            rows={Math.min(28, Math.max(12, text.split("\n").length + 1))}
            value={text}
            onChange={(event) => {
              setDraft({ yaml: event.target.value, version: draft?.version ?? data.version });
              if (problem) save.reset();
            }}
          />
          {problem && (
            <p id="rules-problem" role="alert" className={styles.problem}>
              {conflict
                ? "Someone else saved other rules meanwhile. Copy your text, load theirs, and put your change in again."
                : problem.status === 422
                  ? `${problem.line && !/^line \d/i.test(problem.message) ? `Line ${problem.line}: ` : ""}${problem.message}`
                  : `${problem.message}${problem.id ? ` (number ${problem.id})` : ""}`}
            </p>
          )}
          <div className={styles.actions}>
            {save.isSuccess && !changed && <span role="status">Saved. The rules hold from now on.</span>}
            {conflict && (
              <Button
                onClick={() => {
                  save.reset();
                  setDraft(null);
                  void refetch();
                }}
              >
                Load theirs
              </Button>
            )}
            {changed && !conflict && (
              <Button
                onClick={() => {
                  save.reset();
                  setDraft(null);
                }}
              >
                Undo my changes
              </Button>
            )}
            <Button look="main" disabled={!changed || save.isPending || conflict} onClick={() => draft && save.mutate(draft)}>
              {save.isPending ? "Saving…" : "Save rules"}
            </Button>
          </div>
        </>
      )}
    </section>
  );
}
