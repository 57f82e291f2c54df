"""What browser libraries cost the page that they are on: sizes, and time of its main thread, side by side."""
