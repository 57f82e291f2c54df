import type { ComponentProps } from "preact";
import { ApiError } from "../api/request";
import { Answer } from "./answer";

/** As Answer; what this server or this person may not do is said as it is, since asking again does not help. */
export function OwnerAnswer<T>(props: ComponentProps<typeof Answer<T>>) {
  const { data, error } = props.of;
  if (data === null && error instanceof ApiError && error.status === 403)
    return <p class="nothing">{sentence(error.message)}</p>;
  return <Answer {...props} />;
}

function sentence(message: string): string {
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}.`;
}
