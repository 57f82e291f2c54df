import type { Project } from "../api/projects";
import type { Live } from "../live";
import type { Question } from "./question";
/** What every page is given. */
export interface PageProps {
  project: Project;
  live: Live;
  question: Question;
}
