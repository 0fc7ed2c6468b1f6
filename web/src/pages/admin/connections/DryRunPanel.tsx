import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { peopleQuery } from "../../../api/admin";
import { call } from "../../../api/client";
import { type Connection, type DryRun, type DryRunAnswer, type Gives, connectionPath, originQuery } from "../../../api/identity";
import { formatInstant } from "../../../format/time";
import { useSession } from "../../../state/session";
import { Button } from "../../../ui/Button";
import { AreaField, ChecksField, ChoiceField, TextField } from "../../../ui/Field";
import { Icon } from "../../../ui/Icon";
import { Tag } from "../../../ui/Tag";
import styles from "../AdminPage.module.css";
import { FormProblem } from "../FormProblem";
import { Panel } from "../Panel";
import { AttributesField, type AttributeRow, attributesOf } from "../people/AttributesField";
import { knownAttributes } from "../people/known";
import { at, problemOf } from "../problem";
import { roleTitle } from "../words";
import own from "./Connections.module.css";
import { type Way, claimsIn, cleaned, isSomething, issuedAt, outcomeOf, waysOf, whoseWords } from "./dryRun";

const CLAIMS = '{\n  "sub": "…",\n  "email": "anna.novak@acme.example",\n  "name": "Anna Novak",\n  "roles": ["supervisor", "wfo.team_leader"],\n  "team": ["Anvils"]\n}';

/** What would this person get? Asks the same as a sign-in and changes nothing. */
export function DryRunPanel({ connection, unsaved }: { connection: Connection; unsaved: boolean }) {
  const { locale, zone } = useSession();
  const { data: people } = useQuery(peopleQuery);
  const ways = waysOf(connection);
  const [way, setWay] = useState<Way>(ways[0]?.value ?? "attributes");
  const [response, setResponse] = useState("");
  const [then, setThen] = useState(true);
  const [claims, setClaims] = useState("");
  const [subject, setSubject] = useState("");
  const [rows, setRows] = useState<AttributeRow[]>([
    { name: "email", values: [] },
    { name: "roles", values: [] },
  ]);
  const [wrong, setWrong] = useState<string | null>(null);
  const run = useMutation({
    mutationFn: (body: DryRun) => call<DryRunAnswer>(`${connectionPath(connection.id)}/dry-run`, { method: "POST", body }),
    // What was pasted speaks of a person, and may open doors elsewhere: it stays on this page and in no cache.
    gcTime: 0,
  });
  const issued = issuedAt(cleaned(response));
  const problem = problemOf(run.error, ["response", "claims", "attributes", "subject"]);
  const touch = () => {
    setWrong(null);
    if (!run.isIdle) run.reset();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    let input: DryRun;
    if (way === "response") input = { response: cleaned(response), ...(then && issued ? { at: issued } : {}) };
    else if (way === "attributes") input = { subject: subject.trim(), attributes: attributesOf(rows) };
    else {
      const read = claimsIn(claims);
      if ("wrong" in read) return setWrong(read.wrong);
      input = read;
    }
    if (isSomething(input)) run.mutate(input);
    else setWrong(way === "response" ? "Paste a response first." : "Type a subject or an attribute first.");
  };
  return (
    <Panel title="What would this person get?" lead="Try a sign-in before you switch the provider on, or when somebody was refused. Nothing is changed by it.">
      <form className={styles.form} onSubmit={submit} noValidate aria-label="Dry run">
        <ChoiceField
          legend="Try"
          options={ways}
          value={way}
          onValue={(now) => {
            setWay(now);
            touch();
          }}
        />
        {way === "response" && (
          <>
            <AreaField
              label="SAML response"
              rows={6}
              value={response}
              onText={(text) => {
                setResponse(text);
                touch();
              }}
              placeholder="PHNhbWxwOlJlc3BvbnNl…"
              error={wrong ?? at(problem, "response")}
              hint="The field SAMLResponse as the browser posted it (in its network tools), or the XML. It is verified like a real one."
            />
            {issued && (
              <ChecksField
                legend="Time"
                options={[{ value: "then", title: "Check it as of when it was issued", note: `${formatInstant(issued, locale, zone, "full")}. Checked as of now, a response is too old after a few minutes.` }]}
                values={then ? ["then"] : []}
                onValues={(values) => {
                  setThen(values.length > 0);
                  touch();
                }}
              />
            )}
          </>
        )}
        {way === "claims" && (
          <AreaField
            label="Claims, JSON"
            rows={9}
            value={claims}
            onText={(text) => {
              setClaims(text);
              touch();
            }}
            placeholder={CLAIMS}
            error={wrong ?? at(problem, "claims")}
            hint="They are believed: no signature is asked for here."
          />
        )}
        {way === "attributes" && (
          <>
            <TextField
              label="Subject"
              value={subject}
              onText={(text) => {
                setSubject(text);
                touch();
              }}
              autoComplete="off"
              spellCheck={false}
              error={wrong ?? at(problem, "subject")}
              hint={`The provider's own name for the person: ${connection.settings.saml ? "the NameID" : "the claim sub"}.`}
            />
            <AttributesField
              rows={rows}
              onRows={(now) => {
                setRows(now);
                touch();
              }}
              known={[...connection.settings.mapping.email, ...connection.settings.mapping.roles, ...connection.settings.mapping.groups, ...knownAttributes(people)]}
              error={at(problem, "attributes")}
              hint="As the provider sends them. They are believed."
            />
          </>
        )}
        <FormProblem problem={problem} />
        <div className={styles.actions}>
          {unsaved && <span>Tries the settings as they are saved, without your changes.</span>}
          <Button type="submit" disabled={run.isPending}>
            {run.isPending ? "Trying…" : "Try"}
          </Button>
        </div>
      </form>
      <div role="status">{run.data && <Outcome answer={run.data} connection={connection} />}</div>
    </Panel>
  );
}

