"""What other products' SDKs send to and ask of their servers, answered in the way each of them expects.

A request enters at `endpoint`, which finds its route by the path. An events route opens the request into events of
GoodData's own form, which go through the same checks, limits and commit as all others; a question is answered with what
the SDK needs in order to go on. An SDK never retries what can never be taken, and retries what could not be taken now.
"""
