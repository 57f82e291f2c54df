"""Alerts: rules about metrics, anomalies and the pipeline enter, messages to webhooks and mailboxes leave.

Every minute one of the serving processes looks at all rules (`watch`); what changes and the message about it are
written in one transaction. Messages wait in a table until delivered (`outbox`), through restarts, each claimed by one
process at a time.
"""