function Outcome({ answer, connection }: { answer: DryRunAnswer; connection: Connection }) {
  const { bad, words, code, next } = outcomeOf(answer, connection.settings.enabled);
  return (
    <section className={own.outcome} aria-label="What came out">
      <div className={own.verdict} data-bad={bad || undefined}>
        <Icon name={bad ? "alert" : "check"} size={18} />
        <div>
          <p>
            <b>{words}</b>
          </p>
          {next && <p>{next}</p>}
          {code && (
            <p>
              Reason in the audit log: <code className={own.reason}>{code}</code>
            </p>
          )}
        </div>
      </div>
      {answer.gives && answer.gives.login !== "" && <Facts answer={answer} gives={answer.gives} connection={connection} />}
      <p className={own.note}>
        <Icon name="shield" size={16} />
        Nothing was changed: no account was made, nobody signed in, and the response is not used up.
      </p>
    </section>
  );
}

function Facts({ answer, gives, connection }: { answer: DryRunAnswer; gives: Gives; connection: Connection }) {
  const known = gives.roles.filter((role) => !gives.unknown_roles.includes(role));
  const attributes = Object.entries(gives.attributes);
  return (
    <dl className={styles.facts}>
      <dt>Account</dt>
      <dd>
        <Whose answer={answer} connection={connection} />
      </dd>
      <dt>Login</dt>
      <dd>{gives.login || "None"}</dd>
      <dt>Name</dt>
      <dd>{gives.name || "None"}</dd>
      <dt>E-mail</dt>
      <dd>{gives.email ?? "None: the login is the subject"}</dd>
      <dt>Roles</dt>
      <dd>
        {known.length === 0 ? (
          "None that is known here"
        ) : (
          <span className={styles.tags}>
            {known.map((role) => (
              <Tag key={role} title={role}>
                {roleTitle(role)}
              </Tag>
            ))}
          </span>
        )}
        {answer.person !== null && <span className={styles.sub}>besides those that an administrator gave</span>}
      </dd>
      {gives.unknown_roles.length > 0 && (
        <>
          <dt>Unknown roles</dt>
          <dd>
            <Names names={gives.unknown_roles} />
            <span className={styles.sub}>They give nothing. Is it a spelling, or a role of another application?</span>
          </dd>
        </>
      )}
      <dt>Attributes</dt>
      <dd>
        {attributes.length === 0
          ? "None"
          : attributes.map(([name, values]) => (
              <div key={name}>
                {name}: {values.join(", ")}
              </div>
            ))}
        {gives.cut.length > 0 && <span className={styles.sub}>Values that are too long, too many or not text were left out of: {gives.cut.join(", ")}</span>}
      </dd>
      <dt>Groups</dt>
      <dd>{gives.groups.length === 0 ? "None that gives something here" : gives.groups.join(", ")}</dd>
      {gives.unknown_groups.length > 0 && (
        <>
          <dt>Unknown groups</dt>
          <dd>
            <Names names={gives.unknown_groups} />
            <span className={styles.sub}>
              They give nothing until somebody says what they give, on the page <Link to="/admin/groups">Groups</Link>.
            </span>
          </dd>
        </>
      )}
    </dl>
  );
}

function Names({ names }: { names: readonly string[] }) {
  return (
    <span className={styles.tags}>
      {names.map((name) => (
        <Tag key={name} look="strong">
          {name}
        </Tag>
      ))}
    </span>
  );
}

/** Who it is, with a link, and how this connection knows them. */
function Whose({ answer, connection }: { answer: DryRunAnswer; connection: Connection }) {
  const id = answer.person ?? "";
  const { data: people } = useQuery(peopleQuery);
  const { data: origin } = useQuery({ ...originQuery(id), enabled: id !== "" });
  return (
    <>
      {id !== "" && (
        <Link to="/admin/people/$id" params={{ id }}>
          {people?.find((one) => one.id === id)?.name ?? "To the person"}
        </Link>
      )}
      <span className={id === "" ? undefined : styles.sub}>{whoseWords(answer, connection.id, origin)}</span>
    </>
  );
}
