import { expect, test } from "vitest";
import { type Campaign, scrubUrl } from "../src/signals/page";

test("only the five campaign parameters stay of an address", () => {
  const campaign: Campaign = {};
  const url =
    "https://ann:pass@shop.example:8443/a%20b/c?utm_source=x+y&token=s&gclid=1&utm_campaign=spring&utm_email=a@b.c#frag";
  expect(scrubUrl(url, campaign)).toBe("https://shop.example:8443/a%20b/c?utm_source=x+y&utm_campaign=spring");
  expect(campaign).toEqual({ source: "x y", name: "spring", click_id: "gclid" });
});

test("an address without parameters stays as it is, and so does an app's", () => {
  expect(scrubUrl("https://shop.example/tea")).toBe("https://shop.example/tea");
  expect(scrubUrl("android-app://com.example.mail/")).toBe("android-app://com.example.mail/");
});
