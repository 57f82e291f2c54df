/** What may be looked at, and who is signed in. */

export interface Project {
  id: string;
  name: string;
  simulated: boolean;
  /** Public: it can only send events. Absent where the server keeps it to the settings page. */
  write_key?: string;
}

/** Who is signed in. */
export interface Account {
  email: string;
  role: "viewer" | "analyst" | "owner";
  has_password: boolean;
  /** Whether a new password takes no current one. */
  sets_password: boolean;
}
