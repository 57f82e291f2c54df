import { navigate } from "../location";
import { Now } from "../panels/now";
import { Sessions } from "../panels/sessions";
import type { PageProps } from "./page";

/** Who is here, what each of them does, and what is expected of them: as it happens. */
export function LivePage({ live, question }: PageProps) {
  const open = (session: string) => navigate({ session });
  return (
    <div class="grid">
      <Now live={live} onOpen={open} />
      <Sessions question={question} onOpen={open} />
    </div>
  );
}
