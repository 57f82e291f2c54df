"""Who comes back: what is known of a visitor's visits, or a customer's purchases, up to a moment."""
