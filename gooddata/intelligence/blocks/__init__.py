"""An hour that is being counted goes in; its block, in analytics.block, comes out."""
