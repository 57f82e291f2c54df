"""Sessions that are not people, told by what they do: whatever they say of themselves is not looked at here."""
