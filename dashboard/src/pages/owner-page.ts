import type { PageProps } from "./page";

/** What an owner's page needs: what it shows is about the project as it is, whatever the range of the others. */
export type OwnerPageProps = Omit<PageProps, "question">;
