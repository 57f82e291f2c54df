"""Takes a person out of analytics: events, sessions, scores, links, and their part in the counts of each minute."""
