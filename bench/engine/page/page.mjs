// A shop's catalogue as shops build them: 8,000 elements, a sticky header that follows the scrolling, pictures that
// come in as they are seen, a filter that works while somebody types, a counter that never rests, views that change
// without a load, and a start that takes the browser a while.
const PRODUCTS = 1400;
const SEEN_AT_ONCE = 300;
const kinds = ["Lamp", "Chair", "Table", "Shelf", "Carpet", "Vase", "Mirror", "Clock"];
const products = Array.from({ length: PRODUCTS }, (_, n) => ({
  id: n,
  name: `${kinds[n % kinds.length]} ${1 + Math.floor(n / kinds.length)}`,
  price: 5 + ((n * 7919) % 400),
  stars: 1 + (n % 5),
}));
const cart = new Map();

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function picture(product) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 40 30");
  for (let n = 0; n < 4; n++) {
    const shape = document.createElementNS("http://www.w3.org/2000/svg", n % 2 ? "circle" : "rect");
    const place = { cx: 8 + n * 7, cy: 15, r: 4 + (product.id % 4), x: n * 8, y: 6, width: 9, height: 18 };
    for (const [name, value] of Object.entries(place)) shape.setAttribute(name, value);
    shape.setAttribute("fill", `hsl(${(product.id * 37 + n * 20) % 360} 60% 70%)`);
    svg.append(shape);
  }
  return svg;
}

function card(product) {
  const add = make("button", { type: "button", class: "add" }, "Add to cart");
  add.addEventListener("click", () => addToCart(product));
  const link = make("a", { href: `/product/${product.id}`, class: "name" }, product.name);
  link.addEventListener("click", (event) => {
    event.preventDefault();
    history.pushState({}, "", link.getAttribute("href"));
    show([...products.slice(product.id), ...products.slice(0, product.id)]);
  });
  const stars = make(
    "span",
    { class: "stars" },
    ..."★"
      .repeat(product.stars)
      .split("")
      .map((star) => make("i", {}, star)),
  );
  return make(
    "article",
    { class: "card" },
    picture(product),
    make("h3", {}, link),
    stars,
    make("p", { class: "price" }, make("b", {}, String(product.price)), make("small", {}, " €")),
    add,
  );
}

const grid = make("main", { class: "grid" });
const seen = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) if (isIntersecting) target.classList.add("seen");
});

function show(list) {
  seen.disconnect();
  grid.replaceChildren(...list.slice(0, SEEN_AT_ONCE).map(card));
  for (const element of grid.children) seen.observe(element);
}

function addToCart(product) {
  cart.set(product.id, (cart.get(product.id) ?? 0) + 1);
  const lines = [...cart].map(([id, count]) => make("li", {}, `${count} × ${products[id].name}`));
  document.querySelector("#cart").replaceChildren(...lines);
}

const filter = make("input", { id: "filter", type: "search", placeholder: "Filter" });
filter.addEventListener("input", () => {
  for (const element of grid.children) element.hidden = !element.textContent.includes(filter.value);
});
const header = make(
  "header",
  { class: "top" },
  make("b", {}, "A shop"),
  filter,
  make("span", { id: "visitors" }),
  make("ul", { id: "cart" }),
);
const form = make(
  "form",
  { id: "letter" },
  make("input", { id: "mail", type: "email" }),
  make("textarea", { id: "wish" }),
  make("button", {}, "Subscribe"),
);
form.addEventListener("submit", (event) => event.preventDefault());
document.body.append(header, form, grid);
addEventListener("scroll", () => header.classList.toggle("small", scrollY > 80), { passive: true });
setInterval(() => {
  document.querySelector("#visitors").textContent = `${20 + (Date.now() % 30)} people here`;
}, 700);
show(products);
