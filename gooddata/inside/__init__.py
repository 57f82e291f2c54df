"""What a process tells those who run it: metrics, traces, logs.

Stages count in plain numbers of their own, which are read when somebody asks; here they become Prometheus's text.
Traces are made by OpenTelemetry where its standard environment asks for them, and cost nothing where it does not. Log
lines hold no secret and nothing that names a person.
"""
