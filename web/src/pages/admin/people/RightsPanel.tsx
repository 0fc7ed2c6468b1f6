import { useQuery } from "@tanstack/react-query";
import { type Person, type Rights, rightsQuery } from "../../../api/admin";
import { Icon } from "../../../ui/Icon";
import { Skeleton } from "../../../ui/Skeleton";
import { ErrorState } from "../../../ui/State";
import { Tag } from "../../../ui/Tag";
import styles from "../AdminPage.module.css";
import { Panel } from "../Panel";
import { CAPABILITIES, STATES, levelWords, roleTitle } from "../words";
import own from "./People.module.css";
import { missing, verdict } from "./rights";

/** What the person may do and see, and which role or rule says so. */
export function RightsPanel({ person }: { person: Person }) {
  const { data, error, refetch } = useQuery(rightsQuery(person.id));
  return (
    <Panel title="Effective rights" lead="What the roles and the separation rules give, and why.">
      {error && !data ? (
        <div className={styles.state}>
          <ErrorState error={error} onAgain={() => void refetch()} small />
        </div>
      ) : !data ? (
        <div role="status" aria-busy="true" aria-label="Loading rights">
          <Skeleton height={320} />
        </div>
      ) : (
        <>
          <Verdict rights={data} />
          <Capabilities rights={data} />
          <div className={own.sets}>
            {data.rows.data_sets.map((set) => (
              <section key={set.data_set} aria-label={`Rows of ${set.data_set}`}>
                <header className={own.setHead}>
                  <h3>{set.data_set === "activities" ? "Activities of agents" : "Conversations"}</h3>
                  <span>{STATES[set.state]}</span>
                </header>
                <p className={own.result}>{set.result}</p>
                <ul>
                  {set.rules.map((rule) => (
                    <li key={rule.name + rule.effect} className={own.rule} data-off={!rule.applies || undefined} data-lacks={rule.lacks || undefined}>
                      <Icon name={rule.lacks ? "alert" : rule.applies ? (rule.effect === "grant" ? "check" : "filter") : "close"} size={18} />
                      <div>
                        <b>{rule.name}</b>
                        <small>
                          {rule.applies ? (rule.effect === "grant" ? "Gives: " : "But only: ") : `Not for them, only for ${rule.for_whom}. ${rule.effect === "grant" ? "Would give: " : "Would leave: "}`}
                          {rule.rows}
                        </small>
                        {rule.reads.map(({ attribute, values }) => (
                          <small key={attribute}>
                            Reads their {attribute}: {values.length === 0 ? "no value" : values.join(", ")}
                          </small>
                        ))}
                      </div>
                    </li>
                  ))}
                </ul>
              </section>
            ))}
          </div>
        </>
      )}
    </Panel>
  );
}

function Verdict({ rights }: { rights: Rights }) {
  const { bad, words } = verdict(rights);
  const lacks = missing(rights);
  return (
    <div className={own.verdict} data-bad={bad || undefined}>
      <p>{words}</p>
      {lacks.length > 0 && (
        <ul>
          {lacks.map((one) => (
            <li key={one}>{one}</li>
          ))}
        </ul>
      )}
    </div>
  );
}

function Capabilities({ rights }: { rights: Rights }) {
  return (
    <table className={styles.rows}>
      <thead>
        <tr>
          <th scope="col">May</th>
          <th scope="col">How far</th>
          <th scope="col">By the role</th>
        </tr>
      </thead>
      <tbody>
        {rights.capabilities.map(({ name, level, from }) => (
          <tr key={name} data-off={level === "none" || undefined}>
            <td>{CAPABILITIES[name]}</td>
            <td>{levelWords(level)}</td>
            <td>
              <span className={styles.tags}>
                {from.length === 0
                  ? "–"
                  : from.map((role) => (
                      <Tag key={role} title={role}>
                        {roleTitle(role)}
                      </Tag>
                    ))}
              </span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
