import { init } from "@plausible-analytics/tracker";

init({
  domain: "shop.example",
  endpoint: "/collect",
  captureOnLocalhost: true,
  outboundLinks: true,
  fileDownloads: true,
  formSubmissions: true,
});
