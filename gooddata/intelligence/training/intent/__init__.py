"""The model that browsers evaluate themselves: what a visitor is about to do, out of the engine's vector alone."""
