import { AccountList } from "../panels/accounts/account-list";
import { ReadKeys } from "../panels/accounts/read-keys";
import type { OwnerPageProps } from "./owner-page";

/** Who may sign in, and which read keys the project has: two panels, for owners. */
export function Accounts(props: OwnerPageProps) {
  return (
    <>
      <AccountList {...props} />
      <ReadKeys {...props} />
    </>
  );
}
