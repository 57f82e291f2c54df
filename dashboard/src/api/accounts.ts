/** Signing in and out, accounts, and read keys. All but one's own sign-in and password is for owners. */

import { get } from "./request";
import { send } from "./send";

export type Role = "viewer" | "analyst" | "owner";

export interface KnownAccount {
  account: string;
  email: string;
  role: Role;
  /** Null: all of them. */
  projects: string[] | null;
  has_password: boolean;
  created_at: string;
}

export interface Invited {
  account: string;
  /** Path of a one-time link, told this once. */
  link: string;
}

export type Kind = "query" | "export" | "import";

export interface ReadKey {
  id: string;
  /** Empty for those made with the project. */
  name: string;
  /** Null: everything. */
  kinds: Kind[] | null;
  created_at: string;
}

export const accountsApi = {
  signIn: (email: string, password: string) => send("POST", "sign-in", {}, { email, password }),
  signOut: () => send("POST", "sign-out", {}, undefined),
  setPassword: (password: string, current: string | null) =>
    send("POST", "password", {}, current === null ? { password } : { password, current }),
  accounts: (abort?: AbortSignal) => get<{ accounts: KnownAccount[] }>("accounts", {}, abort),
  invite: (email: string, role: Role, projects: string[] | null) =>
    send<Invited>("POST", "accounts", {}, { email, role, projects }),
  link: (account: string) => send<Invited>("POST", `accounts/${account}/link`, {}, undefined),
  change: (account: string, role: Role, projects: string[] | null) =>
    send("PATCH", `accounts/${account}`, {}, { role, projects }),
  remove: (account: string) => send("DELETE", `accounts/${account}`, {}, undefined),
  keys: (project: string, abort?: AbortSignal) => get<{ keys: ReadKey[] }>("keys", { project }, abort),
  makeKey: (project: string, name: string, kinds: Kind[] | null) =>
    send<{ id: string; key: string }>("POST", "keys", { project }, { name, kinds }),
  revokeKey: (project: string, id: string) => send("DELETE", `keys/${id}`, { project }, undefined),
};
