// Starts the identity providers, each a program of its own on the loopback, and stops them. Browsers know them as
// `localhost` and us as `127.0.0.1`: for a browser these are two sites, as in real life.

import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const HERE = import.meta.dirname;
const KEYS = join(HERE, "../../../crates/saml/tests/keys");

const SIMPLESAMLPHP = process.env.PARCLOSE_IDP_SIMPLESAMLPHP ?? "/usr/share/simplesamlphp";

export type Kind = "pysaml2" | "samlp" | "simplesamlphp" | "oidc-provider";

export type Person = { password: string; subject: string; email: string; full_name: string; roles: string[]; groups: string[]; attributes: Record<string, string[]> };

export const PEOPLE = JSON.parse(readFileSync(join(HERE, "people.json"), "utf8")) as Record<string, Person>;

/** What we sign requests with and open assertions with, in all connections of the walks. */
export const OUR_KEY = { private_key: readFileSync(join(KEYS, "sp.key"), "utf8"), certificate: readFileSync(join(KEYS, "sp.crt"), "utf8") };

export type Provider = {
  kind: Kind;
  base: string;
  /** Says something to the provider's own switches. */
  control(what: "service-provider" | "client" | "person", body: string | object): Promise<void>;
  metadata(): Promise<string>;
  stop(): void;
};

async function freePort(): Promise<number> {
  return new Promise((found, failed) => {
    const server = createServer();
    server.once("error", failed);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => (address && typeof address === "object" ? found(address.port) : failed(new Error("no port"))));
    });
  });
}

function program(kind: Kind, port: number): [string, string[]] {
  if (kind === "simplesamlphp") {
    if (!existsSync(join(SIMPLESAMLPHP, "www"))) throw new Error(`${SIMPLESAMLPHP} is not there: PARCLOSE_IDP_SIMPLESAMLPHP names the folder of SimpleSAMLphp. \`cargo xtask test\` unpacks the Debian package.`);
    return ["php", ["-S", `127.0.0.1:${port}`, join(HERE, "simplesamlphp/router.php")]];
  }
  if (kind === "pysaml2") {
    const python = process.env.PARCLOSE_IDP_PYTHON ?? join(HERE, ".venv/bin/python");
    if (!existsSync(python)) throw new Error(`${python} is not there: PARCLOSE_IDP_PYTHON names a Python with the packages of requirements.txt. \`cargo xtask test\` makes one.`);
    return [python, [join(HERE, "pysaml2_provider.py")]];
  }
  if (!existsSync(join(HERE, "node_modules"))) throw new Error("web/e2e/idp/node_modules is not there: `npm ci` in that folder, or `cargo xtask test`.");
  return [process.execPath, [join(HERE, kind === "samlp" ? "samlp_provider.mjs" : "oidc_provider.mjs")]];
}

export async function startProvider(kind: Kind): Promise<Provider> {
  const work = mkdtempSync(join(tmpdir(), `parclose-idp-${kind}-`));
  for (const folder of ["cert", "log", "data", "tmp"]) mkdirSync(join(work, folder));
  for (const file of ["idp.key", "idp.crt"]) cpSync(join(KEYS, file), join(work, "cert", file));
  cpSync(join(HERE, "people.json"), join(work, "people.json"));
  const port = await freePort();
  const base = `http://localhost:${port}`;
  const log = join(work, "program.log");
  const [command, parameters] = program(kind, port);
  const child: ChildProcess = spawn(command, parameters, {
    cwd: work,
    stdio: ["ignore", openSync(log, "a"), openSync(log, "a")],
    env: {
      ...process.env,
      PORT: String(port),
      ISSUER_BASE: base,
      KEY: join(work, "cert/idp.key"),
      CERT: join(work, "cert/idp.crt"),
      PARCLOSE_IDP_WORK: work,
      PARCLOSE_IDP_SIMPLESAMLPHP: SIMPLESAMLPHP,
      SIMPLESAMLPHP_CONFIG_DIR: join(HERE, "simplesamlphp"),
      PHP_CLI_SERVER_WORKERS: "4",
      NODE_NO_WARNINGS: "1",
    },
  });
  const said = () => (existsSync(log) ? readFileSync(log, "utf8").slice(-2000) : "");
  const ended = new Promise<never>((_, failed) => {
    child.once("error", failed);
    child.once("exit", (code) => failed(new Error(`${kind} ended with ${code}:\n${said()}`)));
  });
  ended.catch(() => undefined);
  const stop = () => {
    child.kill();
    // It may write a last file meanwhile.
    rmSync(work, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  };
  const here = `http://127.0.0.1:${port}`;
  const provider: Provider = {
    kind,
    base,
    stop,
    async control(what, body) {
      const answer = await fetch(`${here}/control/${what}`, { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body) });
      if (!answer.ok) throw new Error(`${kind} did not take ${what}: ${answer.status} ${await answer.text()}\n${said()}`);
    },
    async metadata() {
      const answer = await fetch(`${base}/metadata`);
      if (!answer.ok) throw new Error(`${kind} has no metadata: ${answer.status} ${await answer.text()}`);
      return answer.text();
    },
  };
  const listening = async () => {
    for (let attempt = 0; attempt < 300; attempt++) {
      const answered = await fetch(`${here}/metadata`).then(
        () => true,
        () => false,
      );
      if (answered) return;
      await new Promise((later) => setTimeout(later, 100));
    }
    throw new Error(`${kind} does not listen:\n${said()}`);
  };
  await Promise.race([listening(), ended]).catch((error: unknown) => {
    stop();
    throw error;
  });
  return provider;
}
