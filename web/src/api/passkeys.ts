// Passkeys: between our server's JSON and the browser's own objects. The browser does the converting.

import { call } from "./client";

type Challenge = { options: unknown };

/** The person closed the browser's window, or there is no passkey: said in words, and no fault of the server. */
export class PasskeyCancelled extends Error {
  constructor() {
    super("The browser gave no passkey. Try again, or use another way.");
    this.name = "PasskeyCancelled";
  }
}

export function knowsPasskeys(): boolean {
  return typeof PublicKeyCredential === "function" && "parseRequestOptionsFromJSON" in PublicKeyCredential && "parseCreationOptionsFromJSON" in PublicKeyCredential;
}

function json(credential: Credential | null): unknown {
  if (!(credential instanceof PublicKeyCredential)) throw new PasskeyCancelled();
  return credential.toJSON();
}

async function asked(ask: () => Promise<Credential | null>): Promise<unknown> {
  try {
    return json(await ask());
  } catch (cause) {
    // Which of the reasons it was, the browser keeps to itself on purpose.
    if (cause instanceof DOMException) throw new PasskeyCancelled();
    throw cause;
  }
}

/** A new passkey, for who knows their password. */
export async function makePasskey(password: string): Promise<unknown> {
  const { options } = await call<Challenge>("/account/passkey-options", { method: "POST", body: { current_password: password } });
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options as PublicKeyCredentialCreationOptionsJSON);
  return asked(() => navigator.credentials.create({ publicKey }));
}

/** The use of a passkey, for signing in. */
export async function askPasskey(): Promise<unknown> {
  const { options } = await call<Challenge>("/sign-in/passkey-options", { method: "POST", door: true });
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options as PublicKeyCredentialRequestOptionsJSON);
  return asked(() => navigator.credentials.get({ publicKey }));
}
