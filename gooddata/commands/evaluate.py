"""`gooddata evaluate`: how good the models are on published benchmarks."""

from pathlib import Path

import click
import msgspec

from gooddata.command_line import as_json
from gooddata.intelligence.evaluate import BENCHMARKS


@click.command(epilog="\b\n" + "\n".join(f"{name:12} {what}" for name, what in {**BENCHMARKS, "all": "each"}.items()))
@click.argument("benchmark", type=click.Choice([*BENCHMARKS, "all"]))
@click.option(
    "--data", required=True, type=click.Path(exists=True, file_okay=False, path_type=Path), help="folder of data sets"
)
@click.option("--json", "json_", is_flag=True, help="print the figures as JSON")
def evaluate(benchmark: str, data: Path, json_: bool) -> None:
    """Run BENCHMARK through the product's own models and print its figures beside the published ones."""
    from gooddata.intelligence.evaluate import evaluate as run
    from gooddata.intelligence.evaluate.report import table

    done = []
    for name in BENCHMARKS if benchmark == "all" else [benchmark]:
        click.echo(f"{name}: {BENCHMARKS[name]} ...", err=True)
        done.append(run(name, data))
        click.echo(f"{name}: {done[-1].examples:,} predictions in {done[-1].seconds:.0f} s", err=True)
    if json_:
        reports = [
            msgspec.to_builtins(each)
            | {"figures": [msgspec.to_builtins(f) | {"reached": f.reached} for f in each.figures]}
            for each in done
        ]
        as_json(reports if benchmark == "all" else reports[0])
    else:
        click.echo(table(done))
