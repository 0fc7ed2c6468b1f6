import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { type FormEvent, useEffect, useState } from "react";
import { signInOptionsQuery } from "../../api/admin";
import { ApiError, call, rememberToken } from "../../api/client";
import { meQuery } from "../../api/queries";
import type { Me } from "../../api/types";
import { Button } from "../../ui/Button";
import button from "../../ui/Button.module.css";
import { TextField } from "../../ui/Field";
import { Mark } from "../../ui/Mark";
import { FormProblem } from "../admin/FormProblem";
import { at, problemOf } from "../admin/problem";
import { useSecret } from "../reset/useSecret";
import styles from "../signin/SignInPage.module.css";

/** The first administrator, made by whoever reads the server's terminal. */
export function SetUpPage() {
  const secret = useSecret();
  const { data: options } = useQuery(signInOptionsQuery());
  useEffect(() => {
    document.title = "Set up · Parclose";
  }, []);
  return (
    <main className={styles.page}>
      <div className={`${styles.card} ${styles.wide}`}>
        <div className={styles.brand}>
          <Mark size={40} />
          <h1>Parclose</h1>
        </div>
        {options && !options.needs_administrator ? <Done /> : secret === "" ? <WhereIsIt /> : <Form secret={secret} name={options?.workspace_name} />}
      </div>
    </main>
  );
}

function Done() {
  return (
    <>
      <h2 className={styles.refused}>This workspace is set up</h2>
      <p>Somebody administers it already. The link from the server's start does not work any more.</p>
      <Link to="/sign-in" search={{}} className={`${button["button"]} ${button["main"]} ${styles.submit}`}>
        To sign-in
      </Link>
    </>
  );
}

function WhereIsIt() {
  return (
    <>
      <h2 className={styles.refused}>Open the link that the server printed</h2>
      <p>
        At its start the server prints a link to this page in its terminal, with a secret behind the <code>#</code>. Only with that link the first administrator can be made: it shows that you run the server.
      </p>
      <p>
        It works once and until the next start. Lost it? Start the server again. In a container look at its output, for instance with <code>docker logs</code>; under systemd with <code>journalctl -u parclose</code>.
      </p>
    </>
  );
}

const FULL = "yes";
const LEAST = "no";

function Form({ secret, name: workspace }: { secret: string; name?: string }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [login, setLogin] = useState("");
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const [access, setAccess] = useState("");
  const make = useMutation({
    mutationFn: async () => {
      await call<undefined>("/set-up", { method: "POST", body: { secret, login: login.trim(), name: name.trim(), password, full_access: access === FULL }, door: true });
      return call<Me>("/sign-in", { method: "POST", body: { login: login.trim(), password }, door: true });
    },
    onSuccess: async (me) => {
      client.clear();
      rememberToken(me);
      client.setQueryData(meQuery.queryKey, me);
      await navigate({ to: access === FULL ? "/" : "/admin", replace: true });
    },
  });
  const over = make.error instanceof ApiError && make.error.code === "link_not_valid";
  const problem = over ? { field: null, text: "This link is used up or of an earlier start of the server. Start it again and open the new link." } : problemOf(make.error, ["login", "name", "password"]);
  const short = password !== "" && [...password].length < 12;
  const differs = again !== "" && again !== password;
  const typed = (set: (text: string) => void) => (text: string) => {
    set(text);
    if (make.error) make.reset();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate();
  };
  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      <h2 className={styles.refused}>Make the first administrator{workspace ? ` of ${workspace}` : ""}</h2>
      <TextField label="Your name" autoComplete="name" autoFocus value={name} onText={typed(setName)} error={at(problem, "name")} />
      <TextField label="E-mail or login" autoComplete="username" autoCapitalize="none" spellCheck={false} value={login} onText={typed(setLogin)} error={at(problem, "login")} hint="With this you sign in. Nothing is sent to it." />
      <TextField
        label="Password"
        type="password"
        autoComplete="new-password"
        value={password}
        onText={typed(setPassword)}
        error={at(problem, "password")}
        hint={short ? `At least 12 characters; ${12 - [...password].length} to go.` : "At least 12 characters. Several words are easy to remember and hard to guess."}
      />
      <TextField label="Password, again" type="password" autoComplete="new-password" value={again} onText={setAgain} error={differs ? "The two are not the same yet." : null} />
      <fieldset className={styles.choice}>
        <legend>Do you also want to see and do everything yourself?</legend>
        <p>Administering is one thing: people, rules, settings. Seeing numbers and hearing calls is another. This is asked once; later an administrator can give and take roles.</p>
        <label>
          <input type="radio" name="access" value={FULL} checked={access === FULL} onChange={() => setAccess(FULL)} />
          <span>
            <b>Yes, full access</b>
            <small>All dashboards, recordings, exports and questionnaires, as far as the separation rules let you.</small>
          </span>
        </label>
        <label>
          <input type="radio" name="access" value={LEAST} checked={access === LEAST} onChange={() => setAccess(LEAST)} />
          <span>
            <b>No, I only administer</b>
            <small>No dashboards and no recordings. You come in as a quality process manager, the role that sees least.</small>
          </span>
        </label>
      </fieldset>
      <FormProblem problem={problem} />
      <Button look="main" type="submit" className={styles.submit} disabled={make.isPending || name.trim() === "" || login.trim() === "" || password === "" || short || again !== password || access === ""}>
        {make.isPending ? "Setting up…" : "Set up"}
      </Button>
    </form>
  );
}
