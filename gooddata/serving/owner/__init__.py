"""The owner's pages: projects and their rules, people and what is kept of them, the pipeline. For owners alone; what is
done with raw goes over the operator's connections, and is written down there."""
